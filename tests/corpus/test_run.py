"""Whole runs in worker processes: what comes out, going on after an interruption, and documents that kill workers."""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyarrow import parquet

from aligner.corpus import blocks, isolation, processing, shards, store
from aligner.corpus.documents import Entry, Problem
from aligner.corpus.filters import Filters
from aligner.corpus.local import run_local
from aligner.corpus.matching import Profile
from aligner.corpus.pairing import profile_row
from aligner.corpus.run import Engine, Request, build_corpus
from aligner.corpus.settings import CorpusSettings
from aligner.data import Alignment, Bead, Pair
from aligner.errors import InputError, OutputError, UsageError
from tests.corpus.conftest import EN, ZH, text_of
from tests.corpus.light import LightProcessing, serve_lightly

ENGINE: Engine = partial(run_local, workers=1)


def request(folder: Path, out: Path, **options: Any) -> Request:
    return Request([str(folder)], str(out), CorpusSettings(), **options)


def table(out: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(out / name).to_pylist()
    return rows


def outcomes(out: Path) -> dict[str, str]:
    return {row["document"]: row["outcome"] for row in table(out, "documents")}


def hashes(out: Path) -> dict[str, str]:
    """Every file of the finished corpus, by its content."""
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and ".work" not in path.parts]
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of two documents."""
    monkeypatch.setattr(blocks, "FEWEST", 2)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of documents as ``in``, and the corpus of it as ``out``."""
    place = tmp_path_factory.mktemp("undisturbed")
    fill(place / "in")
    build_corpus(request(place / "in", place / "out"), partial(run_local, workers=2))
    return place


def fill(folder: Path) -> None:
    folder.mkdir()
    for name in ("bees", "bridge", "chess"):
        for language in ("en", "zh"):
            (folder / f"{name}.{language}").write_text(text_of(name, language), "utf-8")
    (folder / "page.txt").write_text(EN + "Nobody has translated this.\n" + ZH, "utf-8")
    (folder / "english.txt").write_text(text_of("ferry", "en"), "utf-8")
    (folder / "empty.txt").write_text("", "utf-8")
    (folder / "broken.docx").write_bytes(b"no such thing")


def test_every_document_and_every_line_is_accounted_for(undisturbed: Path) -> None:
    out = undisturbed / "out"
    assert outcomes(out) == {
        **dict.fromkeys(("bees", "bridge", "chess", "page.txt"), "aligned"),
        "english.txt": "one language",
        "empty.txt": "empty",
        "broken.docx": "unreadable",
    }
    pairs, dropped, documents = (table(out, name) for name in ("pairs", "dropped", "documents"))
    assert [row["en"] for row in pairs if row["document"] == "page.txt"] == EN.splitlines()
    assert [row["line"] for row in dropped if row["document"] == "page.txt"] == [4]
    for row in documents:
        of_document = [drop for drop in dropped if drop["document"] == row["document"]]
        assert row["pairs"] == sum(pair["document"] == row["document"] for pair in pairs)
        assert row["dropped_lines"] == sum(drop["line"] is not None for drop in of_document)
        assert row["filtered"] == sum(drop["position"] is not None for drop in of_document)
    lines = text_of("ferry", "en").splitlines()
    english = [row for row in dropped if row["document"] == "english.txt"]
    assert [row["text"] for row in english] == list(filter(str.strip, lines))
    assert {row["reason"] for row in english} == {"its document is in one language"}


def test_workers_and_blocks_change_nothing(undisturbed: Path, tmp_path: Path, small_blocks: None) -> None:
    build_corpus(request(undisturbed / "in", tmp_path / "out"), ENGINE)
    assert hashes(tmp_path / "out") == hashes(undisturbed / "out")


def interrupted_after(count: int) -> Engine:
    """An engine that is interrupted once so many blocks are done."""

    def engine(work: Any, job: Any) -> Any:
        for number, report in enumerate(run_local(work, job, 1), 1):
            yield report
            if number == count:
                raise KeyboardInterrupt

    return engine


