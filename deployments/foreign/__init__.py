"""Reads what other hosts' files ask for, and says it in the spelling of `_redirects` and `_headers`.

A site that moves here brings such a file along, and nothing of it works here by itself. Each module knows the file of
one host, from its documentation; `reading` knows where things stand in it, `spelling` and its neighbours turn patterns
into ours, `converting` writes the two files. It reads strangers' text: it answers in one line, never with a traceback.
"""
