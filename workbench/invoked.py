"""What Lambda tells the publisher about its invocation: by which name, of which an alias may be the end."""

from types import SimpleNamespace

_ARN = "arn:aws:lambda:us-east-1:111122223333:function:publisher"


def through(alias: str) -> SimpleNamespace:
    """An invocation through an alias."""
    return SimpleNamespace(invoked_function_arn=f"{_ARN}:{alias}")


BY_NAME = SimpleNamespace(invoked_function_arn=_ARN)  # of the function itself, as by an operator or EventBridge
