"""The webhook's template: a stack of its own, because one webhook can serve several sites.

It is a SAM template: `sam build` packages the two functions with their libraries, and a function URL is open to senders
only with permissions that SAM writes.
"""

from generator.webhook.template import build_webhook

__all__ = ["build_webhook"]
