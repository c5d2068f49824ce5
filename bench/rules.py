"""What compiling rules costs: a site of 20,000 files with 2,000 lines, in each routing."""

from __future__ import annotations

import statistics
import time

from bench.generate import row
from compiler.table import compile_site
from contract import ROUTINGS, Site

_DEMANDED = 2.0  # seconds; of one processor, so other processes do not count
_PAGES, _SCRIPTS, _IMAGES = 10_000, 4_000, 5_998
_STATIC, _PATTERNS = 1_900, 97


def main() -> None:
    """Print the table."""
    row("compile 2,000 lines, 20,000 files", "CPU s", "demanded", "ratio", "objects", "lines")
    for routing in ROUTINGS:
        site = _site(routing)
        runs = []
        for _ in range(5):
            start = time.process_time()
            compiled = compile_site(site)
            runs.append(time.process_time() - start)
        if compiled["problems"]:
            raise SystemExit("\n".join(compiled["problems"]))
        seconds = statistics.median(runs)
        sums = f"{len(compiled['objects']):,}", f"{len(compiled['lines']):,}"
        row(f"{routing}, median of 5", f"{seconds:.2f}", f"{_DEMANDED:.2f}", f"{seconds / _DEMANDED:.2f}", *sums)


def _site(routing: str) -> Site:
    files = ["index.html", "404.html"]
    files += [f"docs/s{number % 50}/page-{number}/index.html" for number in range(_PAGES)]
    files += [f"assets/app-{number:08x}.js" for number in range(_SCRIPTS)]
    files += [f"img/picture-{number}.png" for number in range(_IMAGES)]
    lines = [f"/old/{number} /docs/s{number % 50}/page-{number}/" for number in range(_STATIC)]
    lines += [f"/moved-{number}/* /docs/s1/:splat 302" for number in range(_PATTERNS)]
    lines += ["/docs/s3/* /x/:splat", "/blog/:year/:slug /b/:slug", "/q id=:id /item/:id"]
    headers = "/*\n  X-Frame-Options: DENY\n/docs/*\n  Content-Language: en\n/docs/s1/*\n  X-Robots-Tag: noindex\n"
    return {
        "routing": routing,
        "files": files,
        "redirects": "\n".join(lines),
        "headers": headers,
        "fallback": "",
        "assets": False,
        "shared": True,
        "lenient": False,
    }


if __name__ == "__main__":
    main()
