"""The version of the generator, which every template names in its description."""

__version__ = "0.2.0"
