"""The version of the generator, which every template names in its description: that of all parts.

A stack's owner reads there what to compare with, and `up` from which version it comes.
"""

import contract

__version__ = contract.VERSION
