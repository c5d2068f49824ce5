"""The version of the generator, which every template names in its description: that of all parts."""

import contract

__version__ = contract.VERSION
