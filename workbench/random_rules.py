"""Makes sites with `_redirects` and `_headers` by chance: few names, so that files and lines meet."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from compiler.table import compile_site
from contract import ROUTINGS, Compiled, Site

_WORDS = "a", "b", "docs", "blog", "x", "caf\u00e9", "a b", "v", "1.2", "node.js", "news", "en"
_FILES = (
    *("about.html", "a.html", "a/index.html", "b/index.html", "docs/index.html", "docs/a.html", "docs/b/index.html"),
    *("blog/index.html", "blog/a.html", "blog/x/index.html", "install", "docs/LICENSE", "x.pdf", "blog/pic.png"),
    *("tags/node.js.html", "tags/node.js/index.html", "v/1.2.html", "caf\u00e9.html", "a b.html", "main.css"),
    *("data/model.glb", ".well-known/assetlinks", "en/index.html", "docs/a/b/index.html", "200.html", "x/y.html"),
)
_STATUSES = "", "", "301", "302", "303", "307", "308", "301!", "302!"
_HEADERS = (
    "X-Frame-Options: DENY",
    "X-One: 1",
    "Cache-Control: no-cache",
    "! X-One",
    "Content-Language: de",
    "X-S: :splat",
)


class Sample(NamedTuple):
    """A site by chance, and what the compiler makes of it."""

    site: Site
    compiled: Compiled

    @property
    def lines(self) -> int:
        """How many rules it has."""
        return len(self.site["redirects"].splitlines()) + self.site["headers"].count("\n")

    def write(self, folder: Path) -> Path:
        """The site as a folder; each file says its own name."""
        for name in self.site["files"]:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"<!doctype html><p>{name}</p>")
        for name in ("redirects", "headers"):
            # mypy takes a loop's words for any text
            (folder / f"_{name}").write_text(self.site[name])  # type: ignore[literal-required]
        return folder


def sample(seed: int) -> Sample:
    """The site of this seed; lines that the compiler refuses are left out, as their author would."""
    chance = random.Random(seed)
    files = sorted({"index.html", "404.html", *_without_twins(chance.sample(_FILES, chance.randint(4, len(_FILES))))})
    lines = [_line(chance) for _ in range(chance.randint(1, 60))]
    routing = chance.choice(ROUTINGS)
    if chance.random() < 0.2:
        lines.append("/* /404.html 404" if routing != "spa" else "/* /index.html 200")
    headers = "".join(_headers(chance) for _ in range(chance.randint(0, 6)))
    while True:
        site: Site = {
            "routing": routing,
            "files": files,
            "redirects": "".join(f"{line}\n" for line in lines),
            "headers": headers,
            "fallback": "",
            "assets": False,
            "shared": True,
            "lenient": False,
        }
        compiled = compile_site(site)
        if not compiled["problems"]:
            return Sample(site, compiled)
        wrong = {int(number) for text in compiled["problems"] for number in _numbers(text)}
        if not wrong:
            raise AssertionError((seed, compiled["problems"]))
        lines = [line for number, line in enumerate(lines, 1) if number not in wrong]


def requests(chance: random.Random, one: Sample, number: int) -> list[tuple[str, str]]:
    """Paths and queries as browsers send them, near to what the site has."""
    sources = [line.split()[0] for line in one.site["redirects"].splitlines()]
    names = [f"/{name}" for name in one.site["files"]]
    names += [re.sub(r"(/index)?\.html$", "", name) or "/" for name in names]
    found = []
    for _ in range(number):
        path = chance.choice([*names, *names, *sources, *sources, *sources, _path(chance)])
        path = "/".join(
            chance.choice(_WORDS) if part[:1] == ":" else part for part in path.replace("*", _rest(chance)).split("/")
        )
        path += chance.choice(["", "", "", "/"])
        query = chance.choice(["", "", "", "id=7", "id=7&b=x", "b=x"])
        found.append((quote(path, safe="/%"), query))
    return found


def _line(chance: random.Random) -> str:
    source = _pattern(chance)
    names = re.findall(r":([\w-]+)", source) + ["splat"] * source.endswith("*")
    query = chance.choice(["", "", "", "", "", " id=:id", " b=x"])
    names += ["id"] * (":id" in query)
    roll = chance.random()
    if roll < 0.12:
        return f"{source}{query} {chance.choice(['/about', '/docs/', '/a.html', '/index.html'])} 200"
    if roll < 0.2:
        return f"{source}{query} /404.html {chance.choice(['404', '410'])}"
    if roll < 0.3:
        return f"{source}{query} https://example.com/{_target(chance, names)} {chance.choice(_STATUSES)}"
    end = chance.choice(["", "", "", "?q=1", "#part"])
    return f"{source}{query} /{_target(chance, names)}{end} {chance.choice(_STATUSES)}".rstrip()


def _pattern(chance: random.Random) -> str:
    path = _path(chance)
    roll = chance.random()
    if roll < 0.25:
        return f"{path.rstrip('/')}/*"
    if roll < 0.45:
        return f"{path.rstrip('/')}/:{chance.choice(['one', 'two', 'a-b'])}" + chance.choice(["", "/x", "/:three"])
    return path


def _path(chance: random.Random) -> str:
    words = [quote(chance.choice(_WORDS)) for _ in range(chance.randint(0, 3))]
    return "/" + "/".join(words) + chance.choice(["", "", ".html", ".pdf", "/"]) * bool(words)


def _rest(chance: random.Random) -> str:
    return "/".join(chance.choice(_WORDS) for _ in range(chance.randint(0, 3)))


def _target(chance: random.Random, names: list[str]) -> str:
    parts = [quote(chance.choice(_WORDS)) for _ in range(chance.randint(1, 2))]
    if names and chance.random() < 0.7:
        parts.append(f":{chance.choice(names)}")
    return "/".join(parts)


def _headers(chance: random.Random) -> str:
    path = chance.choice(["/*", "/docs/*", "/:page", "/a", "/blog/*", "/index.html", "/x.pdf"])
    members = [line for line in chance.sample(_HEADERS, 2) if path.endswith("*") or "splat" not in line]
    return f"{path}\n" + "".join(f"  {line}\n" for line in members or ["X-Two: 2"])


def _without_twins(names: list[str]) -> list[str]:
    """A name cannot be a file and a folder."""
    return [name for name in names if not any(other.startswith(f"{name}/") for other in names)]


def _numbers(problem: str) -> list[str]:
    found = re.findall(r"^_redirects:(\d+):", problem) + re.findall(r"\(lines ([\d and]+)\)", problem)
    found += re.findall(r"_redirects: lines ([\d, ]+) can", problem)
    return [number for text in found for number in re.findall(r"\d+", text)][-1:]
