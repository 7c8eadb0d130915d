"""What finds the duplicates of a pair: keys that equal pairs share surely, and near ones very likely (MinHash).

Two pairs are equal if both sides have the same letters and digits in the same order. They are near each other if on
*both* sides the sets of character n-grams overlap by at least a threshold (Jaccard). MinHash with banding finds what
may be near (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3): of pairs that overlap
by s, a share of 1 - (1 - s**ROWS)**BANDS has a key in common.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Grams = tuple[frozenset[str], frozenset[str]]

BANDS, ROWS = 16, 6  # 0.992 of the pairs that overlap by 0.8 share a key, 0.87 at 0.7, 0.01 at 0.3
ENGLISH_GRAM, CHINESE_GRAM = 5, 2  # characters; of shorter English ones any two sentences share several
_SIGNS = re.compile(r"[\W_]+")


def signatures(english: Sequence[str], chinese: Sequence[str]) -> tuple[Keys, Keys]:
    """The keys of many pairs: one that equal pairs share, shape (n,), and those of the bands, shape (n, BANDS).

    They depend on nothing but the pair, and never change from run to run.

    >>> equal, _ = signatures(["He came.", "he came"], ["他来了。", "他来了！"])
    >>> bool(equal[0] == equal[1])
    True
    """
    sides = [folded(text) for text in english], [folded(text, "") for text in chinese]
    exact = np.array([_exact_key(en, zh) for en, zh in zip(*sides, strict=True)], np.uint64)
    if not len(exact):
        return exact, np.zeros((0, BANDS), np.uint64)
    grams, counts = _grams(sides)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    bands = np.empty((len(exact), BANDS), np.uint64)
    for band in range(BANDS):
        key = np.full(len(exact), band, np.uint64)
        for row in range(ROWS):
            least = np.minimum.reduceat(mixed(grams ^ _seed(band * ROWS + row)), starts)
            key = mixed(key ^ least)
        bands[:, band] = key
    return exact, bands


def folded(text: str, space: str = " ") -> str:
    """The letters and digits of a text, without case; all signs in a row become one ``space``.

    >>> folded("“Don't,” he said."), folded("他说：“不要。”", "")
    ('don t he said', '他说不要')
    """
    return _SIGNS.sub(space, unicodedata.normalize("NFKC", text).casefold()).strip() or text


def _exact_key(en: str, zh: str) -> int:
    text = f"{en}\0{zh}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def _grams(sides: tuple[list[str], list[str]]) -> tuple[Keys, NDArray[np.int64]]:
    """Hashes of the n-grams of both sides, those of one pair together, and how many each pair has."""
    parts = [_side_grams(texts, gram) for texts, gram in zip(sides, (ENGLISH_GRAM, CHINESE_GRAM), strict=True)]
    owners = np.concatenate([np.repeat(np.arange(len(counts)), counts) for _, counts in parts])
    grams = np.concatenate([hashes for hashes, _ in parts])[np.argsort(owners, kind="stable")]
    return grams, parts[0][1] + parts[1][1]


def _side_grams(texts: Sequence[str], gram: int) -> tuple[Keys, NDArray[np.int64]]:
    padded = [text.ljust(gram) for text in texts]
    lengths = np.array([len(text) for text in padded])
    encoded = "".join(padded).encode("utf-32-le", "surrogatepass")
    characters = np.frombuffer(encoded, np.uint32).astype(np.uint64)
    count = len(characters) - gram + 1
    hashes = np.full(count, gram, np.uint64)
    for offset in range(gram):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + characters[offset : offset + count]
    ends = np.cumsum(lengths)[:-1]
    across = (ends[:, None] - np.arange(1, gram)).ravel()  # those that begin in one text and end in the next
    return mixed(np.delete(hashes, across)), lengths - gram + 1


def mixed(hashes: Keys) -> Keys:
    """Scramble 64 bits (the finalizer of splitmix64, Steele, Lea and Flood 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Keys = hashes ^ (hashes >> np.uint64(31))
    return mixed


def _seed(number: int) -> np.uint64:
    return np.uint64((number + 1) * 0xD1342543DE82EF95 % 2**64)


def similarity(one: tuple[str, str], other: tuple[str, str]) -> float:
    """How near two pairs are: the Jaccard overlap of their n-grams on the side where it is smaller.

    >>> similarity(("He came home.", "他回家了。"), ("He came home!", "他回家了")), similarity(("a", "甲"), ("a", "乙"))
    (1.0, 0.0)
    """
    return overlap(gram_sets(*one), gram_sets(*other))


def gram_sets(en: str, zh: str) -> Grams:
    """The n-grams of both sides, from which ``overlap`` tells how near two pairs are."""
    return _gram_set(folded(en), ENGLISH_GRAM), _gram_set(folded(zh, ""), CHINESE_GRAM)


def _gram_set(text: str, gram: int) -> frozenset[str]:
    text = text.ljust(gram)
    return frozenset(text[start : start + gram] for start in range(len(text) - gram + 1))


def overlap(one: Grams, other: Grams) -> float:
    """As ``similarity``, of pairs whose n-grams are known."""
    return min(len(left & right) / len(left | right) for left, right in zip(one, other, strict=True))
