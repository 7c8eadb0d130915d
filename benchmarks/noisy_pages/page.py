"""What a noisy page is made of, and which of its characters are the article's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from aligner.data import Line

Unit = tuple[int, int]
"""The number of an article on the page, and the number of a line in it."""

SHINGLE = 6  # words: two articles that share so many in a row report the same words
LIKENESS = 0.4  # shared words of all words: headlines more alike than that may well say the same


@dataclass(frozen=True)
class Article:
    """A text in both languages, line by line; as a source of noise, one side may be missing."""

    name: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        words = [re.findall(r"\w+", line.lower()) for line in self.english]
        return frozenset(
            tuple(line[start : start + SHINGLE]) for line in words for start in range(len(line) - SHINGLE + 1)
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Words with a capital letter: what an article is about."""
        return frozenset(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}", " ".join(self.english)))

    def is_like(self, other: Article) -> bool:
        """Whether the two report the same news, so that a line of one may be the translation of a line of the other."""
        first, second = (set(re.findall(r"\w+", " ".join(article.english[:1]).lower())) for article in (self, other))
        return len(first & second) > LIKENESS * len(first | second) or bool(self.shingles & other.shingles)


@dataclass(frozen=True, slots=True)
class Part:
    """Characters of a line with one origin.

    An article's text has the ``side`` it belongs to, ``"en"`` or ``"zh"``, and its ``unit``. ``noise`` is the kind of
    noise otherwise. With neither, the part is neutral: a separator, a line number, a speaker's name, a stray mark. An
    ``extra`` part may be paired with its unit but need not be: a second copy of a title, an entry of a glossary.
    """

    text: str
    side: str = ""
    unit: Unit | None = None
    noise: str = ""
    extra: bool = False


Row = tuple[Part, ...]
"""A line in its parts."""


@dataclass(frozen=True)
class Page:
    """A page, in one file or two, with the origin of every character; ``files`` holds the rows of each file."""

    layout: str
    noise: tuple[str, ...]
    marks: tuple[str, ...]
    files: tuple[tuple[Row, ...], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each file."""
        return tuple("\n".join(row_text(row) for row in rows) for rows in self.files)

    @property
    def text(self) -> str:
        """The text of a page in one file."""
        (text,) = self.texts
        return text

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, numbered from 1 in each file."""
        return tuple(
            Line(row_text(row), number, source)
            for source, rows in enumerate(self.files)
            for number, row in enumerate(rows, 1)
        )

    @property
    def gold(self) -> tuple[Row, ...]:
        """The parts of each of ``lines``."""
        return tuple(row for rows in self.files for row in rows)


def row_text(row: Sequence[Part]) -> str:
    return "".join(part.text for part in row)


def mark_noise(row: Row, kind: str) -> Row:
    """The same row as noise."""
    return tuple(replace(part, unit=None, noise=kind) for part in row)


def read_articles(folder: Path, chinese: str = "zh") -> list[Article]:
    """Read ``NAME.en`` with ``NAME.zh``, or what suffix ``chinese`` names, line by line; ``headlines`` are left out."""
    result = []
    for path in sorted(folder.glob("*.en")):
        if path.stem != "headlines":
            texts = (path, path.with_suffix(f".{chinese}"))
            english, other = (tuple(text.read_text("utf-8").splitlines()) for text in texts)
            result.append(Article(path.stem, english, other))
    return result


def read_headlines(folder: Path) -> list[Article]:
    """Read ``headlines.en`` and ``headlines.zh``, unrelated lists, as sources of noise in one language each."""
    english, chinese = (folder.joinpath(f"headlines.{side}").read_text("utf-8").splitlines() for side in ("en", "zh"))
    first = [Article(f"headline {number}", (line,), ()) for number, line in enumerate(english)]
    return first + [Article(f"标题 {number}", (), (line,)) for number, line in enumerate(chinese)]
