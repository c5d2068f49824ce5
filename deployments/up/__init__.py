"""The command `up`: a project's stack created or updated, told as sentences, and followed to the first page."""
