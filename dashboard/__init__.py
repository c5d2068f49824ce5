"""The page for people: what is live and how it came there, builds, traffic, and the way back, for one site or several.

It exists because whoever is called at night knows no command. It reads with the credentials of who started it, asks
the publisher like the commands do, and speaks to this machine's browser only. docs/operations.md says how to use it.
"""