def test_an_interrupted_run_goes_on_and_does_nothing_twice(
    undisturbed: Path, tmp_path: Path, small_blocks: None
) -> None:
    wanted = request(undisturbed / "in", tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        build_corpus(wanted, interrupted_after(2))
    shards = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob(".work/*/*.parquet")}
    assert shards
    done = []

    def watching(work: Any, job: Any) -> Any:
        for report in run_local(work, job, 1):
            done.append(report.number)
            assert all(path.stat().st_mtime_ns == before for path, before in shards.items())
            yield report

    build_corpus(wanted, watching)
    assert sorted(done) == [2, 3]
    assert hashes(tmp_path / "out") == hashes(undisturbed / "out")
    assert [path.name for path in (tmp_path / "out" / ".work").iterdir() if path.is_dir()] == []


def no_engine(work: Any, job: Any) -> Any:
    """An engine that must not be asked for anything."""
    assert not list(work)
    yield from ()


def test_a_finished_run_is_not_done_again(undisturbed: Path) -> None:
    before = hashes(undisturbed / "out")
    totals = build_corpus(request(undisturbed / "in", undisturbed / "out"), no_engine)
    assert (totals.documents, totals.outcomes["aligned"]) == (7, 4)
    assert hashes(undisturbed / "out") == before


def test_changes_are_noticed(tmp_path: Path, lightly: None) -> None:
    fill(tmp_path / "in")
    wanted = request(tmp_path / "in", tmp_path / "out")
    build_corpus(wanted, ENGINE)
    with pytest.raises(UsageError, match=r"out was begun with other settings \(crossing\)\. Choose another folder"):
        build_corpus(replace(wanted, settings=CorpusSettings(crossing=True)), no_engine)
    (tmp_path / "in" / "new.txt").write_text("x", "utf-8")
    (tmp_path / "in" / "page.txt").write_text(ZH + EN, "utf-8")
    (tmp_path / "in" / "empty.txt").unlink()
    message = r"another input: 1 new \(new\.txt\), 1 changed \(page\.txt\), 1 gone \(empty\.txt\)"
    with pytest.raises(UsageError, match=message):
        build_corpus(wanted, no_engine)
    build_corpus(replace(wanted, fresh=True), ENGINE)
    assert "new.txt" in outcomes(tmp_path / "out")
    assert "empty.txt" not in outcomes(tmp_path / "out")


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "diary.txt").write_text("mine", "utf-8")
    for fresh in (False, True):
        with pytest.raises(UsageError, match=r"out holds other things, such as diary\.txt"):
            build_corpus(request(tmp_path / "in", tmp_path / "out", fresh=fresh), no_engine)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["diary.txt"]


def at_once(work: Any, job: Any) -> Any:
    """An engine without processes."""
    for block in work:
        rows = processing.process_block(block, job.settings, job, blocks.Hints(), lambda place: None)
        shards.write_shards(job.folder, block.number, rows)
        yield rows.report(block.number)


