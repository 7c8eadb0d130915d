"""Gold alignments, and how well an alignment agrees with one: precision, recall, F1 and calibration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aligner.data import Bead
from aligner.errors import InputError
from aligner.pipeline import Settings, align_ready_sentences

CALIBRATION_BINS = 10
_LINE = re.compile(r"^\s*\[([\d,\s]*)\]\s*:\s*\[([\d,\s]*)\]\s*(?::\s*[-\d.eE]+)?\s*$")

Links = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class GoldText:
    """One pair of texts, a sentence a line, with the beads that people agreed on, as (English, Chinese) indices.

    ``exact`` is false where a bead only says that these sentences together translate those, whatever the beads inside.
    ``noise`` are the sentences, English and Chinese, that look like no part of the text; ``paragraphs`` numbers each
    sentence's paragraph where that is known.
    """

    name: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    beads: tuple[Links, ...]
    exact: bool = True
    noise: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
    paragraphs: tuple[tuple[int, ...], tuple[int, ...]] | None = None


@dataclass(frozen=True)
class Score:
    """Counts of right, proposed and gold beads."""

    right: int
    proposed: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of the proposed beads that are right; 1 if nothing was proposed."""
        return self.right / self.proposed if self.proposed else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold beads that were found; 1 if there are none."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return f1(self.precision, self.recall)

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.proposed + other.proposed, self.gold + other.gold)


def f1(precision: float, recall: float) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True)
class CalibrationBin:
    """Beads whose confidence falls in one interval: their mean confidence and the share that is right."""

    count: int
    confidence: float
    right: float


def read_beads(path: Path) -> tuple[Links, ...]:
    """Read ``[0, 1]:[0]`` lines, the form of vecalign and bertalign; a third field with a cost is ignored.

    Raises InputError for a file that can't be read and for a line of another form.
    """
    beads = []
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        match = _LINE.match(line)
        if not match:
            raise InputError(f"{path}, line {number}: expected [source ids]:[target ids], such as [0, 1]:[0].")
        beads.append((_ids(match[1]), _ids(match[2])))
    return tuple(beads)


def _ids(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(part) for part in text.split(",") if part.strip()}))


def read_gold_folder(folder: Path, *, source: str = "zh") -> list[GoldText]:
    """Read every ``NAME.gold`` of a folder with its ``NAME.en`` and ``NAME.zh``, one sentence a line.

    ``source`` is the language whose ids stand first in the gold files.
    """
    golds = sorted(folder.glob("*.gold"))
    if not golds:
        raise InputError(f"No gold alignments in {folder}: it should hold NAME.gold, NAME.en and NAME.zh files.")
    return [_read_gold(path, source) for path in golds]


def _read_gold(path: Path, source: str) -> GoldText:
    english, chinese = (read_lines(path.with_suffix(suffix)) for suffix in (".en", ".zh"))
    beads = read_beads(path)
    if source == "zh":
        beads = tuple((second, first) for first, second in beads)
    for name, sentences, side in (("en", english, 0), ("zh", chinese, 1)):
        largest = max((index for bead in beads for index in bead[side]), default=-1)
        if largest >= len(sentences):
            file = path.with_suffix(f".{name}").name
            message = f"{path} names sentence {largest} of {file}, which has {len(sentences)}, counted from 0."
            other = "en" if source == "zh" else "zh"
            raise InputError(f"{message} If its first ids are those of the .{other} file, use --gold-source {other}.")
    return GoldText(path.stem, english, chinese, beads)


