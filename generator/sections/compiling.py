"""Who reads what a site says of itself: a function that may do nothing but answer."""

from __future__ import annotations

from generator.sections.workers import Called, build_function

COMPILER_ENTRY = "compiler.function"


def build_compiler() -> Called:
    """The compiler of `_redirects` and `_headers`. Strangers wrote what it reads, so it has no right but its log."""
    return build_function(
        "Compiler",
        "turns a site's rules into what its deployment stores",
        COMPILER_ENTRY,
        [],
        {},
        memory=1024,  # of a site with 100,000 files
        # the uploader waits no longer, as botocore's read_timeout is 60 s unless told otherwise:
        # https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
        timeout=60,
    )