@pytest.fixture
def lightly_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No aligning ``at_once``, and blocks of two documents."""
    monkeypatch.setattr(processing, "process_entry", LightProcessing())
    monkeypatch.setattr(blocks, "FEWEST", 2)


def test_what_can_not_be_removed_is_said(tmp_path: Path, lightly_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "in")
    wanted = request(tmp_path / "in", tmp_path / "out")
    build_corpus(wanted, at_once)

    def refuse(path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(OutputError, match=r"out/pairs can't be written: Permission denied\. Mend that"):
        build_corpus(replace(wanted, fresh=True), no_engine)


def test_a_damaged_state_is_said_and_can_be_begun_again(tmp_path: Path, lightly_here: None) -> None:
    fill(tmp_path / "in")
    wanted = request(tmp_path / "in", tmp_path / "out")
    build_corpus(wanted, at_once)
    (tmp_path / "out" / ".work" / "run.json").write_text('{"settings"', "utf-8")
    with pytest.raises(InputError, match=r"run\.json is damaged: .*\. Begin again with --fresh\."):
        build_corpus(wanted, no_engine)
    assert build_corpus(replace(wanted, fresh=True), at_once).documents == 7


@pytest.mark.parametrize("name", ["documents", "pairs", "manifest.json", ".work"])
def test_what_was_there_before_any_run_is_never_removed(tmp_path: Path, name: str) -> None:
    """Not even under the names of what a run writes."""
    fill(tmp_path / "in")
    mine = tmp_path / "mine" / name / "letter.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", "utf-8")
    for fresh in (False, True):
        with pytest.raises(UsageError, match=r"mine holds other things, such as "):
            build_corpus(request(tmp_path / "in", tmp_path / "mine", fresh=fresh), no_engine)
    assert mine.read_text("utf-8") == "mine"


def test_an_input_within_the_output_is_left_alone(tmp_path: Path) -> None:
    fill(tmp_path / "documents")
    with pytest.raises(UsageError, match=r"The input .*documents lies in .*\. Choose another folder for the corpus\."):
        build_corpus(request(tmp_path / "documents", tmp_path), no_engine)
    assert len(list((tmp_path / "documents").iterdir())) == 10
    for folder, out in (("documents", "documents/out"), ("documents", ".")):
        wanted = Request([f"{tmp_path.as_uri()}/{folder}"], f"{tmp_path.as_uri()}/{out}", CorpusSettings())
        with pytest.raises(UsageError, match=r"lies in"):
            build_corpus(wanted, no_engine)


def test_a_pattern_that_would_take_in_the_corpus_itself(tmp_path: Path, lightly_here: None) -> None:
    fill(tmp_path / "in")
    out = tmp_path / "in" / "out"
    for pattern in ("**/*", "*/*.html", "o[u]t/*/part*"):
        with pytest.raises(UsageError, match=r"out lies in the input"):
            build_corpus(request(tmp_path / "in" / pattern, out), no_engine)
    for _ in range(2):
        assert build_corpus(request(tmp_path / "in" / "**" / "*.txt", out), at_once).documents == 3


def test_beginning_again_goes_on_where_it_was_killed(
    tmp_path: Path, lightly_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page.txt").write_text(EN + ZH, "utf-8")
    wanted = request(tmp_path / "in", tmp_path / "out")
    build_corpus(wanted, at_once)
    (tmp_path / "in" / "new.txt").write_text(EN + ZH, "utf-8")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):

        def kill(path: str) -> None:
            raise KeyboardInterrupt

        patch.setattr(store, "remove_folder", kill)
        build_corpus(replace(wanted, fresh=True), no_engine)
    assert build_corpus(wanted, at_once).documents == 2


@pytest.fixture
def lightly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that do not align, and blocks of two documents."""
    monkeypatch.setattr(isolation, "serve", serve_lightly)
    monkeypatch.setattr(blocks, "FEWEST", 2)


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_a_poisonous_document_is_set_aside(tmp_path: Path, lightly: None) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "crash", "f", "hang", "i", "memory", "z"):
        (tmp_path / "in" / name).write_text(name if len(name) > 1 else EN, "utf-8")
    build_corpus(request(tmp_path / "in", tmp_path / "out", seconds=1.0), partial(run_local, workers=2))
    found = {row["document"]: (row["outcome"], row["detail"]) for row in table(tmp_path / "out", "documents")}
    assert found == {
        **dict.fromkeys("afiz", ("aligned", "")),
        "crash": ("crash", "the worker process was ended by the signal SIGSEGV."),
        "hang": ("time-out", "took longer than 1 seconds."),
        "memory": ("out of memory", "needs more memory than a worker may take."),
    }


def test_how_a_worker_ended() -> None:
    found = [isolation._problem(status).detail for status in (3, -9, -35)]
    assert found == [
        "the worker process ended with the status 3.",
        "the worker process was ended by the signal SIGKILL.",
        "the worker process was ended by the signal 35.",  # one that has no name
    ]


def test_paths_of_other_file_systems(undisturbed: Path, tmp_path: Path) -> None:
    out = (tmp_path / "out").as_uri()
    wanted = Request([(undisturbed / "in").as_uri()], out, CorpusSettings(), formats=["tsv"])
    totals = build_corpus(wanted, ENGINE)
    (tmp_path / "out" / "corpus.tsv").unlink()
    assert hashes(tmp_path / "out") == hashes(undisturbed / "out")
    assert build_corpus(wanted, no_engine) == totals


