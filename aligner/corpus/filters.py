"""Which pairs a clean corpus leaves out, each with its reason, and what is noted of those that it keeps.

The bounds were found on pairs aligned by hand and on damaged copies of them; ``benchmarks/corpus_filters.py`` prints
what each filter loses and catches.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aligner import DEFAULT_MIN_CONFIDENCE
from aligner.cleaning.language import CHINESE_CHARACTER, LATIN_WORD, language_of
from aligner.corpus.numerals import unmatched
from aligner.errors import UsageError

LOW_CONFIDENCE = "low confidence"
TOO_SHORT = "too short"
TOO_LONG = "too long"
NOT_ENGLISH = "English side is not English"
NOT_CHINESE = "Chinese side is not Chinese"
IDENTICAL = "both sides are the same"
UNTRANSLATED = "not translated"
LENGTHS = "lengths disagree"
NUMBERS = "numbers disagree"

# Flags of kept pairs.
MIXED = "mixed languages"
UNSURE_LANGUAGE = "English unsure"
NUMBER_MISSING = "number on one side only"

# The logarithm of Chinese to English length, white space not counted, over 36,000 sentence pairs of 8 domains: its mean
# lies between -1.17 (novels) and -0.84 (documentation), and its variance shrinks with length as here (Gale and Church
# 1993, with a floor because whole translators differ, not single words).
RATIO_MEAN, RATIO_VARIANCE, VARIANCE_PER_CHARACTER = -0.95, 0.05, 2.5
_ENGLISH = ("en", "pcm")  # Nigerian Pidgin is what short English ones are taken for
FEWEST_WORDS = 4  # of a text whose language can be told from other European ones
SURE_OF_LANGUAGE = 0.8  # no text of 4 words or more in 6,500 English ones was taken for another language this surely
LONGEST_COMPARED = 2000  # characters; the patterns of numbers take time that grows with the square of a run of digits
MIXED_SHARE = 0.4  # of the words and characters of a side, in the other side's script
MOST_KANA = 0.1  # of the characters; names keep a の in Chinese text

# English alone has these; two of them spare the tenth of a millisecond and more that telling languages apart takes.
_EVERYDAY = frozenset(
    ("the", "The", "and", "that", "That", "this", "This", "with", "are", "have", "has", "from", "you", "not", "which")
)

_SPACE = re.compile(r"\s+")
_WORD = re.compile(LATIN_WORD)
_CHINESE = re.compile(CHINESE_CHARACTER)
_OTHER_ASIAN = re.compile("[\u3041-\u30ff\uac00-\ud7a3]")
_SIGN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Filters:
    """What a pair must be like to stay; None, 0 or False switches a filter off.

    ``min_characters`` counts letters, Chinese characters and digits of either side, ``max_characters`` all characters
    of either. ``length_deviations`` is how many standard deviations the ratio of lengths may be off what is usual for
    texts of that length.
    """

    min_confidence: float | None = DEFAULT_MIN_CONFIDENCE
    min_characters: int | None = 2
    max_characters: int | None = 1000
    check_languages: bool = True
    check_untranslated: bool = True
    length_deviations: float | None = 3.0
    check_numbers: bool = True

    def __post_init__(self) -> None:
        if not 0 <= (self.min_confidence or 0) <= 1:
            raise UsageError(f"The minimum confidence must lie between 0 and 1, not {self.min_confidence}.")
        if min(self.min_characters or 0, self.max_characters or 0, self.length_deviations or 0) < 0:
            raise UsageError("The settings of the filters can't be below 0. Take 0 to switch one off.")


def judge(en: str, zh: str, confidence: float, filters: Filters) -> tuple[str, tuple[str, ...]]:
    """Return the reason to leave a pair out, ``""`` to keep it, and what was noted of it.

    >>> judge("It has 20 rooms and a garden.", "它有20个房间和一个花园。", 0.99, Filters())
    ('', ())
    >>> judge("It has 20 rooms and a garden.", "它有30个房间和一个花园。", 0.99, Filters())
    ('numbers disagree', ())
    """
    if filters.min_confidence and confidence < filters.min_confidence:
        return LOW_CONFIDENCE, ()
    sides = Side(en), Side(zh)
    flags: list[str] = []
    for check in (_sizes, _sameness, _languages, _lengths, _numbers):
        reason, flag = check(*sides, filters)
        if reason:
            return reason, ()
        flags += [flag] if flag else []
    return "", tuple(flags)


class Side:
    """One side of a pair, with what several filters count in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.letters = _SIGN.sub("", unicodedata.normalize("NFKC", text)).casefold()
        self.words = _WORD.findall(text)
        self.chinese = len(_CHINESE.findall(text))
        self.length = len(_SPACE.sub("", text))

    def share(self, language: str) -> float:
        """How much of it is English words or Chinese characters, each counted as one."""
        return (self.chinese if language == "zh" else len(self.words)) / max(1, self.chinese + len(self.words))


