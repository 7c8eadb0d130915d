"""What is exported of a project: the wanted pairs, with edited texts and comments, in every format."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest

from aligner.errors import UsageError
from aligner.exporting import FORMATS
from aligner.review import actions
from aligner.review.chosen import chosen_alignment, export_project
from aligner.review.project import Project
from aligner.review.rows import Edit

Make = Callable[..., Project]


@pytest.fixture
def project(make_project: Make) -> Project:
    """Confirmed, sure, doubtful, wrong, dropped, left behind, and without counterpart."""
    project = make_project(
        [(1, 1, 0.3), (1, 1, 0.9), (1, 1, 0.2), (1, 1, 0.99), (1, 1, 0.99), (2, 1, 0.9), (1, 0, 0.9)]
    )
    for change in (
        lambda rows: actions.mark(rows, 0, "right"),
        lambda rows: actions.mark(rows, 3, "wrong"),
        lambda rows: actions.drop(rows, 4, True),
        lambda rows: actions.comment(rows, 0, "a note"),
        lambda rows: actions.edit(0, [Edit("en", 0, None, "Mended, with\ttab.")]),
    ):
        project.apply(change(project.rows), project.revision)
    return project


def chosen(project: Project, least: float | None) -> list[tuple[str, float]]:
    return [(pair.en, pair.confidence) for pair in chosen_alignment(project, least)[0].pairs]


def test_only_confirmed(project: Project) -> None:
    assert chosen(project, None) == [("Mended, with\ttab.", 1.0)]


def test_all_above_a_confidence(project: Project) -> None:
    expected = [("Mended, with\ttab.", 1.0), ("Sentence 1.", 0.9), ("Sentence 5. Sentence 6.", 0.9)]
    assert chosen(project, 0.5) == expected
    assert len(chosen(project, 0.0)) == 4
    assert chosen(project, 0.95) == expected[:1]


def test_a_row_that_a_correction_left_behind_is_not_sure(project: Project) -> None:
    project.apply(actions.move(project.rows, 2, "en", "start", "in"), project.revision)
    assert ("Sentence 1.", 0.9) not in chosen(project, 0.0)


def test_what_is_left_out_is_accounted_for(project: Project) -> None:
    alignment, _ = chosen_alignment(project, 0.5)
    reasons = {entry.text: entry.reason for entry in alignment.dropped}
    assert reasons["Next page >>"] == "a menu"
    assert reasons["Sentence 4."] == "dropped by the reviewer"
    assert "not among" in reasons["Sentence 3."]


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format(project: Project, suffix: str) -> None:
    name, data, report = export_project(project, suffix, 0.5)
    assert data
    assert report.written >= 3
    if suffix == ".moses":
        assert name == "work.zip"
        archive = zipfile.ZipFile(io.BytesIO(data))
        assert archive.namelist() == ["work.en", "work.zh"]
        assert archive.read("work.zh").decode().splitlines() == ["句子0。", "句子1。", "句子5。"]
    else:
        assert name == f"work{suffix}"


def test_comments_become_notes(project: Project) -> None:
    _, data, _ = export_project(project, ".jsonl")
    (line,) = data.decode().splitlines()
    assert json.loads(line)["note"] == "a note"
    assert "<note>a note</note>" in export_project(project, ".tmx")[1].decode()


def test_the_bead_list_holds_the_wanted_beads(project: Project) -> None:
    assert export_project(project, ".align", 0.5)[1].decode().splitlines() == [
        "[0]:[0]",
        "[1]:[1]",
        "[5, 6]:[5]",
        "[7]:[]",
    ]


def test_nothing_to_export_is_told(make_project: Make) -> None:
    with pytest.raises(UsageError, match="no pair to export"):
        export_project(make_project([(1, 1, 0.3)]), ".tmx")


def test_an_unknown_format_is_told(project: Project) -> None:
    with pytest.raises(UsageError, match="no output format"):
        export_project(project, "../x.tmx")
