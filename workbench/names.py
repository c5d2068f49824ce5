"""Names of files as bundlers and as people write them: what the rule that tells hashed names is held to.

All of them are made up: forms that bundlers write with tokens from their alphabets, and forms that people write with
words. Where `VECTORS` names a folder of public test data, its names of real builds are a second corpus.
"""

from __future__ import annotations

import json
import os
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BASE64URL = string.ascii_letters + string.digits + "_-"
BASE32 = string.ascii_uppercase + "234567"
BASE36 = string.digits + string.ascii_lowercase
HEX = string.digits + "abcdef"
VECTORS = Path(os.environ["VECTORS"]) if os.environ.get("VECTORS") else None


class Corpus(NamedTuple):
    """Names that carry a hash, and names that carry none."""

    hashed: list[str]
    plain: list[str]


class Form(NamedTuple):
    """How a bundler writes a name: `{word}` is the source's, `{hash}` its token; and the signs and length of that."""

    pattern: str
    alphabet: str
    length: int


FORMS = [
    # Vite: https://rollupjs.org/configuration-options/#output-entryfilenames ([hash])
    Form("assets/{word}-{hash}.js", BASE64URL, 8),
    Form("assets/{word}-{hash}.css", BASE64URL, 8),
    Form("assets/{word}.{word}-{hash}.js", BASE64URL, 8),
    Form("assets/{word}-{hash}.js.map", BASE64URL, 8),
    Form("static/js/{word}.{hash}.js", BASE64URL, 8),
    Form("assets/{word}-{hash}.svg", BASE64URL, 8),
    Form("assets/{word}-legacy-{hash}.js", BASE64URL, 8),
    # SvelteKit, Astro, Nuxt, VitePress
    Form("_app/immutable/chunks/{hash}.js", BASE64URL, 8),
    Form("_app/immutable/assets/{word}_{word}-Regular.{hash}.woff2", BASE64URL, 8),
    Form("_astro/{word}.{hash}.css", BASE64URL, 8),
    Form("_astro/{word}.{hash}_Z1abcd.webp", BASE64URL, 8),
    Form("_nuxt/{hash}.js", BASE64URL, 8),
    Form("_nuxt/error-404.{hash}.css", BASE64URL, 8),
    Form("assets/{word}_index.md.{hash}.lean.js", BASE64URL, 8),
    # Next.js, with webpack ([contenthash]) and with Turbopack
    Form("_next/static/chunks/1050.{hash}.js", HEX, 16),
    Form("_next/static/chunks/app/{word}/page-{hash}.js", HEX, 16),
    Form("_next/static/chunks/{word}-{hash}.js.map", HEX, 16),
    Form("_next/static/media/{word}.{hash}.svg", HEX, 8),
    Form("_next/static/chunks/{hash}.css", BASE36, 13),
    # webpack and what is built on it: https://webpack.js.org/configuration/output/#outputhashdigestlength
    Form("{word}.{hash}.js", HEX, 20),
    Form("static/{hash}.woff", HEX, 16),
    Form("static/js/{word}.{hash}.chunk.js", HEX, 8),
    Form("static/media/{word}.{hash}.png", HEX, 20),
    Form("app-{hash}.js", HEX, 20),
    Form("assets/images/{word}-{hash}.png", HEX, 32),
    # esbuild and Angular: https://esbuild.github.io/api/#entry-names ([hash])
    Form("chunks/{word}-{hash}.mjs", BASE32, 8),
    Form("main-{hash}.js", BASE32, 8),
    Form("media/{word}-{word}-{hash}.woff2", BASE32, 8),
    Form("media/{word}-{hash}.svg", BASE32, 8),
    # Parcel, Hugo, Rails, Django, Material for MkDocs
    Form("{word}.{hash}.css", HEX, 8),
    Form("css/{word}.{hash}.css", HEX, 64),
    Form("assets/{word}-{hash}.js", HEX, 64),
    Form("static/img/{word}.{hash}.png", HEX, 12),
    Form("assets/javascripts/{word}.{hash}.min.js", HEX, 8),
]


def _words(text: str) -> list[str]:
    return text.split()


