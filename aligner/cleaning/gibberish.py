"""Random characters that some sites put into a page to spoil copies of it."""

from __future__ import annotations

import re

SHORTEST = 8  # characters
LONGEST = 40
ODD_SHARE = 0.42  # of the characters; in camel case, chemical formulas and model numbers it is lower
LETTER_SHARE = 0.25
SHORTEST_JUMBLE = 9
JOINTS = 3  # places where lower case meets a digit or goes over into a capital: iPhone12ProMax has 3, C12H22O11 none
FRAGMENT = 2.4  # characters of one kind in a row, on average; iPhone12ProMax has 2.8

_WORDS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])|\d+")
_UNSPEAKABLE = re.compile("[A-Z]?[b-df-hj-np-tv-xz]{3,}")
_STRANGE = re.compile(r"[~!@#$%^&*;|\[\]]")
_GRAPHIC = re.compile("[!-~]+")
# After white space, a full stop with what closes it, or a Chinese character.
_PLACE = re.compile(r"(?:^|(?<=[\s。！？.!?”」』）)])|(?<=[.!?][\"')])|(?<=[\u3400-\u9fff]))(?=[!-~])(?![\"')])")
_JOINT = re.compile(r"(?<=[a-z])[A-Z0-9]|(?<=[0-9])[a-z]")
_FRAGMENT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PARTS = re.compile("[/-]")
_ALL_PARTS = re.compile(r"[-/.,:()'\"+_=&?]+")
_ORDINARY = re.compile(r"(?:[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+){0,3}|(?=.{1,7}$)(?:[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+){4}")
_CLUSTER = re.compile("[b-df-hj-np-tv-xz]{4}", re.IGNORECASE)
_PLAIN_START = re.compile(r"[A-Z]?[a-z]{4,}|(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}|\d+)[.!?]")
# Addresses, formulas, program text and entities.
_ADDRESS = re.compile(
    r"://|www\.|@\w+\.\w|=|[\\{}<>]|__|\(\w*\)|\[[\w:]{0,9}\]|&(?:nbsp|amp|lt|gt|quot|apos|#\w+);|\.(?:com|cn|net|org)\b",
    re.IGNORECASE,
)


def is_random(text: str) -> bool:
    """Whether the characters make no words: most change case, or between letters, digits and signs.

    >>> is_random("47d5mJNnQTd"), is_random("g#..L!Z.;T"), is_random("YouTube/TikTok2024"), is_random("[00:02:10]")
    (True, True, False, False)
    """
    if not SHORTEST <= len(text) <= LONGEST or not _GRAPHIC.fullmatch(text) or _ADDRESS.search(text):
        return False
    if text in (text.lower(), text.upper()) and _signs(text) < 2:
        return False
    if all(map(_ORDINARY.fullmatch, _ALL_PARTS.split(text))):  # SARS-CoV-2
        return False
    if any(map(_is_jumble, _PARTS.split(text))):
        return True
    words = sum(len(word) for word in _WORDS.findall(text) if not _UNSPEAKABLE.fullmatch(word))
    letters = sum(character.isalpha() for character in text)
    strange = text.lower() != text or _signs(text) > 1
    return strange and len(text) - words >= ODD_SHARE * len(text) and letters >= LETTER_SHARE * len(text)


def _signs(text: str) -> int:
    """How many kinds of strange signs there are; of one kind there may be many: ``please!!!!``."""
    return len(set(_STRANGE.findall(text)))


def _is_jumble(part: str) -> bool:
    """Whether short fragments of small letters, capitals and digits alternate; fewer will do beside many consonants."""
    fragments = _FRAGMENT.findall(part)
    if len(part) < SHORTEST_JUMBLE or sum(map(len, fragments)) > FRAGMENT * len(fragments):
        return False
    joints = len(_JOINT.findall(part)) + _signs(part)
    return joints + (_CLUSTER.search(part) is not None) >= JOINTS


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
        if is_random(tail) and not (place.start() and _PLAIN_START.match(tail)):
            return place.start()
    return len(text)
