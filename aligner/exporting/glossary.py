"""The word explanations that a reader carries: CC-CEDICT's entries for the words of the text, and for no others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aligner.cedict import Entry, read_entries

_NUMBERED = re.compile(r"\[([A-Za-z0-9:, ·]+)\]")
_BOTH_FORMS = re.compile(r"([^\s,;|\[\]()]+)\|([^\s,;|\[\]()]+)")
_LONGEST_ENTRY = 20  # characters; jieba may take a long run of characters that it does not know for one word
_VARIANT = re.compile(r"(?:\w+ )?variant of ")

Entries = dict[str, tuple[Entry, ...]]


@dataclass(slots=True)
class Explanations:
    """For each Simplified word the numbers of its entries: written form, other form, pinyin, glosses."""

    words: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    entries: list[tuple[str, str, str, list[str]]] = field(default_factory=list)


def explain(words: Iterable[tuple[str, str, str]], *, traditional: bool) -> Explanations:
    """Explain the distinct words of a text, each given as written, Simplified, and in pinyin.

    A word that is not in the dictionary is explained by its longest parts. Entries show the Traditional form first if
    the text is in it. Raises ModelError where the dictionary is missing.
    """
    wanted = sorted(set(words))
    entries = read_entries({part for _, simplified, _ in wanted for part in _substrings(simplified)})
    result = Explanations()
    numbers: dict[Entry, int] = {}
    for word, simplified, pinyin in wanted:
        found = _found(word, simplified, pinyin, entries)
        for entry in found:
            if entry not in numbers:
                numbers[entry] = len(result.entries)
                result.entries.append(_readable(entry, traditional))
        result.words[word, simplified, pinyin] = [numbers[entry] for entry in found]
    return result


def _found(word: str, simplified: str, pinyin: str, entries: Entries) -> list[Entry]:
    """The word's entries, that of its reading in the text first, or those of its parts."""
    found = [
        entry
        for start, end in _parts(simplified, entries)
        for entry in _fitting(word[start:end], simplified[start:end], entries)
    ]
    if simplified in entries:
        found.sort(key=lambda entry: _bare(_with_marks(entry.pinyin)) != _bare(pinyin))
    return found


def _substrings(word: str) -> Iterator[str]:
    for start in range(len(word)):
        for end in range(start + 1, min(start + _LONGEST_ENTRY, len(word)) + 1):
            yield word[start:end]


def _parts(word: str, entries: Entries) -> Iterator[tuple[int, int]]:
    """Where the longest parts that have entries begin and end, from the left."""
    start = 0
    while start < len(word):
        end = next(
            (end for end in range(min(start + _LONGEST_ENTRY, len(word)), start, -1) if word[start:end] in entries),
            None,
        )
        if end:
            yield start, end
        start = end or start + 1


def _fitting(part: str, simplified: str, entries: Entries) -> list[Entry]:
    """The part's entries, names last: 發 is not explained by those of 髮, which is simplified in the same way."""
    found = entries[simplified]
    exact = [entry for entry in found if entry.traditional == part and part != simplified]
    telling = [entry for entry in exact or found if not _VARIANT.match(entry.glosses[0])]
    return sorted(telling or exact or found, key=lambda entry: entry.pinyin[:1].isupper())


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
