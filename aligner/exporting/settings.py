"""What every writer is given besides the alignment, and what it tells in return."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from aligner.data import Alignment, Unit
from aligner.errors import UsageError
from aligner.languages import CHINESE, ENGLISH

# BCP 47 in the shape that translation tools use: language, script, region, variants, private use.
_LANGUAGE_CODE = re.compile(
    r"([a-z]{2,3})(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-x(-[a-z0-9]{1,8})+)?",
    re.IGNORECASE,
)
_TRADITIONAL = re.compile(r"-(?:hant|tw|hk|mo)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """How results are labelled. Raises UsageError for codes that name no English or no Chinese.

    ``created`` is written where a format has a place for it, a naive one being taken as local time; without it the same
    alignment always gives the same bytes. ``title`` names the document. ``first``, ``"en"`` or ``"zh"``, and ``pinyin``
    are for learners: the language that comes first or stands on a card's front, and whether pinyin is shown.
    """

    en_code: str = "en-US"
    zh_code: str = "zh-CN"
    created: datetime | None = None
    title: str = ""
    first: str = "en"
    pinyin: bool = False

    def __post_init__(self) -> None:
        _check_code(self.en_code, ENGLISH, "English", "en-US, en-GB")
        _check_code(self.zh_code, CHINESE, "Chinese", "zh-CN, zh-TW, zh-Hant-HK")
        if self.first not in ("en", "zh"):
            raise UsageError(f"{self.first!r} can't come first. Choose en or zh.")

    @property
    def traditional(self) -> bool:
        """Whether the Chinese code stands for Traditional characters."""
        return bool(_TRADITIONAL.search(self.zh_code))


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer did: the number of pairs or beads written, and notes on what the format could not hold."""

    count: int
    notes: tuple[str, ...] = ()


Writer = Callable[[Alignment, BinaryIO, ExportSettings], Written]
UnitWriter = Callable[[Iterable[Unit], BinaryIO, ExportSettings], Written]
"""Takes the units one by one, so that they need not fit in memory."""
PartsWriter = Callable[[Iterable[Unit], Sequence[BinaryIO], ExportSettings], Written]
"""Writes several files at once, a stream for each."""


def _check_code(code: str, languages: Collection[str], name: str, examples: str) -> None:
    match = _LANGUAGE_CODE.fullmatch(code)
    if match is None or match[1].lower() not in languages:
        raise UsageError(f"{code!r} is no language code for {name}. Use one like {examples}.")
