"""Asks the compiler what a site's rules make of its files.

It is a Lambda function without rights: strangers wrote what it reads. And this program has no room for it.
"""

from __future__ import annotations

import base64
import gzip
import json

import boto3

from content.files import UploadError, printable
from contract import Compiled, Site


def compiled_by(function: str, site: Site) -> Compiled:
    """The routing table of `site`; what is to be said of it is printed. `UploadError` if something is wrong with it."""
    question = {"site": base64.b64encode(gzip.compress(json.dumps(site).encode())).decode()}
    # of the default session: one that is handed on costs characters (docs/decisions/template-size.md)
    answer = boto3.client("lambda").invoke(FunctionName=function, Payload=json.dumps(question))
    told = answer["Payload"].read()
    if "FunctionError" in answer:  # of its message 300 characters are one line; all of it is in the function's log
        raise UploadError(f"the compiler of rules failed, read its log ({function}): {told.decode()[:300]}")
    compiled: Compiled = json.loads(gzip.decompress(base64.b64decode(json.loads(told)["compiled"])))
    for line in [*compiled["report"], *(f"warning: {warning}" for warning in compiled["warnings"])]:
        print(printable(line))
    problems = compiled["problems"]
    for problem in problems:
        print("error:", printable(problem))
    if problems:
        raise UploadError(f"{problems[0]} (nothing was uploaded; errors: {len(problems)})")
    return compiled
