"""What a report tells of a finished corpus, counted batch by batch, so that memory does not grow with the corpus."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from aligner.arrays import IntArray
from aligner.corpus import store
from aligner.corpus.documents import ALIGNED
from aligner.corpus.signatures import mixed
from aligner.errors import InputError

if TYPE_CHECKING:
    from pyarrow import RecordBatch

ROWS = 65_536  # in memory at a time
MOST_REASONS = 10_000  # kinds of reasons that are counted apart
CONFIDENCE_EDGES = np.linspace(0, 1, 21)
RATIO_EDGES = np.geomspace(0.1, 2.5, 29)  # Chinese to English characters
LENGTH_EDGES = np.arange(0, 401, 20)  # English characters
SAMPLES = {"surest": 8, "in between": 6, "least sure": 6}
_QUOTED, _NUMBER = re.compile("“[^”]*”"), re.compile(r"\d[\d,.]*")

Row = dict[str, Any]


@dataclass
class Samples:
    """Some rows, drawn as if at random: the same ones in every run."""

    size: int
    rows: list[tuple[int, Row]] = field(default_factory=list)

    def draw(self, batch: RecordBatch, numbers: IntArray) -> None:
        """Let the rows of a batch take part, which are numbered through."""
        draws = mixed(numbers.astype(np.uint64) + np.uint64(1))
        for place in np.argsort(draws)[: self.size].tolist():
            if len(self.rows) < self.size or draws[place] < self.rows[-1][0]:
                self.rows.append((int(draws[place]), batch.slice(place, 1).to_pylist()[0]))
                self.rows = sorted(self.rows, key=lambda row: row[0])[: self.size]


@dataclass
class Figures:
    """Counts of documents, pairs and what was left out; histograms have a count more than edges, for what is beyond."""

    manifest: dict[str, Any] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)
    failures: dict[str, Samples] = field(default_factory=dict)
    pairs: int = 0
    characters: Counter[str] = field(default_factory=Counter)
    confidences: IntArray = field(default_factory=lambda: np.zeros(len(CONFIDENCE_EDGES) + 1, np.int64))
    ratios: IntArray = field(default_factory=lambda: np.zeros(len(RATIO_EDGES) + 1, np.int64))
    lengths: IntArray = field(default_factory=lambda: np.zeros(len(LENGTH_EDGES) + 1, np.int64))
    beads: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    samples: dict[str, Samples] = field(default_factory=lambda: {name: Samples(size) for name, size in SAMPLES.items()})
    filtered: Counter[str] = field(default_factory=Counter)
    filtered_samples: dict[str, Samples] = field(default_factory=dict)
    lines: Counter[str] = field(default_factory=Counter)
    matches: Counter[str] = field(default_factory=Counter)

    @property
    def documents(self) -> int:
        """How many documents the input had."""
        return self.outcomes.total()


def gather(folder: str) -> Figures:
    """Count what a corpus folder holds. Raises InputError where it is none."""
    figures = Figures(_manifest(folder))
    counters = (("documents", _documents), ("pairs", _pairs), ("dropped", _dropped), ("matches", _matches))
    for name, count in counters:
        first = 0
        for batch in _batches(store.join(folder, name)):
            count(figures, batch, np.arange(first, first + len(batch)))
            first += len(batch)
    return figures


def _manifest(folder: str) -> dict[str, Any]:
    path = store.join(folder, "manifest.json")
    if store.file_info(path) is None:
        raise InputError(
            f"{folder} holds no finished corpus: it has no manifest.json. Let aligner corpus finish first."
        )
    return store.read_json(path)


def _batches(folder: str) -> Iterator[RecordBatch]:
    from pyarrow.parquet import ParquetFile

    for name in store.names_in(folder):
        if name.endswith(".parquet"):
            with store.open_input(store.join(folder, name)) as stream, ParquetFile(stream) as file:
                yield from file.iter_batches(ROWS)


def _count(counter: Counter[str], values: Any) -> None:
    for entry in values.value_counts().to_pylist():
        if entry["values"] is not None:
            counter[entry["values"]] += entry["counts"]


def _draw(samples: dict[str, Samples], size: int, batch: RecordBatch, column: str, numbers: IntArray) -> None:
    """Draw some rows for each value of a column."""
    from pyarrow import compute

    for value in batch.column(column).unique().to_pylist():
        here = compute.equal(batch.column(column), value)
        chosen = np.flatnonzero(here.to_numpy(zero_copy_only=False))
        samples.setdefault(value, Samples(size)).draw(batch.take(chosen), numbers[chosen])


def _documents(figures: Figures, batch: RecordBatch, numbers: IntArray) -> None:
    from pyarrow import compute

    _count(figures.outcomes, batch.column("outcome"))
    _count(figures.scripts, batch.column("script"))
    failed = compute.not_equal(batch.column("outcome"), ALIGNED).to_numpy(zero_copy_only=False)
    if failed.any():
        places = np.flatnonzero(failed)
        _draw(figures.failures, 2, batch.take(places), "outcome", numbers[places])


def _pairs(figures: Figures, batch: RecordBatch, numbers: IntArray) -> None:
    figures.pairs += len(batch)
    confidence = batch.column("confidence").to_numpy()
    english, chinese = (batch.column(f"{side}_characters").to_numpy() for side in ("en", "zh"))
    ratios = chinese / np.maximum(english, 1)
    for counts, values, edges in (
        (figures.confidences, confidence, CONFIDENCE_EDGES),
        (figures.ratios, ratios, RATIO_EDGES),
        (figures.lengths, english, LENGTH_EDGES),
    ):
        counts += np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(counts))
    figures.characters.update({"en": int(english.sum()), "zh": int(chinese.sum())})
    _count(figures.beads, batch.column("bead"))
    _count(figures.flags, batch.column("flags").flatten())
    for name, chosen in (
        ("surest", confidence >= 0.95),
        ("in between", (confidence >= 0.7) & (confidence < 0.95)),
        ("least sure", confidence < 0.7),
    ):
        places = np.flatnonzero(chosen)
        figures.samples[name].draw(batch.take(places), numbers[places])


def _dropped(figures: Figures, batch: RecordBatch, numbers: IntArray) -> None:
    pair = batch.column("position").is_valid().to_numpy(zero_copy_only=False)
    lines, pairs = np.flatnonzero(~pair), np.flatnonzero(pair)
    for entry in batch.take(lines).column("reason").value_counts().to_pylist():
        reason = _NUMBER.sub("…", _QUOTED.sub("“…”", entry["values"] or ""))
        known = reason in figures.lines or len(figures.lines) < MOST_REASONS
        figures.lines[reason if known else "other reasons"] += entry["counts"]
    if len(pairs):
        left_out = batch.take(pairs)
        _count(figures.filtered, left_out.column("reason"))
        _draw(figures.filtered_samples, 2, left_out, "reason", numbers[pairs])


def _matches(figures: Figures, batch: RecordBatch, numbers: IntArray) -> None:
    for reason in batch.column("reason").to_pylist():
        figures.matches["matched" if not reason else "copy" if reason.startswith("copy of") else reason] += 1


def histogram(counts: IntArray) -> Sequence[int]:
    """The counts between the edges, what is beyond them added at the ends."""
    inner = counts[1:-1].copy()
    inner[0] += counts[0]
    inner[-1] += counts[-1]
    return [int(count) for count in inner]
