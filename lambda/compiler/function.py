"""The compiler as a Lambda function with no right but its log: it reads what strangers have written, and answers.

The pipeline's upload asks it, as the action's own program has no room for it. Both sides are gzip in base64, as an
answer of Lambda's has 6 MB at most: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import base64
import gzip
import json

from compiler.table import compile_site
from contract import Site


def handler(event: dict[str, str], _context: object) -> dict[str, str]:
    """Compile the `site` of the event: what is `compiled`."""
    return {"compiled": packed(compile_site(unpacked(event["site"])))}


def packed(value: object) -> str:
    """A value as the other side takes it."""
    return base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()


def unpacked(text: str) -> Site:
    """The site that the other side has sent."""
    return json.loads(gzip.decompress(base64.b64decode(text)))  # type: ignore[no-any-return]  # compile_site checks it
