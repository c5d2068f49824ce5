"""The function that decides what is live, and the only one that writes the store.

Its modules are the stations of an event: what came in (`requests`, `executions`, `alarms`), what somebody wants
(`intent`), what is so (`ledger`, `past`, `situation`, `completeness`), what follows (`decision`, `retirement`), writing
it (`switching`), telling it (`telling`). `variants` says what each of its
variants knows, and `direct`, `pipeline` and `operations` are their handlers: a template carries one.
"""
