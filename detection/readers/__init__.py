"""What the configuration of each tool changes: one function a tool, which reads its files and notes what they say.

A project may have changed what its tool does by default: then the usual folder, routing or base would be wrong.
"""
