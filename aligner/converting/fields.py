"""What a file of pairs tells besides the texts, and how the fields of a unit are read from text."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aligner.data import Unit
from aligner.errors import InputError
from aligner.exporting import xlsx
from aligner.exporting.tsv import HEADER, TIMES
from aligner.exporting.units import time_text
from aligner.languages import WORDS, language_of_code

COLUMNS = (
    "en",
    "zh",
    "confidence",
    "bead",
    "en_sentences",
    "zh_sentences",
    "en_lines",
    "zh_lines",
    "note",
    "en_time",
    "zh_time",
)
_TITLES = {title.lower(): name for (title, _), name in zip(xlsx.COLUMNS, (*HEADER, "note"), strict=True)}
_TITLES |= {title.lower(): name for (title, _), name in zip(xlsx.TIMES, TIMES, strict=True)}
_CODE = re.compile(r"[a-z]{2,3}([-_]han[st])?([-_]([a-z]{2}|\d{3}))?")
LATEST = 3_599_999.0  # seconds: 999 hours, one second short
_BEAD = re.compile(r"\d+-\d+")
_TIME = re.compile(r"(\d{2,3}):(\d\d):(\d\d)\.(\d{3})-(\d{2,3}):(\d\d):(\d\d)\.(\d{3})")
_NUMBERS = re.compile(r"\d+(,\d+)*")


@dataclass(slots=True)
class Findings:
    """What a reader finds out besides the units.

    The language codes and the title are there, where the file tells them, once the first unit is read; what was passed
    over, and how often, once the last one is. ``warnings`` are about the file as a whole.
    """

    en_code: str = ""
    zh_code: str = ""
    title: str = ""
    warnings: tuple[str, ...] = ()
    passed_over: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[str, ...]:
        """A line for each kind of thing that was passed over."""
        return tuple(f"{what}, passed over: {number:,}" for what, number in self.passed_over.items() if number)


def unit_of(fields: Mapping[str, str], findings: Findings) -> Unit:
    """A unit from the text of its fields; what is not as our writers write it is left out and counted."""
    numbers = {name: _numbers(name, fields, findings) for name in COLUMNS[4:8]}
    return Unit(
        fields.get("en", ""),
        fields.get("zh", ""),
        _confidence(fields.get("confidence", ""), findings),
        _bead(fields.get("bead", ""), findings),
        numbers["en_sentences"],
        numbers["zh_sentences"],
        _range(numbers["en_lines"]),
        _range(numbers["zh_lines"]),
        fields.get("note", ""),
        _time("en_time", fields, findings),
        _time("zh_time", fields, findings),
    )


def text_of(name: str, value: object) -> str:
    """A value of JSON Lines or Parquet as the text of a field."""
    if isinstance(value, list):
        if name in TIMES and len(value) == 2 and all(isinstance(moment, int | float) for moment in value):
            start, end = (round(1000 * min(max(moment, 0), LATEST)) for moment in value)
            return time_text((start, end))
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def column_names(titles: Sequence[str], path: object) -> list[str]:
    """Our names for columns with these titles, those of our XLSX, languages and their codes; others stay.

    Raises InputError unless there are columns for both texts.
    """
    names: list[str] = []
    for title in (title.strip().lower() for title in titles):
        name = _TITLES.get(title) or WORDS.get(title) or (language_of_code(title) if _CODE.fullmatch(title) else "")
        names.append(title if not name or name in names else name)
    require_columns(names, path)
    return names


def require_columns(names: Sequence[str], path: object) -> None:
    """Raise InputError unless there are columns for both texts."""
    missing = [name for name in ("en", "zh") if name not in names]
    if missing:
        message = f"{path} has no column {' and no column '.join(missing)} in its first line."
        raise InputError(f"{message} Name the columns of the English and the Chinese text en and zh.")


def _confidence(text: str, findings: Findings) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if 0 <= value <= 1:
        return value
    findings.passed_over["confidences that are no number from 0 to 1"] += 1
    return None


def _bead(text: str, findings: Findings) -> str:
    if text and not _BEAD.fullmatch(text):
        findings.passed_over["bead types that are not like 1-1"] += 1
        return ""
    return text


def _numbers(name: str, fields: Mapping[str, str], findings: Findings) -> tuple[int, ...]:
    text = fields.get(name, "")
    if not text:
        return ()
    if len(text) > 10_000 or not _NUMBERS.fullmatch(text) or max(map(len, text.split(","))) > 9:
        findings.passed_over[f"{name} that are not numbers parted by commas"] += 1
        return ()
    return tuple(map(int, text.split(",")))


def _time(name: str, fields: Mapping[str, str], findings: Findings) -> tuple[int, int] | None:
    text = fields.get(name, "")
    match = _TIME.fullmatch(text)
    if match:
        numbers = [int(part) for part in match.groups()]
        start, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (numbers[:4], numbers[4:]))
        return start, end
    findings.passed_over["times that are not like 00:00:01.000-00:00:02.000"] += bool(text)
    return None


def _range(numbers: tuple[int, ...]) -> tuple[int, int] | None:
    return (numbers[0], numbers[-1]) if numbers else None
