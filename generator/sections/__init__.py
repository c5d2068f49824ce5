"""The sections of the template: pure functions that return the resources they make, in the order a commit takes."""
