"""What the commands give the formats for learners: which language comes first, pinyin, and when a deck was made."""

from __future__ import annotations

import io
import sqlite3
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

Run = Callable[..., Result]
UNDATED = 946_684_800  # the start of 2000, which decks have that were not told the time


def deck(path: Path) -> tuple[int, str]:
    """The time of the notes, and the front of the cards."""
    path.with_suffix(".anki2").write_bytes(zipfile.ZipFile(io.BytesIO(path.read_bytes())).read("collection.anki2"))
    connection = sqlite3.connect(path.with_suffix(".anki2"))
    ((models,),) = connection.execute("select models from col").fetchall()
    ((made,),) = connection.execute("select distinct mod from notes").fetchall()
    connection.close()
    return made, models[models.index('"qfmt"') :]


def test_align_writes_for_learners(run: Run, page: Path, tmp_path: Path) -> None:
    outputs = [argument for suffix in ("html", "epub", "apkg") for argument in ("-o", f"out.{suffix}")]
    result = run("align", page, *outputs, "--first", "zh", "--pinyin")
    assert result.exit_code == 0, result.output
    assert 'data-first="zh" data-pinyin="on"' in (tmp_path / "out.html").read_text("utf-8")
    assert b"<rt>" in zipfile.ZipFile(tmp_path / "out.epub").read("book/text-0001.xhtml")
    made, front = deck(tmp_path / "out.apkg")
    assert front.split("{{")[1].startswith("zh")
    assert abs(made - time.time()) < 1000


def test_convert_does_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("en\tzh\nThe tea is hot.\t茶很烫。\n", "utf-8")
    assert run("convert", "pairs.tsv", "out.html", "--first", "zh", "--pinyin").exit_code == 0
    assert 'data-first="zh" data-pinyin="on"' in (tmp_path / "out.html").read_text("utf-8")
    assert run("convert", "pairs.tsv", "out.apkg").exit_code == 0
    made, front = deck(tmp_path / "out.apkg")
    assert front.split("{{")[1].startswith("en")
    assert made > UNDATED


def test_a_language_that_is_neither_is_refused(run: Run, page: Path, tmp_path: Path) -> None:
    for command in (["align", page, "-o", "out.html"], ["convert", page, "out.html"]):
        result = run(*command, "--first", "fr")
        assert result.exit_code == 2
        assert not (tmp_path / "out.html").exists()
    assert "'fr' can't come first. Choose en or zh." in run("align", page, "-o", "out.html", "--first", "fr").stderr