def process_some(entry: Entry, settings: CorpusSettings, aligning: Any) -> processing.Rows:
    """Stands for aligning too; the texts ``English`` and ``Chinese`` are documents to be matched."""
    text = "\n".join(part.text or "" for part in entry.parts)
    if text not in ("English", "Chinese"):
        beads = (Bead((0,), (0,), 1.0),)
        alignment = Alignment((), (), beads, (Pair(*text.split("\n"), 1.0, beads[0]),), ())
        return processing._rows(entry, alignment, Problem("aligned", ""), settings.filters)
    rows = processing._rows(entry, Alignment((), (), (), (), ()), Problem("one language", ""), settings.filters)
    vectors = np.ones(512, np.float16), np.ones((1, 128), np.int8)
    profile = Profile(entry.id, *vectors, 100 if text == "English" else 39)
    rows.profiles.append(profile_row(profile, "en" if text == "English" else "zh", ""))
    return rows


def test_a_second_document_of_an_id_keeps_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the first was matched with another, or lost its pairs as duplicates."""
    monkeypatch.setattr(processing, "process_entry", process_some)
    texts = ["English", "Chinese", "English", "Tea.\n茶叶。", "Tea.\n茶叶。", "Tea.\n茶叶。"]
    rows = [{"id": name, "text": text} for name, text in zip("xyxmam", texts, strict=True)]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    switched_off = Filters(None, None, None, False, False, None)
    wanted = Request([str(tmp_path / "in.jsonl")], str(tmp_path / "out"), CorpusSettings(filters=switched_off))
    build_corpus(wanted, at_once)
    found = [
        (row["document"], row["outcome"], row["pairs"], row["filtered"]) for row in table(tmp_path / "out", "documents")
    ]
    assert found == [
        ("x", "duplicate id", 0, 0),
        ("m", "aligned", 0, 1),
        ("a", "aligned", 1, 0),
        ("m", "duplicate id", 0, 0),
        ("x + y", "aligned", 1, 0),
    ]


def test_a_second_run_in_a_bucket_takes_over(tmp_path: Path, lightly_here: None) -> None:
    fill(tmp_path / "in")
    build_corpus(request(tmp_path / "in", tmp_path / "undisturbed"), at_once)
    wanted = Request([(tmp_path / "in").as_uri()], (tmp_path / "out").as_uri(), CorpusSettings())

    def overtaken(work: Any, job: Any) -> Any:
        for number, report in enumerate(at_once(work, job)):
            if number == 1:
                build_corpus(wanted, at_once)
            yield report

    with pytest.raises(UsageError, match=r"Another run has begun in file:.*Wait for that one"):
        build_corpus(wanted, overtaken)
    assert hashes(tmp_path / "out") == hashes(tmp_path / "undisturbed")


def run_until_killed(folder: str, out: str) -> None:
    """A run in a process group of its own."""
    os.setsid()
    blocks.FEWEST, isolation.serve = 2, serve_lightly
    build_corpus(request(Path(folder), Path(out)), ENGINE)


def alive(group: int) -> list[str]:
    """The processes of a group."""
    listed = subprocess.run(["ps", "-o", "stat=", "-s", str(group)], capture_output=True, text=True, check=False)
    return [state for state in listed.stdout.split() if not state.startswith("Z")]


@pytest.mark.skipif(shutil.which("ps") is None, reason="looks at processes")
def test_kill_9_at_any_moment_leaves_a_run_that_goes_on(tmp_path: Path, lightly: None) -> None:
    (tmp_path / "in").mkdir()
    for number in range(40):
        (tmp_path / "in" / f"{number}.txt").write_text(f"{number}\n数{number}", "utf-8")
    build_corpus(request(tmp_path / "in", tmp_path / "undisturbed"), ENGINE)
    context, generator = multiprocessing.get_context("spawn"), random.Random(8)
    seen = 0
    while seen < 2:
        process = context.Process(target=run_until_killed, args=(str(tmp_path / "in"), str(tmp_path / "out")))
        process.start()
        before = len(list((tmp_path / "out").glob(".work/*/*.documents.parquet")))
        while process.is_alive() and len(list((tmp_path / "out").glob(".work/*/*.documents.parquet"))) == before:
            time.sleep(0.01)
        time.sleep(generator.uniform(0, 0.4))
        process.kill()
        process.join()
        for _ in range(100):  # the workers notice, and end too
            if not alive(process.pid or 0):
                break
            time.sleep(0.05)
        assert not alive(process.pid or 0)
        seen += 1
    build_corpus(request(tmp_path / "in", tmp_path / "out"), ENGINE)
    assert hashes(tmp_path / "out") == hashes(tmp_path / "undisturbed")
    assert len(table(tmp_path / "out", "documents")) == 40
