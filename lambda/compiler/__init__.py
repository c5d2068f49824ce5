"""Turns a site's file names, `_redirects` and `_headers` into what its deployment stores: the routing table.

`redirects` and `headers` read the two files, `matching` says what a line holds for and what it leads to, `problems`
how people are told what is wrong. It reads strangers' text, so it never raises on any.
"""
