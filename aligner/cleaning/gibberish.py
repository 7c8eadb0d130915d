"""Random characters that some sites put into a page to spoil copies of it."""

from __future__ import annotations

import re

SHORTEST = 8  # characters
LONGEST = 40
ODD_SHARE = 0.42  # of the characters; in camel case, chemical formulas and model numbers it is lower
LETTER_SHARE = 0.25

_WORDS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])|\d+")
_UNSPEAKABLE = re.compile("[A-Z]?[b-df-hj-np-tv-xz]{3,}")
_STRANGE = re.compile(r"[~!@#$%^&*;|\[\]]")
_GRAPHIC = re.compile("[!-~]+")
# After white space, a full stop with what closes it, or a Chinese character.
_PLACE = re.compile(r"(?:^|(?<=[\s。！？.!?”」』）)])|(?<=[.!?][\"')])|(?<=[\u3400-\u9fff]))(?=[!-~])(?![\"')])")
_PLAIN_START = re.compile(r"[A-Z]?[a-z]{4,}|(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}|\d+)[.!?]")
_ADDRESS = re.compile(r"://|www\.|@\w+\.\w|=|\.(?:com|cn|net|org)\b", re.IGNORECASE)


def is_random(text: str) -> bool:
    """Whether the characters make no words: most change case, or between letters, digits and signs.

    >>> is_random("47d5mJNnQTd"), is_random("g#..L!Z.;T"), is_random("YouTube/TikTok2024"), is_random("[00:02:10]")
    (True, True, False, False)
    """
    if not SHORTEST <= len(text) <= LONGEST or not _GRAPHIC.fullmatch(text) or _ADDRESS.search(text):
        return False
    words = sum(len(word) for word in _WORDS.findall(text) if not _UNSPEAKABLE.fullmatch(word))
    letters = sum(character.isalpha() for character in text)
    strange = text.lower() != text or len(_STRANGE.findall(text)) > 1
    return strange and len(text) - words >= ODD_SHARE * len(text) and letters >= LETTER_SHARE * len(text)


def random_tail(text: str) -> int:
    """Where random characters begin that end the text; its length where there are none.

    >>> random_tail("It ends here.XzQNGLJsJ68s")
    13
    """
    end = len(text.rstrip())
    if not _GRAPHIC.fullmatch(text, max(0, end - SHORTEST), end):
        return len(text)
    if _ADDRESS.search(text, text.rfind(" ", 0, end) + 1, end):
        return len(text)
    for place in _PLACE.finditer(text, max(0, end - LONGEST), end):
        tail = text[place.start() : end]
        if is_random(tail) and not _PLAIN_START.match(tail):
            return place.start()
    return len(text)
