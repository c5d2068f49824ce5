"""An emulated AWS, the template deployed into it, and the machine that its builds run on.

One room, because a build runs the buildspecs of that stack and uploads into that AWS.
"""
