"""Splits a paragraph of English or Chinese into sentences without losing a character.

What counts as one sentence:

- A sentence ends at ``. ! ? …`` or ``。！？……`` with the closing quotation marks and brackets that follow. A semicolon,
  ``;`` or ``；``, never ends one: on annotated Chinese text a split there was wrong every time.
- A quotation keeps the words that say who speaks, when they end the sentence: ``“真的吗？”他问。`` is one sentence, and
  so is ``"Stop!" he said.`` Sentences inside a quotation are sentences.
- Nothing ends inside a title (``《去哪儿？》``), an address, or a short bracket or quotation that is part of the
  sentence around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import merge

from aligner.errors import UsageError
from aligner.segmentation import chinese, english
from aligner.segmentation.stops import Place, Stop, find_places
from aligner.segmentation.unmarked import unmarked_ends

_word = re.compile(r"[^\W_]")


def split_sentences(text: str, language: str) -> list[str]:
    """Split one paragraph into sentences that joined give ``text`` back; language is ``"en"`` or ``"zh"``.

    >>> split_sentences('Mr. Wu paid $3.50 to U.S. firms. "Really?" he asked. Yes.', "en")
    ['Mr. Wu paid $3.50 to U.S. firms. ', '"Really?" he asked. ', 'Yes.']
    >>> split_sentences("增长3.5%。“真的吗？”他问。《去哪儿？》上映了。", "zh")
    ['增长3.5%。', '“真的吗？”他问。', '《去哪儿？》上映了。']
    """
    return [text[start:end] for start, end in sentence_spans(text, language)]


def sentence_spans(text: str, language: str) -> list[tuple[int, int]]:
    """The sentences of one paragraph as half-open spans that tile ``text``; language is ``"en"`` or ``"zh"``.

    White space, line breaks included, belongs to the sentence before it. Either language may hold passages of the
    other: each stop is judged by the text around it. Time and memory are linear in the length of ``text``.
    Raises ``UsageError`` for any other language.

    >>> sentence_spans("One.  Two", "en")
    [(0, 6), (6, 9)]
    >>> sentence_spans("", "zh")
    []
    """
    if language not in ("en", "zh"):
        raise UsageError(f"The language {language!r} can't be split into sentences. Use 'en' or 'zh'.")
    bounds = [0, *_ends(text, language)]
    return list(zip(bounds, [*bounds[1:], len(text)], strict=True)) if text else []


def _ends(text: str, language: str) -> Iterator[int]:
    """Where sentences end, in order, the end of the text left out."""
    certain = (Place(end, end, end, end) for end in unmarked_ends(text, language))
    dotted = not any(mark in text for mark in "。！？")
    opening = 0
    for place in merge(find_places(text), certain, key=_resume):
        if not opening < place.resume < len(text):
            continue
        if place.start == place.resume or _ends_sentence(place.stop(text, opening, dotted), language):
            opening = place.resume
            yield opening


def _resume(place: Place) -> int:
    return place.resume


def _ends_sentence(stop: Stop, language: str) -> bool:
    """Ask the rules of the language around the stop, unless there are only marks before or after it."""
    if stop.is_shielded or not (_word.search(stop.before) and _word.search(stop.after)):
        return False
    if stop.is_chinese or (language == "zh" and stop.is_neutral):
        return chinese.ends_sentence(stop)
    return english.ends_sentence(stop)
