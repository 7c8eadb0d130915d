"""The word explanations that a reader carries: CC-CEDICT's entries for the words of the text, and for no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aligner.cedict import Entry, read_entries
from aligner.chinese import simplify
from aligner.exporting.pinyin import word_pinyin

_NUMBERED = re.compile(r"\[([A-Za-z0-9:, ·]+)\]")
_BOTH_FORMS = re.compile(r"([^\s,;|\[\]()]+)\|([^\s,;|\[\]()]+)")


@dataclass(slots=True)
class Explanations:
    """For each word its pinyin and the numbers of its entries: written form, other form, pinyin, glosses."""

    words: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    entries: list[tuple[str, str, str, list[str]]] = field(default_factory=list)


def explain(words: Iterable[str], *, traditional: bool) -> Explanations:
    """Explain the distinct words of a text; one that is not in the dictionary is explained by its longest parts.

    Entries show the Traditional form first if the text is in it. Raises ModelError where the dictionary is missing.
    """
    folded = {word: simplify(word) for word in sorted(set(words))}
    entries = read_entries({part for word in folded.values() for part in _substrings(word)})
    result = Explanations()
    numbers: dict[Entry, int] = {}
    for word, simplified in folded.items():
        pinyin = word_pinyin(simplified)
        found = [entry for part in _parts(word, entries) for entry in _fitting(part, entries)]
        found.sort(
            key=lambda entry: entry.simplified == simplified and _bare(_with_marks(entry.pinyin)) != _bare(pinyin)
        )
        for entry in found:
            if entry not in numbers:
                numbers[entry] = len(result.entries)
                result.entries.append(_readable(entry, traditional))
        result.words[word] = (pinyin, [numbers[entry] for entry in found])
    return result


def _substrings(word: str) -> Iterator[str]:
    for start in range(len(word)):
        for end in range(start + 1, len(word) + 1):
            yield word[start:end]


def _parts(word: str, entries: dict[str, tuple[Entry, ...]]) -> Iterator[str]:
    """The word itself, or its longest parts that have entries, from the left."""
    start = 0
    while start < len(word):
        ends = range(len(word), start, -1)
        end = next((end for end in ends if simplify(word[start:end]) in entries), None)
        if end:
            yield word[start:end]
        start = end or start + 1


def _fitting(part: str, entries: dict[str, tuple[Entry, ...]]) -> tuple[Entry, ...]:
    """The part's entries: 發 is not explained by those of 髮, which is simplified in the same way."""
    found = entries[simplify(part)]
    exact = tuple(entry for entry in found if entry.traditional == part)
    return exact if exact and part != simplify(part) else found


def _readable(entry: Entry, traditional: bool) -> tuple[str, str, str, list[str]]:
    forms = (entry.traditional, entry.simplified) if traditional else (entry.simplified, entry.traditional)
    other = forms[1] if forms[1] != forms[0] else ""
    return forms[0], other, _with_marks(entry.pinyin), [_gloss(gloss, traditional) for gloss in entry.glosses if gloss]


def _gloss(gloss: str, traditional: bool) -> str:
    text = _BOTH_FORMS.sub(r"\1" if traditional else r"\2", gloss)
    text = _NUMBERED.sub(lambda match: f" ({_with_marks(match[1])})", text)
    return text.replace("CL:", "measure word: ") if text.startswith("CL:") else text


def _bare(pinyin: str) -> str:
    return "".join(character for character in pinyin.lower() if character.isalpha())


def _with_marks(pinyin: str) -> str:
    """The dictionary's ``nu:3 er2`` as ``nǚ ér``."""
    from pypinyin.contrib.tone_convert import to_tone

    syllables = (syllable.replace("u:", "ü").replace("U:", "Ü") for syllable in pinyin.split())
    return " ".join(str(to_tone(syllable)) if syllable[-1:].isdigit() else syllable for syllable in syllables)
