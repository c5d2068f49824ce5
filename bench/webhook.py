"""How long the webhook takes over the changed files of a push: python bench/webhook.py

12,500 files against 10 path patterns, of which none matches: about as many as the largest body can name.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lambda" / "webhook"))

from door import globs  # noqa: E402  # the path comes first

FILES = [f"packages/module-{n % 97}/src/components/name-{n}/file-{n}.component.test.tsx" for n in range(12_500)]
PATTERNS = ["apps/*/src/**", "**/*.md", "docs/**", "packages/*/src/**/*.css", "*.json"]
PATTERNS += ["**/a*b*c*d*.ts", "public/**", "**/*.svelte", "content/**/*.yaml", "src/??/**"]
ROUNDS = 7
REQUIRED = 1.0  # seconds


def main() -> int:
    """Print the seconds; exit status 1 where they are more than the project demands."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        assert not globs.any_matches(FILES, PATTERNS)
        times.append(time.perf_counter() - started)
    took = statistics.median(times)
    print(
        f"{len(FILES):,} files, {len(PATTERNS)} patterns, median of {ROUNDS}: {took:.2f} s (required: {REQUIRED:.0f})"
    )
    return 0 if took < REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main())
