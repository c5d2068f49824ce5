"""Day two from the command line: what is live, publish, go back, hold, prune, and what AWS really does.

It exists because the peers' tools can neither show nor undo what they made live. It only reads the site bucket and
asks the publisher, which alone decides and writes; docs/cli.md is its reference.
"""

from instant_hosting.shipped import put_first

put_first()
