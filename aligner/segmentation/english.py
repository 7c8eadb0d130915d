"""Decides whether a stop in English text ends a sentence.

The word lists are in ``english.json``, words apart by spaces:

- ``before_names``: never ends a sentence, whatever follows (``Mr.``, ``e.g.``);
- ``before_numbers``: does not where a number follows (``No. 5``, ``Jan. 3``, ``Fig. A``);
- ``before_lowercase``: does not where a lower-case word or a number follows (``etc.``, ``min.``);
- ``anywhere``: ends a sentence only where the next word is one of ``starters`` (``Inc.``, ``Jr.``).
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from aligner.segmentation.stops import CHINESE, MARKS, Stop
from aligner.segmentation.unmarked import EMOTICON

_chinese = re.compile(f"[{CHINESE}]")
_last_word = re.compile(rf"(?:(?![{CHINESE}])\w|[.&'’/@-])+$")
_first_word = re.compile(r"[\"'“‘(\[]*([^\W\d_]+(?:['’][a-z]+)?)")
_first_letter = re.compile(r"[\"'“‘(\[*-]*\s?([^\W\d_])")
_acronym = re.compile(r"(?:^|-)(?:[^\W\d_]{1,2}\.-?)+[^\W\d_]{1,2}$")
_without_vowels = re.compile(r"[B-DF-HJ-NP-TV-XZ][b-df-hj-np-tv-xz]{1,4}$")
_list_number = re.compile(r"\d{1,2}|[^\W\d_]|[ivx]{2,4}|[IVX]{2,4}")
_opens_list = re.compile(r"[(（“「\"]$|[:：]\s+$")
_number = re.compile(r"\d|[A-HJ-Z]\b|[IVXLC]{2,}\b")
_new_word = re.compile(r"[A-Z][a-z]*(?=[\s,;:'’!?]|$|\.(?:\s|$))|[(\[][A-Z]")
_decoration = re.compile(rf"{EMOTICON}|\[\d+\]|\s")

# "Really?" John Smith asked. -- "Really?" I asked. -- but not: "Really?" He asked again.
_speaker = re.compile(
    r"(?:I|(?!(?:He|She|They|We|You|It)\b)[A-Z][\w'’.-]*(?:\s[A-Z][\w'’.-]*){0,2})\s(?:[a-z]+ly\s)?"
    r"(?:(?:said|asked|replied|answered)\b|(?P<verb>[a-z]+)(?:\s[a-z]+ly)?[.,:])"
)
_low_speaker = re.compile(r"(?:he|she|they|we|it)\s(?P<verb>[a-z]+)\b")


def ends_sentence(stop: Stop) -> bool:
    """Whether the stop ends a sentence; what follows may be in either language."""
    if stop.after[0] in ",;":
        return False
    found = _last_word.search(stop.before.rsplit(None, 1)[-1])
    last = found.group().strip("'’-") if found else ""
    closers = _decoration.sub("", stop.closers)
    if not stop.spaced:
        return _ends_without_space(stop, last)
    if closers:
        return closers[-1] in MARKS or _ends_at_closers(stop, last)
    if stop.is_ellipsis:
        return _ends_at_ellipsis(stop)
    if stop.marks == ".":
        return _ends_at_full_stop(stop, last)
    return _ends_at_question_or_call(stop, last)


def _ends_without_space(stop: Stop, last: str) -> bool:
    """Before Chinese text, or where a space was forgotten between two plain words: ``closed.Drivers had``."""
    if _chinese.match(stop.after):
        if stop.marks != ".":
            return last + stop.marks not in _words("names_with_marks")
        return not (_is_abbreviation(last) or len(last) == 1)
    found = _new_word.match(stop.after)
    if not found or found.group().lower() in _words("file_endings"):
        return False
    return bool(stop.closers) or (last.isalpha() and last.islower() and len(last) > 2)


def _ends_at_closers(stop: Stop, last: str) -> bool:
    if _is_low(stop.after):
        return False
    if stop.after[0] in "\"'“‘":
        return True
    if stop.marks == ".":
        return not _is_abbreviation(last) or _first(stop.after) in _words("starters")
    return not _speaks(_speaker, stop.after)


def _ends_at_ellipsis(stop: Stop) -> bool:
    """Before a capital, unless the next word only repeats the last one: ``I... I see``."""
    first = _first(stop.after)
    stammers = stop.before.rstrip(" .…").endswith(first.partition("'")[0])
    return first[:1].isupper() and not stammers


def _ends_at_question_or_call(stop: Stop, last: str) -> bool:
    """A lower-case word goes on after ``!`` (``Yahoo! said``) but not after ``?``, unless it names the speaker."""
    if _is_low(stop.after):
        return stop.marks != "!" and not _speaks(_low_speaker, stop.after)
    return last + stop.marks not in _words("names_with_marks")


def _ends_at_full_stop(stop: Stop, last: str) -> bool:
    if last in _words("before_names") or _is_list_number(stop.before, last) or _counts(stop, last):
        return False
    first = _first(stop.after)
    if _is_low(stop.after) or (stop.after[0].isdigit() and last in _words("before_lowercase")):
        return not (_is_abbreviation(last) or len(last) == 1)
    if last.lower() in ("a.m", "p.m"):
        return first not in _words("times") and stop.after[0] != "("
    if last in _words("before_lowercase"):
        return True
    return not (_is_abbreviation(last) or (len(last) == 1 and last.isupper())) or first in _words("starters")


def _counts(stop: Stop, last: str) -> bool:
    """Whether the stop belongs to an abbreviation with its number: ``No. 5``, ``Fig. A``, ``Sat. Feb. 7``."""
    if last not in _words("before_numbers"):
        return False
    if last.lower() == "no":
        return stop.after[0].isdigit()
    return bool(_number.match(stop.after)) or _is_low(stop.after) or _first(stop.after) in _words("times")


def _is_list_number(before: str, last: str) -> bool:
    """Whether a number or letter opens the sentence, a quotation or a list: ``2. Press the button``."""
    if not _list_number.fullmatch(last):
        return False
    ahead = before[: -len(last)]
    return not ahead.strip(" ([") or (last.isdigit() and _opens_list.search(ahead) is not None)


def _is_abbreviation(word: str) -> bool:
    """Whether the word, taken alone, is more likely an abbreviation than a word."""
    if word.isupper() and len(word) > 2 and word.isalpha():
        return word.capitalize() in _words("anywhere")
    if word in _words("before_names") or word in _words("before_lowercase") or word in _words("anywhere"):
        return True
    return bool(_acronym.search(word) or _without_vowels.match(word))


def _is_low(after: str) -> bool:
    """Whether the text goes on in lower case, perhaps inside quotation marks."""
    found = _first_letter.match(after)
    return found is not None and found[1].islower()


def _first(after: str) -> str:
    """The word that follows, without the quotation mark or bracket before it."""
    found = _first_word.match(after)
    return found[1] if found else ""


def _speaks(speaker: re.Pattern[str], after: str) -> bool:
    """Whether the text that follows a quotation says who spoke it."""
    found = speaker.match(after)
    return found is not None and (found["verb"] is None or found["verb"] in _words("speech_verbs"))


@cache
def _words(kind: str) -> frozenset[str]:
    text = Path(__file__).with_name("english.json").read_text("utf-8")
    return frozenset(" ".join(json.loads(text)[kind]).split())