def read_lines(path: Path) -> tuple[str, ...]:
    """The lines of a UTF-8 file; raises InputError where it can't be read as one."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8. Convert it first.") from error
    return tuple(text.removesuffix("\n").split("\n"))


def strict_score(gold: Iterable[Links], proposed: Iterable[Links]) -> Score:
    """A bead is right only if it equals a gold bead; null beads count in precision and in recall.

    A bead that is listed twice counts once, and one that is empty on both sides not at all.
    """
    expected, found = set(filter(any, gold)), set(filter(any, proposed))
    return Score(len(expected & found), len(found), len(expected))


def vecalign_score(gold: Iterable[Links], proposed: Iterable[Links]) -> tuple[Score, Score]:
    """As ``strict_score`` but null beads do not count in recall, the rule of Vecalign (Thompson and Koehn 2019).

    Returns the score whose precision and the one whose recall counts.
    """
    expected, found = list(gold), list(proposed)
    return strict_score(expected, found), strict_score(filter(all, expected), found)


def lax_score(gold: Iterable[Links], proposed: Iterable[Links]) -> tuple[Score, Score]:
    """A bead is right if it shares a sentence on both sides with one of the other set; null beads are left out.

    Returns the proposed beads judged by the gold (its precision counts) and the gold judged by them (its recall).
    """
    expected, found = set(filter(all, gold)), set(filter(all, proposed))
    gold_links = {(i, j) for source, target in expected for i in source for j in target}
    found_links = {(i, j) for source, target in found for i in source for j in target}

    def touched(beads: Iterable[Links], links: set[tuple[int, int]]) -> int:
        return sum(any((i, j) in links for i in source for j in target) for source, target in beads)

    right, reached = touched(found, gold_links), touched(expected, found_links)
    return Score(right, len(found), len(found)), Score(reached, len(expected), len(expected))


def scores_by_kind(gold: Iterable[Links], proposed: Iterable[Links]) -> dict[str, Score]:
    """Strict scores for each bead type, the gold's most frequent types first."""
    expected, found = set(filter(any, gold)), set(filter(any, proposed))
    counts = Counter(map(_kind, expected))
    kinds = sorted({*counts, *map(_kind, found)}, key=lambda kind: (-counts[kind], kind))
    return {
        kind: strict_score(
            [bead for bead in expected if _kind(bead) == kind], [bead for bead in found if _kind(bead) == kind]
        )
        for kind in kinds
    }


def _kind(bead: Links) -> str:
    return f"{len(bead[0])}-{len(bead[1])}"


def links(beads: Iterable[Bead]) -> list[Links]:
    """The indices of beads without their confidence."""
    return [(bead.source, bead.target) for bead in beads]


def calibration(judged: Sequence[tuple[float, bool]]) -> tuple[float, list[CalibrationBin]]:
    """Expected calibration error of (confidence, right) judgements, and the bins of equal width behind it.

    The error is the mean over beads of the distance between a bin's mean confidence and its share of right beads
    (Naeini et al. 2015).
    """
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(CALIBRATION_BINS)]
    for confidence, right in judged:
        bins[min(int(confidence * CALIBRATION_BINS), CALIBRATION_BINS - 1)].append((confidence, right))
    result = [
        CalibrationBin(
            len(entries),
            sum(confidence for confidence, _ in entries) / len(entries),
            sum(right for _, right in entries) / len(entries),
        )
        for entries in bins
        if entries
    ]
    error = sum(entry.count * abs(entry.confidence - entry.right) for entry in result) / max(1, len(judged))
    return error, result


@dataclass(frozen=True)
class Evaluation:
    """How well proposed beads agree with the gold, over one text or several added up.

    Of ``vecalign`` and ``lax`` the first score's precision and the second one's recall count. ``judged`` holds the
    confidence of every proposed bead and whether it is right.
    """

    strict: Score = Score(0, 0, 0)
    vecalign: tuple[Score, Score] = (Score(0, 0, 0), Score(0, 0, 0))
    lax: tuple[Score, Score] = (Score(0, 0, 0), Score(0, 0, 0))
    kinds: Mapping[str, Score] = field(default_factory=dict)
    judged: tuple[tuple[float, bool], ...] = ()

    def __add__(self, other: Evaluation) -> Evaluation:
        none = Score(0, 0, 0)
        kinds = {**self.kinds, **other.kinds}
        return Evaluation(
            self.strict + other.strict,
            (self.vecalign[0] + other.vecalign[0], self.vecalign[1] + other.vecalign[1]),
            (self.lax[0] + other.lax[0], self.lax[1] + other.lax[1]),
            {kind: self.kinds.get(kind, none) + other.kinds.get(kind, none) for kind in kinds},
            self.judged + other.judged,
        )


def evaluate(gold: Sequence[Links], proposed: Sequence[Bead]) -> Evaluation:
    """Compare proposed beads with the gold of one text."""
    found = links(proposed)
    expected = set(gold)
    judged = tuple((bead.confidence, pair in expected) for bead, pair in zip(proposed, found, strict=True) if any(pair))
    return Evaluation(
        strict_score(gold, found),
        vecalign_score(gold, found),
        lax_score(gold, found),
        scores_by_kind(gold, found),
        judged,
    )


def align_gold(text: GoldText, settings: Settings) -> tuple[Bead, ...]:
    """Align the sentences of a gold text, without a look at its gold."""
    return align_ready_sentences(text.english, text.chinese, settings, f"{text.name}.en and {text.name}.zh").beads