def _sizes(en: Side, zh: Side, filters: Filters) -> tuple[str, str]:
    if filters.min_characters and min(len(en.letters), len(zh.letters)) < filters.min_characters:
        return TOO_SHORT, ""
    longest = max(len(en.text), len(zh.text))
    return (TOO_LONG if filters.max_characters and longest > filters.max_characters else ""), ""


def _sameness(en: Side, zh: Side, filters: Filters) -> tuple[str, str]:
    """Whether one side repeats the other, or most words that the Chinese side has are copied English ones."""
    if not filters.check_untranslated:
        return "", ""
    if en.letters == zh.letters:
        return IDENTICAL, ""
    if zh.share("en") > 0.5 and set(zh.words) <= set(en.words):
        return UNTRANSLATED, ""
    return (UNTRANSLATED if en.share("zh") > 0.5 and zh.share("zh") > 0.5 else ""), ""


def _languages(en: Side, zh: Side, filters: Filters) -> tuple[str, str]:
    if not filters.check_languages:
        return "", ""
    foreign = len(_OTHER_ASIAN.findall(zh.text))
    if language_of(zh.text) != "zh" or foreign > MOST_KANA * (foreign + zh.chinese):
        return NOT_CHINESE, ""
    if language_of(en.text) != "en":
        return NOT_ENGLISH, ""
    if len(en.words) >= FEWEST_WORDS and len(_EVERYDAY.intersection(en.words)) < 2:
        name, probability = _identifier().classify(en.text)
        if name not in _ENGLISH:
            return (NOT_ENGLISH, "") if probability >= SURE_OF_LANGUAGE else ("", UNSURE_LANGUAGE)
    return "", MIXED if en.share("zh") > MIXED_SHARE or zh.share("en") > MIXED_SHARE else ""


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _lengths(en: Side, zh: Side, filters: Filters) -> tuple[str, str]:
    if not filters.length_deviations:
        return "", ""
    return (LENGTHS, "") if length_deviation(en.length, zh.length) > filters.length_deviations else ("", "")


def length_deviation(english: int, chinese: int) -> float:
    """By how many standard deviations the lengths of a pair, white space not counted, are off what is usual.

    >>> [round(length_deviation(200, chinese), 1) for chinese in (77, 40, 200)]
    [0.0, 2.6, 3.8]
    """
    ratio = math.log((chinese + 1) / (english + 1))
    return abs(ratio - RATIO_MEAN) / math.sqrt(RATIO_VARIANCE + VARIANCE_PER_CHARACTER / max(english, 1))


def _numbers(en: Side, zh: Side, filters: Filters) -> tuple[str, str]:
    """Numbers disagree where either side has one that the other lacks; one more on one side is only noted."""
    if not filters.check_numbers or max(len(en.text), len(zh.text)) > LONGEST_COMPARED:
        return "", ""
    left, right = unmatched(en.text, zh.text)
    return (NUMBERS, "") if left and right else ("", NUMBER_MISSING if left or right else "")
