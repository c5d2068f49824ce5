"""How pipelines and commits are named: door and reporter take these names from strangers, and must refuse alike."""

from __future__ import annotations

import re

# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html
PIPELINE = r"[A-Za-z0-9.@_-]{1,100}"
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")  # SHA-1, or SHA-256
