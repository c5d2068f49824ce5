"""The open door: takes what anybody on the internet sends, and acts only on what a known sender has signed.

It holds the secrets of senders. It reaches no token of a Git host: nothing here imports from the reporter.
"""