WORDS = _words("""
about accordion account add alert angle arrow article audio author background bar base basket bell blog body
bold border box brand button calendar camera card cart cell center chart check circle city clock close cloud
code color column common content copy core dark data date default delete detail dialog down drag edit editor
email error event export face family file filter first flag flip folder font footer form frame gallery grid
group header heart help hero home icon image index input item label language large layout left library light
line link list loader locale lock login logo mail main map mark media menu message mobile modal module music
name normal number open option order outline page panel paper path photo picture plain play plugin polyfill
print product profile query rating reset right round runtime search select setting shadow share shop side
simple size slide small social solid source square star start status store style switch table team template
text theme time title toggle tool top tree type upload user util vendor video view wheel width window worker
zoom
""")
KINDS = ["js", "mjs", "css", "svg", "png", "jpg", "webp", "woff2", "ttf", "ico", "wasm", "min.js", "min.css", "js.map"]
# Numbers that people write behind a name: sizes, dates, versions, weights, years, copies
NUMBERS = _words("""
2 3 12 16x16 192x192 512x512 1200x630 1920x1080 2024 20240131 2024-01-31 1.2.3 v2 4.17.21 400 700italic @2x
@3x 1x1 4x3 2xl es6 es2015 h264 mp3 web3 utf8
""")
LANGUAGES = ["de", "en-GB", "pt_BR", "zh-Hans-CN", "sr-Latn", "es-419", "en-us", "ar-001", "zh-tw", "ja"]
PLAIN = [
    *(
        "LICENSE",
        "README.md",
        "CNAME",
        ".nojekyll",
        "robots.txt",
        "site.webmanifest",
        "browserconfig.xml",
        "humans.txt",
    ),
    *("emojis/1f574-1f3ff-200d-2642-fe0f.svg", "emojis/1f1e9-1f1ea.svg", "emojis/0023-fe0f-20e3.svg"),
    *("cmaps/78-EUC-H.bcmap", "cmaps/UniJIS-UTF16-V.bcmap", "fonts/KaTeX_Size1-Regular.woff2", "lib/unicode-15.0.js"),
    *("three.module.min.js", "package/dist/index.d.ts.map", "es/languages/c-like.js", "plugins/color/rgb2hsl.js"),
    *("apple-touch-icon-precomposed.png", "android-chrome-192x192.png", "mstile-150x150.png", "favicon-32x32.png"),
    *("safari-pinned-tab.svg", "og-image.jpg", "twitter-card.png", "sw.js", "service-worker.js", "workbox-sw.js"),
    *("js/html5shiv.min.js", "js/modernizr-2.8.3.min.js", "css/normalize.v8.css", "lib/d3.v7.min.js", "a.out.js.wasm"),
]


def _bundled(pick: random.Random, of_each: int) -> Iterator[str]:
    for form in FORMS:
        for _ in range(of_each):
            token = "".join(pick.choices(form.alphabet, k=form.length))
            yield form.pattern.replace("{hash}", token).replace("{word}", pick.choice(WORDS))


def _written(pick: random.Random) -> str:
    """A name of one to four words, as people join them, perhaps with a number or a language behind."""
    words = pick.sample(WORDS, pick.randint(1, 4))
    joint = pick.choice(["-", "_", ".", "", "Camel", "Pascal"])
    if joint in ("Camel", "Pascal"):
        capital = "".join(map(str.title, words))
        words, joint = [capital if joint == "Pascal" else capital[0].lower() + capital[1:]], "-"
    more = pick.choice(["", "", pick.choice(NUMBERS), pick.choice(LANGUAGES)])
    name = joint.join([*words, more] if more else words)
    return f"{pick.choice(['', 'assets/', 'img/', 'lib/'])}{name}.{pick.choice(KINDS)}"


def ours(of_each: int = 60, plain: int = 4000) -> Corpus:
    """Always the same names: no test fails today and passes tomorrow."""
    pick = random.Random(8)
    hashed = dict.fromkeys(_bundled(pick, of_each))
    return Corpus(list(hashed), [*PLAIN, *dict.fromkeys(_written(pick) for _ in range(plain))])


def public(folder: Path) -> Corpus:
    """The names of real builds and packages, and traps, from the folder of public test data."""
    found = json.loads((folder / "asset-names.json").read_text())
    hashed, plain = ([name for group in found[part].values() for name in group] for part in ("hashed", "not_hashed"))
    return Corpus(*([name.lstrip("/") for name in part] for part in (hashed, plain + found["traps"])))


def corpora() -> dict[str, Corpus]:
    return {"ours": ours(), **({"public": public(VECTORS)} if VECTORS else {})}
