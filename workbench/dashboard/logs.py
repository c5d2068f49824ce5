"""What a build says while it runs, and when it has failed.

The same lines each time, so that tests and pictures see the same page.
"""

from __future__ import annotations

from typing import Any

_REASON = 'src/pages/prices.ts:12:7: ERROR: No matching export in "src/money.ts" for import "euro"'
_SAID = [
    "[Container] Running command npm ci",
    "added 214 packages in 9s",
    "[Container] Running command npm run build",
    "> shop@1.4.0 build",
    "> vite build",
    "vite v7.1.4 building for production...",
    "transforming...",
    "✓ 642 modules transformed.",
]
RUNNING: dict[str, Any] = {
    "lines": _SAID,
    "why": [],
    "command": "npm run build",
    "action": "Build",
    "summary": "",
    "url": "https://eu-central-1.console.aws.amazon.com/cloudwatch/home",
    "state": "running",
    "complete": False,
    "note": "",
}
FAILED: dict[str, Any] = {
    **RUNNING,
    "lines": [
        *_SAID[:6],
        _REASON,
        "error during build:",
        "Build failed with 1 error",
        "[Container] Command did not exit successfully npm run build exit status 1",
    ],
    "why": [_REASON, "Build failed with 1 error"],
    "summary": "npm run build ended with 1",
    "state": "failed",
    "complete": True,
    "stages": [
        {"name": "Source", "state": "succeeded", "since": "", "seconds": 6},
        {"name": "Build", "state": "failed", "since": "", "seconds": 51},
    ],
}
