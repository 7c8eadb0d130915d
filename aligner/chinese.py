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
    cut = load_tokenizer(frozenset().union(*folded.values())).cut
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


def load_tokenizer(characters: frozenset[str] | None) -> Any:
    """A jieba tokenizer with only those words of its dictionary that are written in these characters; None: all of it.

    Reading the whole dictionary takes a second, or a cache file in a folder shared with other users. A word that does
    not occur in a text can't change its segmentation, so leaving it out gives the same words.
    """
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = _frequencies(jieba.get_dict_file(), characters)
    tokenizer.total = _JIEBA_TOTAL
    tokenizer.initialized = True
    return tokenizer


def _frequencies(dictionary: Any, characters: frozenset[str] | None) -> dict[str, int]:
    """Return word frequencies and, as jieba wants them, every prefix of a word with frequency 0."""
    with dictionary:
        text = "\n" + dictionary.read().decode("utf-8")
    if characters is not None and not characters:
        return {}
    word_pattern = r"[^ \n]+" if characters is None else f"[{re.escape(''.join(sorted(characters)))}]+"
    result: dict[str, int] = {}
    # The line break is literal, so that the engine can skip to the next line: ten times as fast as ^.
    for word, frequency in re.findall(rf"\n({word_pattern}) (\d+)", text):
        result[word] = int(frequency)
        for end in range(1, len(word)):
            result.setdefault(word[:end], 0)
    return result
