"""What the edge is asked for when its instructions are counted: addresses, and the headers that browsers send."""

from collections.abc import Mapping

Asked = tuple[str, Mapping[str, str]]

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": ACCEPT}
SCRIPT = {"sec-fetch-dest": "script", "sec-fetch-mode": "no-cors", "accept": "*/*"}
IMAGE = {"sec-fetch-dest": "image", "sec-fetch-mode": "no-cors", "accept": "image/avif,image/webp,*/*;q=0.8"}
FETCH = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "*/*"}

# The dearer part of what a site is asked for: pages, and files without a hash
MIXED: list[Asked] = [
    ("/", NAVIGATION),
    ("/about", NAVIGATION),
    ("/about/", NAVIGATION),
    ("/blog/2024/a-longer-title-of-a-post/", NAVIGATION),
    ("/user/john.doe", NAVIGATION),
    ("/docs/a.pdf", NAVIGATION),
    ("/images/logo.svg", IMAGE),
    ("/feed.xml", FETCH),
    ("/api/items", FETCH),
    ("/data/prices.json", FETCH),
    ("/caf%C3%A9/menu", NAVIGATION),
    ("/.well-known/security.txt", FETCH),
]
HASHED: list[Asked] = [
    ("/assets/index-BdE8sX2_.js", SCRIPT),
    ("/_next/static/chunks/app/%5B...slug%5D/page-1e4577fa5138d46e.js", SCRIPT),
    ("/_astro/index.D5Qn6b1-.css", SCRIPT),
    ("/static/js/main.073326ef5d98db5e.js", SCRIPT),
    ("/assets/inter-latin.C2AdPX0b.woff2", SCRIPT),
    ("/_nuxt/TTKXJrfw.js", SCRIPT),
]
