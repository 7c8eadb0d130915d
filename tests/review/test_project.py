"""The project file: what is stored comes back, and nothing is overwritten silently."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from aligner.data import Alignment, Bead, Sentence
from aligner.errors import InputError, OutputError, UsageError
from aligner.review import actions
from aligner.review.project import ConflictError, Origin, Project, create_project, is_project
from aligner.review.rows import Edit, Row

Make = Callable[..., Project]


def test_what_was_aligned_is_in_the_project(make_project: Make) -> None:
    project = make_project([(1, 2, 0.9), (0, 1, 0.5), (2, 1, 0.25)])
    assert project.rows == [Row(0, (0,), (0, 1), 0.9), Row(1, (), (2,), 0.5), Row(2, (1, 2), (3,), 0.25)]
    assert project.text("zh", 2) == "句子2。"
    assert [entry.text for entry in project.left_out()] == ["Next page >>"]
    assert is_project(project.path)


def test_chinese_first_is_turned_round(tmp_path: Path) -> None:
    chinese, english = (Sentence("你好。", 1, 1),), (Sentence("Hello.", 1, 1), Sentence("You.", 2, 2))
    alignment = Alignment(chinese, english, (Bead((0,), (0, 1), 0.9),), (), (), source_language="zh")
    create_project(tmp_path / "x.aligner", alignment, Origin("x"))
    assert Project(tmp_path / "x.aligner").rows == [Row(0, (0, 1), (0,), 0.9)]


def test_cues_and_white_space_come_back(tmp_path: Path) -> None:
    sentence = Sentence("Hi.\t\u2028x\x07", 3, 4, after="  ", paragraph=2, source=1, noise="a list", cue=(1000, 2500))
    alignment = Alignment((sentence,), (), (Bead((0,), (), 0.9),), (), ())
    create_project(tmp_path / "x.aligner", alignment, Origin("x"))
    assert Project(tmp_path / "x.aligner").sentences["en"] == (sentence,)


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    alignment = Alignment((Sentence("a\ud800b", 1, 1),), (), (Bead((0,), (), 0.9),), (), ())
    create_project(tmp_path / "x.aligner", alignment, Origin("x"))
    assert Project(tmp_path / "x.aligner").text("en", 0) == "a\ufffdb"


def test_undo_and_redo_survive_a_restart(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9), (1, 1, 0.5), (1, 1, 0.4)])
    start = list(project.rows)
    project.apply(actions.merge(project.rows, 0), 0)
    project.apply(actions.edit(0, [Edit("en", 0, None, "Mended.")]), 1)
    end = list(project.rows)
    project.close()

    project = Project(project.path)
    assert (project.rows, project.text("en", 0), project.next_steps()) == (end, "Mended.", ("edit", ""))
    project.undo(2)
    project.undo(3)
    project.close()

    project = Project(project.path)
    assert (project.rows, project.text("en", 0), project.next_steps()) == (start, "Sentence 0.", ("", "merge"))
    project.redo(4)
    project.redo(5)
    assert (project.rows, project.text("en", 0)) == (end, "Mended.")
    with pytest.raises(UsageError, match="nothing to redo"):
        project.redo(6)


def test_what_was_undone_is_gone_after_something_new(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9), (1, 1, 0.5)])
    project.apply(actions.merge(project.rows, 0), 0)
    project.undo(1)
    project.apply(actions.mark(project.rows, 1, "right"), 2)
    assert project.next_steps() == ("mark right", "")


def test_an_edit_keeps_the_original(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9)])
    project.apply(actions.edit(0, [Edit("zh", 0, None, "改了。")]), 0)
    assert (project.text("zh", 0), project.sentences["zh"][0].text) == ("改了。", "句子0。")


def test_two_programs_do_not_overwrite_each_other(make_project: Make) -> None:
    one = make_project([(1, 1, 0.9), (1, 1, 0.5)])
    other = Project(one.path)
    one.apply(actions.merge(one.rows, 0), 0)
    with pytest.raises(ConflictError, match="another window"):
        other.apply(actions.mark(other.rows, 1, "right"), 0)
    assert other.refresh()
    assert other.rows == one.rows
    other.apply(actions.mark(other.rows, 0, "wrong"), 1)
    with pytest.raises(ConflictError):
        one.undo(1)
    assert Project(one.path).rows[0].state == "wrong"


def test_a_stale_revision_is_refused(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9), (1, 1, 0.5)])
    project.apply(actions.mark(project.rows, 0, "right"), 0)
    with pytest.raises(ConflictError):
        project.apply(actions.mark(project.rows, 0, "wrong"), 0)


def test_what_fails_to_be_written_changes_nothing(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9), (1, 1, 0.5)])
    before = list(project.rows)
    blocker = sqlite3.connect(project.path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    project._connection.execute("PRAGMA busy_timeout = 0")
    with pytest.raises(OutputError, match="Nothing was changed"):
        project.apply(actions.merge(project.rows, 0), 0)
    blocker.execute("ROLLBACK")
    assert (project.rows, project.revision) == (before, 0)
    project.apply(actions.merge(project.rows, 0), 0)


def test_other_files_are_no_projects(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("Hello")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE x (y)").connection.close()
    for name in ("page.txt", "other.db", "missing", "."):
        assert not is_project(tmp_path / name)
    with pytest.raises(InputError, match="no project"):
        Project(tmp_path / "page.txt")


def test_a_damaged_project_is_told(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9)] * 300)
    project.close()
    data = project.path.read_bytes()
    project.path.write_bytes(data[:5000])
    with pytest.raises(InputError, match=r"can't be opened as a project"):
        Project(project.path)


def test_beads_that_do_not_hold_every_sentence_are_told(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9), (1, 1, 0.9)])
    connection = sqlite3.connect(project.path)
    connection.execute("UPDATE beads SET en = '[0]'")
    connection.commit()
    connection.close()
    with pytest.raises(InputError, match="every sentence once"):
        Project(project.path)


def test_a_newer_format_is_told(make_project: Make) -> None:
    project = make_project([(1, 1, 0.9)])
    connection = sqlite3.connect(project.path)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(InputError, match="newer version"):
        Project(project.path)


def test_the_file_is_complete_by_itself(make_project: Make, tmp_path: Path) -> None:
    project = make_project([(1, 1, 0.9), (1, 1, 0.5)])
    project.apply(actions.merge(project.rows, 0), 0)
    assert [path.name for path in tmp_path.iterdir()] == ["work.aligner"]  # no journal is left beside it
    (tmp_path / "copy.aligner").write_bytes(project.path.read_bytes())
    assert Project(tmp_path / "copy.aligner").rows == project.rows
