"""What is said to a person when something cannot be done here: one line, with the remedy."""


class LocalError(Exception):
    """Why it ends, in one line: what is wrong, its name, and what to do."""
