"""The function that decides what is live, and the only one that writes the store.

Its modules are the stations of an event: what came in (`requests`, `executions`, `alarms`), what somebody wants
(`intent`), what is so (`situation`, `ledger`, `past`, `completeness`, `extras`), what follows (`decision`,
`retirement`), writing it (`switching`, `lines`), telling it (`telling`). `reception` leads through them. Below them are
`aws` and `signature` for the calls, and `notation` for times and JSON. `variants` says what each of its variants knows,
and `direct`, `pipeline` and `operations` are their handlers: a template carries one.
"""
