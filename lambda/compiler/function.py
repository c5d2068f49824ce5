"""The compiler as a Lambda function with no right but its log: it reads what strangers have written, and answers.

The pipeline's upload asks it, as the action's own program has no room for it. Both sides are gzip in base64, as an
answer of Lambda's has 6 MB at most: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import base64
import gzip
import json
from collections.abc import Mapping

from compiler.table import compile_site
from contract import Site


def handler(event: Mapping[str, str], _context: object) -> dict[str, str]:
    """Compile the `site` of the event: what is `compiled`."""
    site: Site = json.loads(gzip.decompress(base64.b64decode(event["site"])))
    return {"compiled": base64.b64encode(gzip.compress(json.dumps(compile_site(site)).encode())).decode()}
