"""Says what a file is stored as: by its name, or, if that has no extension, by how it begins.

It exists because S3 stores what it is told and guesses nothing, and what Python's own table says is another thing on
each machine: the same file would be another object.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder


def _table(text: str) -> dict[str, str]:
    """Give types by extension; in `text` `app` is application, `*` the extension itself."""
    text = text.replace("office.", "app/vnd.openxmlformats-officedocument.").replace("app/", "application/")
    return {
        name: kind.replace("*", name) + ("; charset=utf-8" if kind[:5] == "text/" else "")
        for kind, *names in map(str.split, text.split(","))
        for name in names
    }


# The extensions that the router takes for files (a test compares them), with the types of IANA's registry
FILES = _table("""text/* html css csv, text/html htm, text/javascript js mjs, text/plain txt, text/vtt vtt,
text/calendar ics, app/* json pdf wasm zip xml rtf, app/json map, app/manifest+json webmanifest,
app/*+xml rss atom, app/*+zip epub, app/gzip gz, app/x-tar tar, app/x-7z-compressed 7z,
app/vnd.rar rar, app/vnd.ms-fontobject eot, app/msword doc, app/vnd.ms-excel xls, app/vnd.ms-powerpoint ppt,
app/vnd.oasis.opendocument.text odt, office.wordprocessingml.document docx, office.spreadsheetml.sheet xlsx,
office.presentationml.presentation pptx,
image/* png gif webp avif bmp apng jpeg, image/jpeg jpg, image/svg+xml svg, image/x-icon ico,
font/* woff woff2 ttf otf, audio/* wav ogg flac aac, audio/mpeg mp3, audio/mp4 m4a, video/* mp4 webm,
video/quicktime mov""")
# Others that are text or that browsers do something with, and names below .well-known: docs/decisions/content-types.md
TYPES = {
    **FILES,
    **_table("""text/* markdown yaml jsx mdx less vcard, text/markdown md, text/yaml yml, text/turtle ttl,
text/plain text log conf ini atproto-did, text/javascript cjs, text/html shtml change-password,
text/tab-separated-values tsv, text/cache-manifest appcache manifest, text/vcard vcf, app/* toml,
app/*+xml rdf gpx xhtml xslt ttml, app/xml xsl xsd rng, app/dash+xml mpd, app/vnd.google-earth.kml+xml kml,
app/geo+json geojson, app/ld+json jsonld, app/x-ipynb+json ipynb, app/jrd+json webfinger,
app/json client server support apple-app-site-association openid-configuration oauth-authorization-server
oauth-protected-resource nodeinfo webauthn web-identity passkey-endpoints, app/gzip tgz, app/x-subrip srt,
app/vnd.apple.mpegurl m3u8, app/vnd.apple.pkpass pkpass, image/* heic heif jxl tiff, image/tiff tif,
audio/ogg opus oga, audio/webm weba, video/ogg ogv, video/x-m4v m4v, video/mp2t ts, model/* stl obj mtl,
model/gltf-binary glb, model/gltf+json gltf, model/vnd.usdz+zip usdz"""),
}
# What the build has compressed and is loaded under this name, as Unity's loader does
_PACKED = re.compile(
    r"(.+\.(?:(?:html|m?js|css|wasm|svg|data|symbols\.json)(?=\.gz)|[^./]+(?=\.br)|svg(?=z)))\.?(gz|br|z)", re.S
)


OTHER = "application/octet-stream"
# How a file whose name tells nothing begins, and what it is then; else it is text, or none
_BEGINNINGS = {
    rb"\{\s*[\"}]|\[\s*[]{\"]": "application/json",  # and not `[section]`
    rb"(?i)<!doctype html|<html": "text/html; charset=utf-8",
    rb"<(\?xml[^>]*>\s*<)?rss\b": "application/rss+xml",
    rb"<(\?xml[^>]*>\s*<)?feed\b": "application/atom+xml",
    rb"<\?xml": "application/xml",
    rb"": "text/plain; charset=utf-8",
}


def media(path: str) -> dict[str, str]:
    """Give the media type to store `path` with; of what is compressed, its content's, and the encoding.

    Give none for a name without an extension, or with the end of a version in its place: then `looks_like` tells it.
    """
    path = path.lower()
    packed = _PACKED.fullmatch(path)
    content = packed[1] if packed else path
    name = extension(content)
    # Apple asks for its file at the root too
    known = ".well-known/" in path or path.endswith("/apple-app-site-association")
    if known:
        name = name or path.rpartition("/")[2]
    encoding = {"ContentEncoding": "br" if packed[2] == "br" else "gzip"} if packed else {}
    tells = known or packed or re.search("[a-z]", extension(content))
    return {"ContentType": TYPES.get(name, OTHER), **encoding} if tells else {}


def looks_like(start: bytes) -> str:
    """Give the media type of a file that begins so."""
    try:
        getincrementaldecoder("utf-8")().decode(start)  # a sign may be cut in two at the end
    except UnicodeError:
        return OTHER
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    found = next(kind for begins, kind in _BEGINNINGS.items() if re.match(begins, text))
    return OTHER if re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", start) else found


def extension(path: str) -> str:
    """Give the extension of `path` without its dot, in lower case."""
    before, _, name = path.rpartition("/")[2].rpartition(".")
    return name.lower() if before else ""
