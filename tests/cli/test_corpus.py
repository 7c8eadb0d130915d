"""``aligner corpus`` as a user meets it: one line for everything that goes wrong, and how to go on."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from pyarrow import parquet

from aligner.corpus import blocks, isolation, store
from aligner.reading import read_document
from tests.cli.conftest import Run
from tests.corpus.conftest import ARTICLES, EN, ZH, text_of, write_warc
from tests.corpus.light import serve_lightly


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder of a page, a pair, two texts to be matched, and a copy."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "page.txt").write_text(text_of("bees", "en") + text_of("bees", "zh"), "utf-8")
    (folder / "copy.txt").write_text(text_of("bees", "zh") + text_of("bees", "en"), "utf-8")
    for name, language in (("first", "en"), ("second", "zh")):
        (folder / f"{name}.txt").write_text(text_of("chess", language), "utf-8")
    return folder


def test_a_corpus_and_its_summary(run: Run, documents: Path) -> None:
    result = run("corpus", documents, "-o", "out", "--format", "tmx", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "Documents: 3 (3 aligned)" in result.stderr
    assert "Pairs left out: 10 (10 duplicate)" in result.stderr
    assert "Wrote out (19 pairs)" in result.stderr
    out = documents.parent / "out"
    matches = parquet.read_table(out / "matches").to_pylist()
    assert [(row["english"], row["chinese"]) for row in matches] == [("first.txt", "second.txt")]
    pairs = parquet.read_table(out / "pairs").to_pylist()
    assert len({(row["document"], row["position"]) for row in pairs}) == len(pairs) == 19
    kept = {f"{row['document']}:{row['position']}" for row in pairs}
    dropped = parquet.read_table(out / "dropped").to_pylist()
    assert all(row["duplicate_of"] in kept for row in dropped)
    assert len(read_document(out / "corpus.tmx").lines) == 38
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["counts"]["left_out"] == {"duplicate": 10}
    assert "<title>" in (out / "report.html").read_text("utf-8")
    again = run("corpus", documents, "-o", "out", "--format", "tsv")
    assert again.exit_code == 0
    assert len((out / "corpus.tsv").read_text("utf-8").splitlines()) == 20


def test_a_web_archive_a_dataset_and_a_manifest(run: Run, tmp_path: Path) -> None:
    def page(language: str, article: str) -> str:
        paragraphs = "".join(f"<p>{line}</p>" for line in text_of(article, language).splitlines())
        return f"<html><head><title>t</title></head><body>{paragraphs}</body></html>"

    english, chinese = (
        {"en": "https://a.org/en/1", "zh": "https://a.org/other"}[language] for language in ("en", "zh")
    )
    write_warc(tmp_path / "site.warc.gz", {english: page("en", "ferry"), chinese: page("zh", "ferry")})
    (tmp_path / "data.jsonl").write_text(json.dumps({"doc": "d", "body": EN + ZH}) + "\n", "utf-8")
    rows = ["id\tpath\tpath2", f"m\t{ARTICLES}/drought.en\t{ARTICLES}/drought.zh", "gone\tnothing.txt\t"]
    (tmp_path / "list.tsv").write_text("\n".join(rows), "utf-8")
    inputs = ("site.warc.gz", "data.jsonl", "list.tsv")
    columns = ("--column", "text=body", "--skip-check", "numbers")
    result = run("corpus", *inputs, "-o", "out", *columns, "--workers", "1")
    assert result.exit_code == 0, result.output
    found = {row["document"]: (row["outcome"], row["pairs"]) for row in parquet.read_table("out/documents").to_pylist()}
    assert found == {
        "data.jsonl:1": ("aligned", 3),
        "gone": ("missing file", 0),
        "https://a.org/en/1 + https://a.org/other": ("aligned", 10),
        "m": ("aligned", 10),
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing", "-o", "out"], "nothing does not exist. Check the path."),
        (["x" * 300, "-o", "out"], f"{'x' * 300} does not exist. Check the path."),
        ([os.devnull, "-o", "out"], f"{os.devnull} is no plain file and no folder."),
        (["nobody", "-o", "out"], "There is no document in the input."),
        (["*.pdf", "-o", "out"], "No file matches *.pdf. Check the pattern."),
        (["in", "-o", "in/out"], "in/out lies in the input in. Choose a folder outside of it."),
        (["in/page.txt", "-o", "file"], "file/.work can't be written: Not a directory."),
        (["in", "-o", "out", "--format", "docx"], "A corpus is not written as 'docx'. Choose tmx or tsv"),
        (
            ["in", "-o", "out", "--column", "en"],
            "--column en: expected a name and a column, as in --column en=english.",
        ),
        (["in", "-o", "out", "--encoding", "klingon"], "Unknown encoding 'klingon'. Try utf-8"),
        (["in", "-o", "out", "--model", "nothing/at-all"], "nothing/at-all"),
        (["in", "-o", "out", "--weights", "nothing.json"], "nothing.json"),
        (["in", "-o", "nope://out"], "nope://out is on no file system that can be used here"),
    ],
)
def test_one_line_says_what_is_wrong(run: Run, documents: Path, arguments: list[str], message: str) -> None:
    (documents.parent / "file").write_text("", "utf-8")
    (documents.parent / "nobody").mkdir()
    result = run("corpus", *arguments, "--workers", "1")
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (documents.parent / "out" / "manifest.json").exists()


@pytest.mark.parametrize("option", ["--length-deviations", "--near-duplicates", "--timeout"])
def test_not_a_number(run: Run, documents: Path, option: str) -> None:
    result = run("corpus", "in", "-o", "out", option, "nan")
    assert result.exit_code == 2
    assert f"'{option}': nan is not a number" in result.stderr
    assert not (documents.parent / "out").exists()


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """The command in a process of its own, its workers do not align."""
    code = """
