"""Which names carry a content hash, for the reference: the rule in words, taken letter by letter."""

from __future__ import annotations

from itertools import groupby

PROMISED = ("/_next/static/chunks/", "/_next/static/css/", "/_next/static/media/", "/_app/immutable/", "/_astro/")
CODE = ("js", "mjs", "css", "woff", "woff2", "ttf", "otf", "eot", "wasm")
IMAGES = ("svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico")
WORDS = (".lean", ".entry", ".chunk", ".min", ".legacy", ".bundle")
IMAGE_FOLDERS = ("/assets/", "/media/", "/static/", "/images/", "/img/", "/_static/")
DIGESTS = (8, 16, 20, 32, 40, 64)
LOOKED_AT = 80  # characters at the end
DIGITS, LOWER = "0123456789", "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()


def is_hashed(path: str) -> bool:
    stem, _, kind = path.rpartition(".")
    if kind not in CODE + IMAGES:
        return False
    if path.startswith(PROMISED) or (path.startswith("/_nuxt/") and not path.startswith("/_nuxt/builds")):
        return True
    stem = stem[-LOOKED_AT + 1 + len(kind) :]
    stems = [stem, *(stem.removesuffix(word) for word in WORDS if stem.endswith(word))]
    if not any(ends_in_digest(one) or ends_in_eight(one) for one in stems):
        return False
    return kind in CODE or (any(folder in path for folder in IMAGE_FOLDERS) and names_an_image(stem))


def names_an_image(stem: str) -> bool:
    """The form in which a bundler names an image, where people name them by numbers, models and services too."""
    before, token = split_digest(stem)
    if len(token) == 12 and before.endswith("."):
        return True
    if len(token) in DIGESTS and before.endswith(("/", ".")):
        return not is_random_uuid(token)
    if len(token) in DIGESTS and before.endswith("-"):
        return not is_random_uuid(token) and ends_in_letter(before[:-1])
    eight, before = stem[-8:], stem[:-8]
    if not before.endswith((".", "-")) or not all(sign in DIGITS + LOWER + UPPER + "_-" for sign in eight):
        return False
    if all(sign in UPPER + "234567" for sign in eight):
        return any(sign in UPPER for sign in eight) or before.endswith(".") or ends_in_letter(before[:-1])
    both = any(sign in UPPER for sign in eight) and any(sign in LOWER for sign in eight)
    return both and not is_words_and_number(eight)


def is_random_uuid(token: str) -> bool:
    return len(token) == 32 and token[12] == "4" and token[16] in "89ab"


def ends_in_letter(text: str) -> bool:
    """Whether the last sign is a letter or an underscore, and no digit of an encoded byte."""
    return len(text) > 2 and text[-1] in LOWER + UPPER + "_" and "%" not in text[-3:-1]


def is_words_and_number(eight: str) -> bool:
    """Words with one or two digits or capitals behind: iPhone15."""
    for length in (1, 2):
        words, end = eight[:-length], eight[-length:]
        if all(sign in DIGITS for sign in end) or all(sign in UPPER for sign in end):
            one = words[1:] if words[0] in LOWER and words[1] in UPPER else words
            one = words[1:] if words[0] in UPPER and words[1] in UPPER else one
            if one[0] in UPPER and len(one) > 3 and all(sign in LOWER for sign in one[1:]):
                return True
            if any(is_word(words[:place]) and is_word(words[place:]) for place in range(2, len(words) - 1)):
                return True
    return False


def is_word(text: str) -> bool:
    small = text[1:] if text[:1] in tuple(UPPER) else text
    return len(small) > 1 and all(sign in LOWER for sign in small)


def split_digest(stem: str) -> tuple[str, str]:
    """The stem before its last hexadecimal signs, and those."""
    before = stem.rstrip(DIGITS + "abcdef")
    return before, stem[len(before) :]


def ends_in_digest(stem: str) -> bool:
    """A whole token of 8 to 64 hexadecimal signs, with both digits and letters."""
    before, token = split_digest(stem)
    mixed = any(sign in DIGITS for sign in token) and any(sign in LOWER for sign in token)
    return 8 <= len(token) <= 64 and mixed and before.endswith((".", "/", "-"))


def ends_in_eight(stem: str) -> bool:
    """Exactly eight signs after a dot or a dash that no person wrote."""
    eight = stem[-8:]
    whole = len(stem) > 8 and stem[-9] in ".-" and all(sign in DIGITS + LOWER + UPPER + "_-" for sign in eight)
    return whole and not is_written(eight)


def is_written(eight: str) -> bool:
    """Whether the eight read as a person wrote them: words, a word and a number, no capital at all."""
    if not any(sign in UPPER for sign in eight):
        return True
    runs = [(kind, len(list(signs))) for kind, signs in groupby(eight, kind_of)]
    shape = "".join(kind for kind, _ in runs)
    long = [length for _, length in runs]
    if any(kind == "-" and length > 1 for kind, length in runs):
        return False
    if shape in ("A0", "A-0"):  # capitals with a number: IMG_2024
        return True
    if any(kind == "A" and length > 1 for kind, length in runs):
        return False  # a word begins with one capital
    if shape in ("0Aa", "Aa0", "Aa-Aa", "Aa-a", "a-Aa"):  # a word with a number, two words
        return True
    if shape == "Aa":
        return True
    # two words without a sign between them: one of them has three small letters at least
    return shape in ("AaAa", "aAa") and (long[-3] >= 3 or long[-1] >= 3)


def kind_of(sign: str) -> str:
    if sign in DIGITS:
        return "0"
    if sign in LOWER:
        return "a"
    return "A" if sign in UPPER else "-"
