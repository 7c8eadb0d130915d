"""Evaluations as lines for a person and as an object for a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aligner.evaluation import Evaluation, Score, calibration, f1

Figures = tuple[float, float, float]
"""Precision, recall and F1."""

SURE = 0.95  # from where on a pair is usually taken without a look


def as_lines(texts: Mapping[str, Evaluation]) -> Iterator[str]:
    """Tables of the texts together: by rule, by text, by bead type, and the calibration."""
    total = sum(texts.values(), Evaluation())
    count = "1 text" if len(texts) == 1 else f"{len(texts):,} texts"
    yield f"{count}, {total.strict.gold:,} gold beads, {total.strict.proposed:,} proposed"
    yield ""
    yield f"{'':24}{'precision':>10}{'recall':>10}{'F1':>10}"
    yield from (_row(name, figures) for name, figures in _rules(total).items())
    if len(texts) > 1:
        yield from ("", "strict, by text")
        yield from (_row(name, _figures(text.strict)) for name, text in texts.items())
    yield ""
    yield f"{'strict, by bead type':24}{'precision':>10}{'recall':>10}{'F1':>10}{'gold':>8}{'proposed':>10}{'right':>8}"
    for kind, score in _by_frequency(total):
        yield f"{_kind_row(kind, score)}{score.gold:8,}{score.proposed:10,}{score.right:8,}"
    yield from _calibration_lines(total)


def as_object(texts: Mapping[str, Evaluation]) -> dict[str, object]:
    """The same figures for JSON."""
    total = sum(texts.values(), Evaluation())
    result: dict[str, object] = {name: _named(figures) for name, figures in _rules(total).items()}
    result["texts"] = {name: _named(_figures(text.strict)) for name, text in texts.items()}
    result["types"] = {
        kind: {**_named(_figures(score)), "gold": score.gold, "proposed": score.proposed, "right": score.right}
        for kind, score in _by_frequency(total)
    }
    if _has_confidence(total):
        error, bins = calibration(total.judged)
        result["calibration"] = {
            "error": error,
            "bins": [{"beads": entry.count, "confidence": entry.confidence, "right": entry.right} for entry in bins],
        }
        share, right = _sure(total)
        result["sure"] = {"confidence": SURE, "share": share, "right": right}
    return result


def _rules(total: Evaluation) -> dict[str, Figures]:
    return {
        "strict": _figures(total.strict),
        "vecalign": _figures(*total.vecalign),
        "lax": _figures(*total.lax),
    }


def _figures(precision_of: Score, recall_of: Score | None = None) -> Figures:
    precision, recall = precision_of.precision, (recall_of or precision_of).recall
    return precision, recall, f1(precision, recall)


def _named(figures: Figures) -> dict[str, float]:
    return dict(zip(("precision", "recall", "f1"), figures, strict=True))


def _by_frequency(total: Evaluation) -> list[tuple[str, Score]]:
    return sorted(total.kinds.items(), key=lambda item: (-item[1].gold, item[0]))


def _row(name: str, figures: Figures) -> str:
    return f"{name:24}" + "".join(f"{figure:10.3f}" for figure in figures)


def _kind_row(kind: str, score: Score) -> str:
    """A row with a dash for the precision of a type that was never proposed and the recall of one not in the gold."""
    precision, recall, mean = (f"{figure:.3f}" for figure in _figures(score))
    known = bool(score.proposed), bool(score.gold), bool(score.proposed and score.gold)
    cells = (figure if is_known else "-" for figure, is_known in zip((precision, recall, mean), known, strict=True))
    return f"{kind:24}" + "".join(f"{cell:>10}" for cell in cells)


def _has_confidence(total: Evaluation) -> bool:
    """Bead lists from a file have none; every bead is then taken for certain."""
    return any(confidence != 1 for confidence, _ in total.judged)


def _calibration_lines(total: Evaluation) -> Iterator[str]:
    if not _has_confidence(total):
        return
    error, bins = calibration(total.judged)
    yield from ("", f"{'calibration':24}{'beads':>10}{'sure':>10}{'right':>10}")
    for entry in bins:
        yield f"{'':24}{entry.count:10,}{entry.confidence:10.3f}{entry.right:10.3f}"
    yield f"expected calibration error {error:.3f}"
    share, right = _sure(total)
    if right is not None:
        yield f"confidence at least {SURE}: {share:.1%} of the beads, of which {right:.1%} are right"


def _sure(total: Evaluation) -> tuple[float, float | None]:
    """The share of the beads with a confidence of at least ``SURE``, and how many of these are right."""
    sure = [right for confidence, right in total.judged if confidence >= SURE]
    return len(sure) / len(total.judged), sum(sure) / len(sure) if sure else None