import sys
from aligner.corpus import blocks, isolation
from tests.corpus.light import serve_lightly
blocks.FEWEST, isolation.serve = 2, serve_lightly
from aligner.cli import main
if __name__ == "__main__":
    main()
"""
    (folder / "started.py").write_text(code, "utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    command = [sys.executable, str(folder / "started.py"), *arguments]
    return subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, env=environment, start_new_session=True)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of 60 documents."""
    (tmp_path / "in").mkdir()
    for number in range(60):
        (tmp_path / "in" / f"{number}.txt").write_text(f"{number}\n数{number}", "utf-8")
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="signals as Unix has them")
def test_ctrl_c_says_how_to_go_on(many: Path) -> None:
    process = start(many, "corpus", "in", "-o", "out", "--workers", "1")
    while not list(many.glob("out/.work/*/*.documents.parquet")):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.decode().splitlines() == [
        "Stopped. What is done is kept in out; the same command goes on from there.",
        "aligner: interrupted.",
    ]


def test_two_runs_keep_out_of_each_others_way(run: Run, many: Path) -> None:
    (many / "out" / ".work").mkdir(parents=True)
    with FileLock(many / "out" / ".work" / "lock"):
        result = run("corpus", "in", "-o", "out")
    assert result.exit_code == 2
    assert result.stderr == "aligner: Another run is at work in out. Wait for it, or choose another folder.\n"


def fill_disk(name: str) -> None:
    """From now on there is no room for files with that name."""
    original = store.write_file

    def write_file(path: str, write: Any) -> Any:
        if name in path:
            raise store.failed(path, OSError(errno.ENOSPC, "No space left on device"))
        return original(path, write)

    store.write_file = write_file


def serve_on_a_full_disk(connection: Any) -> None:
    """A worker that can't store a certain shard."""
    fill_disk("0000003.pairs")
    serve_lightly(connection)


@pytest.mark.parametrize("name", ["plan", "0000003.pairs", "pairs/part", "manifest"])
def test_a_full_disk_is_one_line_and_the_run_goes_on_afterwards(
    run: Run, many: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(isolation, "serve", serve_on_a_full_disk if name.startswith("0") else serve_lightly)
    monkeypatch.setattr(blocks, "FEWEST", 10)
    arguments = ("corpus", "in", "-o", "out", "--workers", "1", "--quiet")
    with monkeypatch.context() as patch:
        patch.setattr(store, "write_file", store.write_file)
        fill_disk(name)
        result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "can't be written: No space left on device. Mend that; the same command then goes on" in result.stderr
    monkeypatch.setattr(isolation, "serve", serve_lightly)
    assert run(*arguments).exit_code == 0
    assert len(parquet.read_table(many / "out" / "documents")) == 60
