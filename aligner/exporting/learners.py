"""What the formats for learners have in common: pairs with an id that stays, and which of them are doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from aligner.data import Alignment, Sentence
from aligner.exporting.sides import sentences, sides

DOUBTFUL = 0.7  # a pair less probable than that is marked, as it is red in the table on a terminal


@dataclass(frozen=True, slots=True)
class StudyPair:
    """A pair to learn from. ``opens`` is true where its English begins a paragraph.

    ``id`` tells where in the document the English begins, ``"12.1"`` for the first sentence of line 12; it says nothing
    of the text, so that it stays when the text is mended. No two pairs of an alignment have the same.
    """

    id: str
    en: str
    zh: str
    confidence: float
    opens: bool

    @property
    def doubtful(self) -> bool:
        """Whether the reader should be warned."""
        return self.confidence < DOUBTFUL


def study_pairs(alignment: Alignment) -> list[StudyPair]:
    """The pairs of an alignment, in order."""
    english, _ = sentences(alignment)
    places = _places(english)
    used: Counter[str] = Counter()
    result = []
    paragraph = None
    for number, pair in enumerate(alignment.pairs, 1):
        first = next(iter(sides(alignment, pair.bead).en), -1)
        known = 0 <= first < len(english)
        place = places[first] if known else str(number)
        used[place] += 1
        if used[place] > 1:
            place += f"+{used[place]}"
        opens = not known or english[first].paragraph != paragraph
        paragraph = english[first].paragraph if known else None
        result.append(StudyPair(place, pair.en, pair.zh, float(pair.confidence), opens))
    return result


def _places(english: Sequence[Sentence]) -> list[str]:
    on_line: Counter[int] = Counter()
    places = []
    for sentence in english:
        on_line[sentence.line] += 1
        places.append(f"{sentence.line}.{on_line[sentence.line]}")
    return places


def percent(confidence: float) -> str:
    """The confidence for people: ``"87%"``."""
    return f"{min(99, round(confidence * 100))}%"


def asset(name: str) -> str:
    """A text file that comes with the package: a template, a style, a script."""
    return resources.files("aligner.exporting").joinpath("assets", name).read_text("utf-8")
