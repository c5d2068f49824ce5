"""What a project is, told from its files alone: which framework, how it is built, where its pages lie.

Nothing of the project runs, and nothing that lies in it stops the search: a file that cannot be read is a reason for
doubt. What remains in doubt is asked by whoever called, before anything is published.
"""

from detection.answer import App, Detection, Doubt, Reason
from detection.search import detect

__all__ = ["App", "Detection", "Doubt", "Reason", "detect"]
