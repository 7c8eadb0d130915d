"""Chinese text as a reader meets it: words by jieba, and Traditional characters folded for looking things up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

_RUN = re.compile("([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)")
_JIEBA_TOTAL = 60101967  # sum of the frequencies in jieba's dict.txt, which a part of it must be read with


def split_words(texts: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Each text as pieces that join to it again: a Chinese word with its Simplified form, anything else with nothing.

    >>> split_words(["銀行在A座。"])
    [[('銀行', '银行'), ('在', '在'), ('A', ''), ('座', '座'), ('。', '')]]
    """
    parts = [[part for part in _RUN.split(text) if part] for text in texts]
    folded = {part: simplify(part) for parts_of_text in parts for part in parts_of_text if _RUN.match(part)}
    cut = _tokenizer(folded.values()).cut
    return [[piece for part in text for piece in _pieces(part, folded.get(part), cut)] for text in parts]


def _pieces(part: str, folded: str | None, cut: Any) -> Iterable[tuple[str, str]]:
    if folded is None:
        yield part, ""
        return
    start = 0
    for word in cut(folded):
        yield part[start : start + len(word)], word
        start += len(word)


def simplify(text: str) -> str:
    """Fold Traditional characters to Simplified ones as the words around them ask for; the length stays (OpenCC).

    >>> simplify("銀行行長看著乾淨的著名建築")
    '银行行长看着干净的著名建筑'
    """
    converted: str = _converter().convert(text)
    return converted if len(converted) == len(text) else text


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("tw2s")  # leaves Simplified text as it is, and 著 where it is no 着


def _tokenizer(texts: Iterable[str]) -> Any:
    """Load of jieba's dictionary only those words that the texts can contain; the others can't change the result.

    Reading all of it takes a second, or a cache file in a folder shared with other users.
    """
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = _frequencies(jieba.get_dict_file(), frozenset().union(*texts))
    tokenizer.total = _JIEBA_TOTAL
    tokenizer.initialized = True
    return tokenizer


def _frequencies(dictionary: Any, characters: frozenset[str]) -> dict[str, int]:
    """Word frequencies and, as jieba wants them, every prefix of a word with frequency 0."""
    with dictionary:
        text = "\n" + dictionary.read().decode("utf-8")
    if not characters:
        return {}
    result: dict[str, int] = {}
    # The line break is literal, so that the engine can skip to the next line: ten times as fast as ^.
    for word, frequency in re.findall(rf"\n([{re.escape(''.join(sorted(characters)))}]+) (\d+)", text):
        result[word] = int(frequency)
        for end in range(1, len(word)):
            result.setdefault(word[:end], 0)
    return result
