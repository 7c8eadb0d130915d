"""From a project to what the exporters take: the pairs that are wanted, with edited texts and comments."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aligner.data import Alignment, Bead, Dropped, Pair, Sentence, Unit
from aligner.errors import UsageError
from aligner.exporting import FORMATS, ExportReport, ExportSettings, export, export_units
from aligner.exporting.units import units_of
from aligner.keeping import joined
from aligner.review.project import Project
from aligner.review.rows import RIGHT, SIDES, WRONG, Row

NOT_WANTED = "not among the pairs that were exported"
DROPPED = "dropped by the reviewer"


def confidence_of(row: Row) -> float:
    """How sure a row is: 1 once a person settled it, 0 where it is wrong or was left behind by a correction."""
    if row.state == RIGHT:
        return 1.0
    return 0.0 if row.state == WRONG or row.confidence is None else row.confidence


def is_wanted(row: Row, least: float | None) -> bool:
    """Whether a row is exported: not dropped nor wrong, and confirmed, or at least as sure as ``least`` if given."""
    if row.dropped or row.state == WRONG:
        return False
    return row.state == RIGHT or (least is not None and row.confidence is not None and row.confidence >= least)


def chosen_alignment(project: Project, least: float | None = None) -> tuple[Alignment, list[str]]:
    """The wanted beads of a project as an alignment, English first, and the comment on each of its pairs.

    Only confirmed beads, or with ``least`` all others as sure as that too. What is left out is in ``dropped``.
    """
    english, chinese = (current_sentences(project, side) for side in SIDES)
    beads, pairs, comments = [], [], []
    dropped = project.left_out()
    for row in project.rows:
        bead = Bead(row.en, row.zh, confidence_of(row))
        sides = [english[i] for i in row.en], [chinese[j] for j in row.zh]
        texts = joined(sides[0], " "), joined(sides[1], "")
        wanted = is_wanted(row, least)
        if wanted:
            beads.append(bead)
        if wanted and all(text.strip() for text in texts):
            pairs.append(Pair(*texts, bead.confidence, bead))
            comments.append(row.comment)
        else:
            reason = DROPPED if row.dropped else NOT_WANTED
            dropped += [Dropped(s.text, s.line, reason, s.source) for side in sides for s in side]
    return Alignment(english, chinese, tuple(beads), tuple(pairs), tuple(dropped)), comments


def current_sentences(project: Project, side: str) -> tuple[Sentence, ...]:
    """The sentences of one side with the texts that a person gave them."""
    return tuple(
        replace(sentence, text=project.text(side, number)) for number, sentence in enumerate(project.sentences[side])
    )


def export_project(project: Project, suffix: str, least: float | None = None) -> tuple[str, bytes, ExportReport]:
    """Write what is wanted in the format of that suffix; returns a file name, the file and what the writer reports.

    A format of several files comes as a ZIP archive of them. Raises UsageError for an unknown format and where there
    is no pair to write.
    """
    if suffix not in FORMATS:
        raise UsageError(f"{suffix!r} is no output format. Choose one of {', '.join(FORMATS)}.")
    alignment, comments = chosen_alignment(project, least)
    if not alignment.pairs:
        raise UsageError("There is no pair to export yet. Confirm some, or export all above a confidence.")
    origin = project.origin
    settings = ExportSettings(origin.en_code, origin.zh_code, title=origin.title)
    name = project.path.stem or "project"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}{suffix}"
        if FORMATS[suffix].write:
            report = export(alignment, path, settings)
        else:
            report = export_units(_units(alignment, comments), path, settings)
        files = sorted(Path(folder).iterdir())
        if len(files) == 1:
            return files[0].name, files[0].read_bytes(), report
        return f"{name}.zip", _archive(files), report


def _units(alignment: Alignment, comments: list[str]) -> Iterator[Unit]:
    for unit, comment in zip(units_of(alignment), comments, strict=True):
        yield replace(unit, note=comment)


def _archive(files: list[Path]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
