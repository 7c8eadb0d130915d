"""``aligner review``: making a project, going on with it, and what can be wrong; and its decisions as gold."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from aligner.cli.app import app
from aligner.data import Bead
from aligner.embedding import load_encoder
from aligner.errors import InputError
from aligner.review import actions, serving
from aligner.review.gold import comparable, read_confirmed
from aligner.review.project import Project, is_project
from aligner.scoring import load_weights
from aligner.training.corrections import adapt
from aligner.training.samples import make_sample

PAGE = "The tea is hot.\nDrink it slowly.\n\nNobody has translated this sentence.\n茶很烫。\n慢慢喝。\n"
Run = Callable[..., Result]
Make = Callable[..., Project]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder; the editor ends as soon as it has told its address."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")

    def serve(editor: Any, listening: Any, ready: Callable[[str], None]) -> None:
        ready("http://127.0.0.1:1/token/")
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "serve", serve)
    monkeypatch.setattr(serving, "open_browser", lambda address: False)

    def run(*arguments: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert "Traceback" not in result.output
        return result

    return run


def test_a_page_becomes_a_project_beside_it(run: Run, tmp_path: Path) -> None:
    result = run("review", "page.txt")
    assert result.exit_code == 0
    assert result.stdout == "http://127.0.0.1:1/token/\n"
    assert "No browser could be opened." in result.stderr
    assert "Everything is stored in page.aligner." in result.stderr
    project = Project(tmp_path / "page.aligner")
    assert [(row.en, row.zh) for row in project.rows] == [((0,), (0,)), ((1,), (1,)), ((2,), ())]


def test_no_browser_is_no_complaint(run: Run) -> None:
    assert "No browser" not in run("review", "page.txt", "--no-browser").stderr


def test_it_goes_on_with_the_work(run: Run, tmp_path: Path) -> None:
    run("review", "page.txt")
    project = Project(tmp_path / "page.aligner")
    project.apply(actions.merge(project.rows, 0), 0)
    for name in ("page.txt", "page.aligner"):
        assert run("review", name).exit_code == 0
        assert len(Project(tmp_path / "page.aligner").rows) == 2


def test_another_text_does_not_overwrite_the_work(run: Run, tmp_path: Path) -> None:
    run("review", "page.txt")
    (tmp_path / "page.txt").write_text(PAGE.replace("slowly", "quickly"), "utf-8")
    result = run("review", "page.txt")
    assert result.exit_code == 2
    assert "page.aligner holds the review of another text" in result.stderr
    assert run("review", "page.txt", "--project", "second.aligner").exit_code == 0
    assert is_project(tmp_path / "second.aligner")


def test_two_texts_of_ready_sentences(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.zh").write_text("茶很烫，慢慢喝。\n晚安。\n", "utf-8")
    (tmp_path / "a.en").write_text("The tea is hot.\nDrink it slowly.\nGood night.\n", "utf-8")
    assert run("review", "a.zh", "a.en", "--sentences").exit_code == 0
    project = Project(tmp_path / "a.aligner")
    assert [(row.en, row.zh) for row in project.rows] == [((0, 1), (0,)), ((2,), (1,))]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("missing.txt",), 2, "missing.txt"),
        (("broken.aligner",), 2, "broken.aligner is no project of aligner review."),
        (("missing.aligner",), 2, "missing.aligner"),
        (("-",), 2, "Give it one with --project"),
        (("page.txt", "--project", "folder/x.aligner"), 2, "does not exist"),
        (("page.txt", "--project", "page.txt"), 2, "exists and is no project"),
        (("english.txt",), 1, "no Chinese text found"),
        (("page.txt", "page.txt"), 2, "given twice"),
    ],
)
def test_what_can_be_wrong(run: Run, tmp_path: Path, arguments: tuple[str, ...], status: int, message: str) -> None:
    (tmp_path / "english.txt").write_text("Only English here.\n", "utf-8")
    (tmp_path / "broken.aligner").write_text("x", "utf-8")
    result = run("review", *arguments)
    assert (result.exit_code, message in result.stderr) == (status, True), result.stderr
    assert [path.name for path in tmp_path.glob("*.aligner")] == ["broken.aligner"]


def test_a_port_that_is_taken_is_told(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("review", "page.txt", "--port", str(port))
    assert result.exit_code == 2
    assert f"Port {port} can't be used" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them")
def test_ctrl_c_ends_it_in_peace(make_project: Make) -> None:
    command = [sys.executable, "-m", "aligner", "review", str(make_project([(1, 1, 0.5)]).path), "--no-browser"]
    editor = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    )
    assert editor.stdout is not None
    assert editor.stdout.readline().startswith("http://127.0.0.1:")
    editor.send_signal(signal.SIGINT)
    out, said = editor.communicate(timeout=30)
    assert (editor.returncode, out) == (0, "")
    assert "Traceback" not in said


def confirm(project: Project, *numbers: int) -> Project:
    for number in numbers:
        project.apply(actions.mark(project.rows, number, "right"), project.revision)
    return project


def test_what_was_confirmed_is_gold(make_project: Make) -> None:
    project = confirm(make_project([(1, 1, 0.9)] * 10, page=True), 0, 1, 9)
    project.apply(actions.drop(project.rows, 1, True), project.revision)
    gold = read_confirmed(project.path)
    assert gold.beads == (((0,), (0,)), ((9,), (9,)))
    proposed = [Bead((0,), (0,)), Bead((1,), (1,)), Bead((8, 9), ()), Bead((), (9,))]
    assert comparable(gold, proposed) == [proposed[0], *proposed[2:]]


def test_what_was_not_is_left_open(make_project: Make) -> None:
    project = confirm(make_project([(1, 1, 0.9), (2, 1, 0.5), (1, 2, 0.5), (1, 1, 0.9), (1, 0, 0.5)]), 0, 3)
    gold = read_confirmed(project.path, stretches=True)
    assert set(gold.beads) == {((0,), (0,)), ((4,), (4,)), ((1, 2, 3), (1,)), ((1,), (1, 2, 3))}


def test_nothing_confirmed_is_told(make_project: Make) -> None:
    with pytest.raises(InputError, match=r"Nothing in .* is confirmed"):
        read_confirmed(make_project([(1, 1, 0.9)]).path)


def test_evaluate_judges_by_what_was_confirmed(run: Run, make_project: Make) -> None:
    project = confirm(make_project([(1, 1, 0.9)] * 10, page=True), 0, 1, 2)
    content = json.loads(run("evaluate", project.path, "--json").stdout)
    assert content["strict"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert content["types"]["1-1"]["gold"] == 3
    merged = make_project([(2, 2, 0.9), *[(1, 1, 0.9)] * 8], page=True, name="merged")
    content = json.loads(run("evaluate", confirm(merged, 0).path, "--json").stdout)
    assert content["strict"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_train_adapts_to_what_was_confirmed(run: Run, make_project: Make, tmp_path: Path) -> None:
    project = confirm(make_project([(2, 2, 0.9)] * 5, page=True), 0, 1, 2)
    result = run("train", "--from", project.path, "-o", "mine.json")
    assert result.exit_code == 0, result.stderr
    assert "adapted to 3 confirmed beads" in result.stderr
    known, mine = load_weights(), load_weights(tmp_path / "mine.json")
    assert mine.note == f"Adapted to 3 beads that a person confirmed in aligner review. Before: {known.note}"
    assert (mine.scorer.linear != known.scorer.linear).any()
    assert (mine.scorer.hidden == known.scorer.hidden).all()


@pytest.mark.parametrize("arguments", [(), ("folder", "--from", "x.aligner"), ("--from", "x", "--leave-one-out")])
def test_train_needs_one_source(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("train", *arguments, "-o", "w.json")
    assert (result.exit_code, "FOLDER" in result.stderr) == (2, True)


def test_weights_that_are_held_very_firmly_stay(make_project: Make) -> None:
    gold = read_confirmed(confirm(make_project([(2, 2, 0.9)] * 5, page=True), 0, 1, 2).path, stretches=True)
    known = load_weights().scorer
    samples = [make_sample(gold, load_encoder(), known)]
    adapted = [adapt(samples, known, firmness).linear for firmness in (1e9, 60.0, 1.0)]
    apart = [float(np.abs(weights - known.linear).max()) for weights in adapted]
    assert apart[0] < 1e-3 < apart[1] < apart[2]
