"""Turns a site's file names, `_redirects` and `_headers` into what its deployment stores: the routing table.

`redirects` (with `redirect_targets` and `statuses`) and `headers` read the two files with what `addresses` knows of
paths and patterns, and `problems` is how people are told what is wrong. `places` is where the router looks for an
address, `layout` what lies there of the site's own files, `placing` what the lines of `_redirects` add (`ends` finds
which file one leads to), `exact`, `rule_lines` and `store` what is looked up in the store, and `dressing` what
`_headers` gives to each object. `table` makes the whole of it, `report` sums it up, and `function` is the Lambda
function. `matching`, `patterns` and `asking` say what a line and a whole site answer, without a table.

It reads strangers' text, so it never raises on any.
"""
