"""What is seen of a sentence without understanding it: length, punctuation, quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aligner.arrays import AnyArray, BoolArray, FloatArray, IntArray

LONGEST_QUOTATION = 20  # sentences: a quotation open for longer was closed by a mark that is not understood
_QUOTE = re.compile(
    r"(?P<open>[“「『]|(?:(?<=\s)|^|(?<=[(—:：]))(?:[\"‘]|'(?=\w))|(?<=[：:，])[‘\"])"
    r"|(?P<close>[”」』]|(?<=\S)\"(?=\s|$|[)\].,;—]))"
    r"|(?P<close_single>(?<=[.,!?;:…—])['’](?=\s|$|[)\]—]))"
    r"|(?P<either>\")"
)
_MAYBE_QUOTED = re.compile(r"[“”「」『』\"‘]|(?<!\w)['’]")
_OPENING = "“「『‘《"
_QUOTES = '"“”「」『』'
_TRAILING = "\"'”’」』)）]】》〉"
_END_CLASS = {
    ".": 1,
    "。": 1,
    "?": 2,
    "？": 2,
    "!": 3,
    "！": 3,
    "…": 4,
    ":": 5,
    "：": 5,
    ",": 6,
    "，": 6,
    ";": 7,
    "；": 7,
}


@dataclass(frozen=True)
class Surface:
    """Counts per sentence, each of shape (n,).

    ``characters`` without white space; ``opens`` and ``closes`` whether the sentence begins and ends with a quotation
    mark; ``balance`` opening less closing quotation marks; ``end`` the class of its last punctuation mark; ``level``
    the mean cosine to its nearest neighbours. Per boundary, shape (n + 1,): ``inside`` whether a quotation is open
    there, ``turns`` whether the next sentence opens one, ``breaks`` whether a paragraph ends there.
    """

    characters: FloatArray
    questions: FloatArray
    exclamations: FloatArray
    balance: FloatArray
    opens: FloatArray
    closes: FloatArray
    end: FloatArray
    level: FloatArray
    inside: BoolArray
    turns: BoolArray
    breaks: BoolArray

    def spans(self, lengths: IntArray, nodes: IntArray) -> dict[str, FloatArray]:
        """The same for the sentences before each node, as many as its length; sums, or the value at the span's edge."""
        result = {}
        for name in ("characters", "questions", "exclamations", "balance", "level"):
            result[name] = span_sums(getattr(self, name), lengths, nodes)
        edges = {"opens": self.opens[nodes - lengths], "closes": self.closes[nodes - 1], "end": self.end[nodes - 1]}
        return result | edges


def span_sums(values: AnyArray, lengths: IntArray, nodes: IntArray) -> FloatArray:
    """Sum of the values of the sentences before each node, as many as its length."""
    starts = nodes - lengths
    first, last = int(starts.min(initial=len(values))), int(nodes.max(initial=0))
    sums = np.concatenate([[0], np.cumsum(values[first:last], dtype=np.float64)])
    result: FloatArray = (sums[nodes - first] - sums[starts - first]).astype(np.float32)
    return result


def measure(sentences: Sequence[str], level: FloatArray, paragraphs: Sequence[int]) -> Surface:
    """Measure the sentences of one text.

    ``level`` comes from their neighbours, shape (n,); ``paragraphs`` is the number of each sentence's paragraph, the
    same for all where paragraphs are not known.
    """
    rows = np.array([_row(sentence) for sentence in sentences], np.float32).reshape(len(sentences), 7)
    inside, turns = _quotations(sentences)
    numbers = np.asarray(paragraphs)
    breaks = np.zeros(len(sentences) + 1, bool)
    breaks[1:-1] = numbers[1:] != numbers[:-1]
    characters, questions, exclamations, balance, opens, closes, end = rows.T
    return Surface(
        characters,
        questions,
        exclamations,
        balance,
        opens,
        closes,
        end,
        level,
        inside=inside,
        turns=turns,
        breaks=breaks,
    )


def _quotations(sentences: Sequence[str]) -> tuple[BoolArray, BoolArray]:
    """Follow quotations from sentence to sentence: whether one is open at each boundary, and who opens one after it."""
    inside, turns = np.zeros(len(sentences) + 1, bool), np.zeros(len(sentences) + 1, bool)
    current, since = False, 0
    for number, sentence in enumerate(sentences):
        for match in _QUOTE.finditer(sentence) if _MAYBE_QUOTED.search(sentence) else ():
            opens = match.lastgroup == "open" or (match.lastgroup == "either" and not current)
            if opens:
                current, since = True, number
                turns[number] = True
            elif match.lastgroup != "close_single" or current:
                current = False
        if number - since > LONGEST_QUOTATION:
            current = False
        inside[number + 1] = current
    return inside, turns


def _row(sentence: str) -> tuple[float, ...]:
    text = sentence.strip()
    core = text.rstrip(_TRAILING)
    straight = text.count('"') % 2
    balance = sum(map(text.count, "“「『")) - sum(map(text.count, "”」』")) + straight
    return (
        sum(map(len, text.split())),
        text.count("?") + text.count("？"),
        text.count("!") + text.count("！"),
        balance,
        text[:1] in _OPENING + _QUOTES + "'" if text else False,
        text[-1:] in _QUOTES + "’'" if text else False,
        4 if core.endswith("...") else _END_CLASS.get(core[-1:], 0),
    )
