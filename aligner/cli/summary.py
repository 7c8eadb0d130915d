"""What was done, in a few lines on standard error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from aligner.cli.failures import say
from aligner.data import Alignment
from aligner.exporting import ExportReport

REASONS_SHOWN = 12
STREAM = "-"  # the path that stands for standard output


def print_summary(alignment: Alignment, reports: Sequence[ExportReport], seconds: float) -> None:
    """Print counts of sentences, beads, pairs and dropped lines, warnings, what was written, and the time."""
    english, chinese = len(alignment.source), len(alignment.target)
    if alignment.source_language == "zh":
        english, chinese = chinese, english
    say(f"Sentences: {english:,} English, {chinese:,} Chinese")
    kinds = Counter(bead.kind for bead in alignment.beads)
    say("Beads: " + ", ".join(f"{count:,} × {kind}" for kind, count in kinds.most_common()))
    say(f"Pairs kept: {len(alignment.pairs):,}, with {parallel_share(alignment)}")
    _print_dropped(alignment)
    print_warnings(alignment.warnings)
    for report in reports:
        if report.path != STREAM:
            what = "bead" if report.path.endswith(".align") else "pair"
            say(f"Wrote {report.path} ({counted(report.written, what)})")
        for note in report.notes:
            say(f"Note on {'the output' if report.path == STREAM else report.path}: {note}")
    say(f"Time: {seconds:.1f} s")


def print_warnings(warnings: Iterable[str]) -> None:
    """Print what should be known of the inputs."""
    for warning in warnings:
        say(f"Warning: {warning}")


def counted(number: int, what: str) -> str:
    """A number of things in words.

    >>> counted(1, "pair"), counted(2_000, "bead")
    ('1 pair', '2,000 beads')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def parallel_share(alignment: Alignment) -> str:
    """What share of each language's sentences, by characters, is in pairs, in words."""
    sides = [(alignment.source, "source"), (alignment.target, "target")]
    names = ("English", "Chinese") if alignment.source_language == "en" else ("Chinese", "English")
    parts = []
    for name, (sentences, side) in zip(names, sides, strict=True):
        kept = {index for pair in alignment.pairs for index in getattr(pair.bead, side)}
        total = sum(len(sentence.text) for sentence in sentences)
        inside = sum(len(sentences[index].text) for index in kept)
        parts.append(f"{percent(inside, total)} of the {name}")
    return " and ".join(parts if names[0] == "English" else parts[::-1])


def percent(part: int, whole: int) -> str:
    """A share as people write it; 0% and 100% mean nothing and everything."""
    if not 0 < part < whole:
        return "0%" if not part else "100%"
    return f"{min(99, max(1, round(100 * part / whole)))}%"


def _print_dropped(alignment: Alignment) -> None:
    reasons = Counter(entry.reason for entry in alignment.dropped).most_common()
    say(f"Dropped: {len(alignment.dropped):,}")
    for reason, count in reasons[:REASONS_SHOWN]:
        say(f"{count:7,}  {reason}")
    if len(reasons) > REASONS_SHOWN:
        others = sum(count for _, count in reasons[REASONS_SHOWN:])
        say(f"{others:7,}  for {len(reasons) - REASONS_SHOWN} other reasons; --report FILE lists them all")
