"""`python -m instant_hosting`, which is `instant-hosting`."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the working directory: a project's own `click.py` would run in place of the library
    from instant_hosting.commands import main

    sys.exit(main())
