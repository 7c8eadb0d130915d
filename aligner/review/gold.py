"""What a person confirmed in a project, as gold: for measuring, and for learning from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path

from aligner.data import Bead
from aligner.errors import InputError
from aligner.evaluation import GoldText, Links
from aligner.review.chosen import current_sentences
from aligner.review.project import Project
from aligner.review.rows import RIGHT, SIDES, Row


def is_confirmed(row: Row) -> bool:
    """Whether a person says that exactly this bead is right; a dropped row says nothing of its bead."""
    return row.state == RIGHT and not row.dropped


def read_confirmed(path: Path, *, stretches: bool = False) -> GoldText:
    """The sentences of a project, as edited, and its confirmed beads, nulls among them.

    With ``stretches`` the runs of other rows are in it too, each as two beads that overlap: such gold leaves open what
    lies between its corners, so that training takes every way through it for right. Raises InputError where nothing is
    confirmed.
    """
    with closing(Project(path)) as project:
        english, chinese = (current_sentences(project, side) for side in SIDES)
        rows = list(project.rows)
    beads: list[Links] = [(row.en, row.zh) for row in rows if is_confirmed(row)]
    if not beads:
        raise InputError(f"Nothing in {path} is confirmed yet. Confirm some rows in aligner review first.")
    if stretches:
        beads += _open_stretches(rows)
    texts = (english, chinese)
    noise = [frozenset(n for n, sentence in enumerate(side) if sentence.noise) for side in texts]
    paragraphs = [tuple(sentence.paragraph for sentence in side) for side in texts]
    return GoldText(
        path.stem,
        tuple(sentence.text for sentence in english),
        tuple(sentence.text for sentence in chinese),
        tuple(beads),
        noise=(noise[0], noise[1]),
        paragraphs=(paragraphs[0], paragraphs[1]),
    )


def _open_stretches(rows: Sequence[Row]) -> list[Links]:
    beads: list[Links] = []
    for confirmed, run in groupby(rows, is_confirmed):
        if not confirmed:
            stretch = list(run)
            english, chinese = (tuple(sorted(i for row in stretch for i in row.side(side))) for side in SIDES)
            if english and chinese:
                beads += [(english, chinese[:1]), (english[:1], chinese)]
    return beads


def comparable(gold: GoldText, proposed: Sequence[Bead]) -> list[Bead]:
    """The proposed beads that the gold can judge: those with a sentence that is in a gold bead."""
    known = [{i for bead in gold.beads for i in bead[side]} for side in (0, 1)]
    return [bead for bead in proposed if known[0] & {*bead.source} or known[1] & {*bead.target}]
