"""The function that tells people what happened.

`decisions` and `executions` say what a mail says, `failing` looks up why an execution failed, `reason` finds the first
error in a build's log, `mail` sends it. `direct` and `pipeline` are the handlers: the first has no builds to explain.
"""
