"""The reporter: tells Git hosts how far a commit has come.

It holds tokens that write to repositories. Only events of this account reach it: nothing here imports from the door.
"""
