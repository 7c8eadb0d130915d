"""The numbers that only one side of a pair has, after what the two languages write differently is put aside."""

from __future__ import annotations

import re
from collections import Counter

from aligner.scoring.numbers import chinese_numbers, english_numbers

_SUFFIXES = {"bn": "billion", "b": "billion", "mn": "million", "m": "million", "k": "thousand", "tn": "trillion"}
_NAME = r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]*-?\d[A-Za-z0-9_-]*"  # N95, COVID-19, python3
_TIME = r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?"
# What stands for no quantity, or is named without a number in the other language: times of day, ordinals, months.
_ENGLISH_ASIDE = re.compile(
    rf"{_TIME}|\d{{1,2}}(?:\.\d\d)? ?[ap]\.?m\b|\d+(?:st|nd|rd|th)\b(?:-century)?|{_NAME}|\d+/\d+|\btens of\b", re.I
)
_ENGLISH_SUFFIX = re.compile(
    r"(?<=\d) ?(bn|mn|tn)\b|(?<=[£$€¥])([\d.,]+)([bmk])\b|(?<=\d)-?(?=(?:hundred|[mbt]r?illion|thousand))", re.I
)
_DECADE = re.compile(r"\b(?:1[0-9]|20)?(\d0)['’]?s\b")
_YEARS = re.compile(r"\b(1\d|20)(\d\d)([-–—/])(\d\d)\b(?![-–—/\d])")
_DIGITS = "零〇一二两三四五六七八九"
_CHINESE_ASIDE = re.compile(
    rf"[百千万]分之|{_TIME}|[\d{_DIGITS}十]+(?:世纪|世紀|月|点半|點|时许|時)|第[\d{_DIGITS}十百]+|{_NAME}"
    rf"|[\d.{_DIGITS}十百]+分之[\d.{_DIGITS}十百]+|[成上数几数幾數好][十百千万萬亿億]+|\d+/\d+"
    rf"|(?<![\d{_DIGITS}十百千])[百千万亿]+(?![\d{_DIGITS}十百千])|十(?:分|足)|(?<=[\d{_DIGITS}十百千万])两(?!百|千|万|亿)"
)
_CHINESE_SPACE = re.compile(r"(?<=\d)[\s多余]+(?=[十百千万亿])|(?<=\d)[,，](?=\d{3})")
_TRADITIONAL = str.maketrans("萬億兩點幾數", "万亿两点几数")


def unmatched(en: str, zh: str) -> tuple[list[str], list[str]]:
    """Return the values of the numbers that only the English and only the Chinese text has.

    Times, months, ordinals and fractions are left out, since the languages name them in too many ways.

    >>> unmatched("One third of 35,000 people, £1.25bn", "3.5万人中的三分之一，12.5亿英镑")
    ([], [])
    >>> unmatched("It has 20 rooms.", "它有30个房间。")
    (['20'], ['30'])
    """
    english, chinese = Counter(english_numbers(_english(en))), Counter(chinese_numbers(_chinese(zh)))
    left, right = sorted((english - chinese).elements()), sorted((chinese - english).elements())
    return [one for one in left if not _any_like(one, right)], [other for other in right if not _any_like(other, left)]


def _any_like(value: str, others: list[str]) -> bool:
    return any(_alike(*sorted((value, other), key=len)) for other in others)


def _alike(short: str, long: str) -> bool:
    """Whether two values may be the same, written shorter: 95 for 1995, 25 for version 1.25, 100K for 100,000."""
    if long.endswith(f".{short}") or (len(short) == 2 and len(long) == 4 and long.endswith(short)):
        return True
    return long.startswith(short) and set(long[len(short) :]) == {"0"} and (len(long) - len(short)) % 3 == 0


def _english(text: str) -> str:
    text = _YEARS.sub(r"\1\2\3\g<1>\4", _ENGLISH_ASIDE.sub(" ", _DECADE.sub(r" \1 ", text)))
    return _ENGLISH_SUFFIX.sub(_spelled_out, text)


def _spelled_out(match: re.Match[str]) -> str:
    unit = (match[1] or match[3] or "").lower()
    return f"{match[2] or ''} {_SUFFIXES.get(unit, '')}"


def _chinese(text: str) -> str:
    text = _CHINESE_SPACE.sub("", text.translate(_TRADITIONAL))
    return _YEARS.sub(r"\1\2\3\g<1>\4", _CHINESE_ASIDE.sub(" ", text))
