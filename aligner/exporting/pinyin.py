"""Pinyin with tone marks, by pypinyin on jieba's words: 行 is read háng in 银行 and xíng in 行人."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from aligner.chinese import split_words

# pypinyin gives a character that stands alone its first reading; as words of their own these are mostly read otherwise.
_AS_A_WORD = {"地": "de", "得": "de", "长": "cháng", "尽": "jìn", "似": "sì"}
_COUNTS = re.compile(r"[\d一二两兩三四五六七八九十百千万萬亿億几幾每数數这這那哪]$")
_DEGREE = "很太更最较越不好极真"  # 很长 is no word of its dictionary, and 长 stands as a word in it
_ENDS_WITHOUT_SPACE = re.compile(r"[\w,.;:!?)\]%]")  # what stands right before a word in half-width text
_BEGINS_WITHOUT_SPACE = re.compile(r"[\w(\[$]")
_VOWELS = "aāáǎàoōóǒòeēéěèê"


def with_pinyin(texts: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Each text as pieces that join to it again, a Chinese word with its pinyin, anything else with nothing."""
    return [[(piece, pinyin) for piece, _, pinyin in words] for words in words_with_pinyin(texts)]


def words_with_pinyin(texts: Sequence[str]) -> list[list[tuple[str, str, str]]]:
    """As ``with_pinyin``, with the Simplified form of a word between it and its pinyin."""
    return [list(_read(pieces)) for pieces in split_words(texts)]


def _read(pieces: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    before = ""
    for piece, folded in pieces:
        if folded == "只" and (piece != folded or _COUNTS.search(before)):
            yield piece, folded, "zhī"  # the measure word, 隻 in Traditional text, and not the adverb
        else:
            yield piece, folded, word_pinyin(folded) if folded else ""
        before = piece


def as_line(pieces: Sequence[tuple[str, str]]) -> str:
    """The pinyin of a text as one line, words parted by spaces, everything else as it is.

    >>> as_line(with_pinyin(["银行行长说：“的确定性！”"])[0])
    'yínháng hángzhǎng shuō：“de quèdìngxìng！”'
    >>> as_line(with_pinyin(["他说,3月(春)"])[0])
    'tā shuō,3 yuè (chūn)'
    """
    line: list[str] = []
    for piece, pinyin in pieces:
        before = line[-1] if line else ""
        spaced = _ENDS_WITHOUT_SPACE.search(before[-1:]) if pinyin else before and _BEGINS_WITHOUT_SPACE.match(piece)
        line += [" " * bool(spaced), pinyin or piece]
    return "".join(line)


@lru_cache(maxsize=50_000)
def word_pinyin(word: str) -> str:
    """The pinyin of one Simplified word, written together; nothing where a character's reading is unknown.

    >>> word_pinyin("确定性"), word_pinyin("西安"), word_pinyin("很长"), word_pinyin("行长")
    ('quèdìngxìng', "xī'ān", 'hěn cháng', 'hángzhǎng')
    """
    from pypinyin import Style, lazy_pinyin
    from pypinyin.seg import mmseg

    written = ""
    before = ""
    for part in mmseg.seg.cut(word):  # a word that pypinyin does not know is read by its longest known parts
        alone = part in _AS_A_WORD and (part == word or (before != "" and before in _DEGREE))
        if alone:
            syllables = [_AS_A_WORD[part]]
        else:
            syllables = lazy_pinyin([part], style=Style.TONE, errors="ignore")
        if len(syllables) != len(part):
            return ""
        if len(part) == 1 and not alone:
            written = _together([written, *syllables])
        else:
            written += " " + _together(syllables)
        before = part
    return written.strip()


def _together(syllables: Sequence[str]) -> str:
    """Join syllables, with an apostrophe where one begins with a vowel."""
    written = ""
    for syllable in syllables:
        if written and syllable == "er":  # without a tone it is no syllable but an ending: yīhuìr
            syllable = "r"
        written += "'" * (bool(written) and syllable[0] in _VOWELS) + syllable
    return written
