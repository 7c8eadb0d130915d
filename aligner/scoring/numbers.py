"""Numbers in English and Chinese text as canonical values, so that 35,000 and 3.5万 meet."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

_ENGLISH_UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_ENGLISH_TENS = {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ENGLISH_TOKEN = re.compile(
    r"(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?(?![\d])"
    r"|(?P<word>\b(?:"
    + "|".join(sorted([*_ENGLISH_UNITS, *_ENGLISH_TENS, *_ENGLISH_SCALES], key=len, reverse=True))
    + r")s?\b)"
)
_TELLING = re.compile(r"\d|teen|ten|eleven|twelve|" + "|".join([*_ENGLISH_TENS, *_ENGLISH_SCALES]))
_CHINESE_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000}
_CHINESE_LARGE = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_CHINESE_TOKEN = re.compile(
    "(?:\\d+(?:,\\d{3})*(?:\\.\\d+)?|[零〇一二两三四五六七八九十百千]+)[十百千]?[万亿兆]*(?:点[零一二三四五六七八九]+)?"
)
SMALLEST_WORD = 10  # below this, number words are too common in idioms (一, one) to be evidence


def english_numbers(text: str) -> list[str]:
    """Return the values of the numbers in English text, digits and words, in order.

    >>> english_numbers("up to 20 of 3.5 million people in twenty-one towns")
    ['20', '3500000', '21']
    """
    values: list[str] = []
    text = text.lower()
    if not _TELLING.search(text):  # most sentences hold no number, or a small one
        return values
    current: Decimal | None = None
    from_word, end = False, 0
    for match in _ENGLISH_TOKEN.finditer(text):
        near = text[end : match.start()].strip(" -") in ("", "and") and match.start() - end <= 5
        word = match["word"] or ""
        word = word if word in _ENGLISH_SCALES or word in _ENGLISH_UNITS or word in _ENGLISH_TENS else word[:-1]
        if word in _ENGLISH_SCALES and current is not None and near:
            current *= _ENGLISH_SCALES[word]
        elif word and word not in _ENGLISH_SCALES and current is not None and near and from_word:
            current += _ENGLISH_UNITS.get(word, _ENGLISH_TENS.get(word, 0))
        else:
            _keep(values, current, from_word)
            from_word = bool(word)
            current = _english_start(match["digits"], word)
        end = match.end()
    _keep(values, current, from_word)
    return values


def chinese_numbers(text: str) -> list[str]:
    """Return the values of the numbers in Chinese text, digits and characters, in order.

    >>> chinese_numbers("二〇一八年有3.5万人,其中二十一人")
    ['2018', '35000', '21']
    """
    values: list[str] = []
    for match in _CHINESE_TOKEN.finditer(text):
        value = _chinese_value(match.group())
        _keep(values, value, not match.group()[0].isdigit())
    return values


def _english_start(digits: str | None, word: str) -> Decimal | None:
    if digits:
        return Decimal(digits.replace(",", ""))
    if word in _ENGLISH_SCALES:
        return None  # "thousands of people" has no value
    return Decimal(_ENGLISH_UNITS.get(word, _ENGLISH_TENS.get(word, 0)))


def _chinese_value(text: str) -> Decimal | None:
    """Value of a matched Chinese number; None where the characters form no number."""
    digits = re.match(r"[\d,]+(?:\.\d+)?", text)
    rest = text[digits.end() :] if digits else text
    if not digits and all(character in _CHINESE_DIGITS for character in text):
        return Decimal("".join(str(_CHINESE_DIGITS[character]) for character in text))
    try:
        total, section = Decimal(0), Decimal(digits.group().replace(",", "")) if digits else Decimal(0)
    except InvalidOperation:
        return None
    digit = Decimal(0)
    for position, character in enumerate(rest):
        if character == "点":
            fraction = "".join(str(_CHINESE_DIGITS[other]) for other in rest[position + 1 :])
            return total + section + digit + Decimal(f"0.{fraction}")
        if character in _CHINESE_DIGITS:
            digit = Decimal(_CHINESE_DIGITS[character])
        elif character in _CHINESE_SCALES:
            scale = _CHINESE_SCALES[character]
            section = section * scale if digits and not digit and section else section + (digit or 1) * scale
            digit = Decimal(0)
        else:
            total = (total + section + digit) * _CHINESE_LARGE[character]
            section = digit = Decimal(0)
    return total + section + digit


def _keep(values: list[str], value: Decimal | None, from_word: bool) -> None:
    if value is not None and not (from_word and value < SMALLEST_WORD):
        text = format(value.normalize(), "f")
        values.append(text)
