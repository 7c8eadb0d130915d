"""Input formats at the command line: documents, two formats at once, tables as ready sentences, times of subtitles."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from typer.testing import Result

Run = Callable[..., Result]
DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"

ENGLISH = "1\n00:00:01,000 --> 00:00:02,500\nThe tea is hot.\n\n2\n00:00:03,000 --> 00:00:04,000\nDrink it slowly.\n"
CHINESE = "WEBVTT\n\n00:01.200 --> 00:02.500\n茶很烫。\n\n01:00:03.000 --> 01:00:04.000\n慢慢喝。\n"


def rows(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


@pytest.mark.parametrize("swapped", [False, True])
def test_times_come_out_in_tables(run: Run, tmp_path: Path, swapped: bool) -> None:
    (tmp_path / "a.srt").write_text(ENGLISH, "utf-8")
    (tmp_path / "b.vtt").write_text(CHINESE, "utf-8")
    inputs = ["b.vtt", "a.srt"] if swapped else ["a.srt", "b.vtt"]
    header, first, second = rows(run("align", *inputs, "-q"))
    assert header[-2:] == ["en_time", "zh_time"]
    assert first[:2] + first[-2:] == [
        "The tea is hot.",
        "茶很烫。",
        "00:00:01.000-00:00:02.500",
        "00:00:01.200-00:00:02.500",
    ]
    assert second[-2:] == ["00:00:03.000-00:00:04.000", "01:00:03.000-01:00:04.000"]
    assert run("align", *inputs, "-q", "-o", "out.jsonl").exit_code == 0
    record = json.loads((tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0])
    assert (record["en_time"], record["zh_time"]) == ([1.0, 2.5], [1.2, 2.5])


def test_other_inputs_have_no_times(run: Run, page: Path) -> None:
    assert rows(run("align", page, "-q"))[0][-1] == "zh_sentences"
    assert run("align", page, "-q", "-o", "out.jsonl").exit_code == 0
    assert "time" not in Path("out.jsonl").read_text("utf-8")


def test_a_document_on_standard_input(run: Run) -> None:
    data = (DOCUMENTS / "libreoffice-table.docx").read_bytes()
    assert rows(run("align", "-", "-q", standard_input=data))[1][:2] == [
        "Why the city hired sixty thousand bees",
        "这座城市为什么雇了六万只蜜蜂",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx><tu><tuv xml:lang="en"><seg>'
        'The tea is hot.</seg></tuv><tuv xml:lang="zh"><seg>茶很烫。</seg></tuv></tu></tmx>',
        "<!DOCTYPE html>\n<title>x</title><p>The tea is hot.<p>茶很烫。",
    ],
)
def test_mark_up_on_standard_input(run: Run, text: str, encoding: str) -> None:
    found = rows(run("align", "-", "-q", standard_input=text.encode(encoding)))
    assert found[1][:2] == ["The tea is hot.", "茶很烫。"]


def test_a_table_of_ready_sentences(run: Run, tmp_path: Path) -> None:
    text = "note\tzh\ten\nx\t茶很烫。请坐。\tThe tea is hot. Sit down.\n\t慢慢喝。\tDrink it slowly.\n"
    (tmp_path / "a.tsv").write_text(text, "utf-8")
    found = rows(run("align", "a.tsv", "--sentences", "-q", "--report", "r.txt"))
    assert [row[:2] for row in found[1:]] == [
        ["The tea is hot. Sit down.", "茶很烫。请坐。"],
        ["Drink it slowly.", "慢慢喝。"],
    ]
    report = Path("r.txt").read_text("utf-8")
    assert "dropped: header row\n        note | zh | en\n" in report
    assert "dropped: outside the two text columns\n        x\n" in report


@pytest.mark.parametrize(
    ("name", "suffix", "message"),
    [
        ("libreoffice.pdf", ".docx", "is a PDF document, not a Word document. Give it the suffix .pdf."),
        ("libreoffice.docx", ".txt", "is a binary file (looks like a Word document). Give it the suffix .docx."),
        ("password.pdf", ".pdf", "is protected by a password."),
    ],
)
def test_what_cannot_be_read_is_one_line(run: Run, tmp_path: Path, name: str, suffix: str, message: str) -> None:
    shutil.copy(DOCUMENTS / name, tmp_path / f"page{suffix}")
    result = run("align", f"page{suffix}", "-o", "out.tmx")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"aligner: page{suffix} {message}")
    assert result.stderr.count("\n") == 1
    assert not Path("out.tmx").exists()


@pytest.mark.parametrize("arguments", [("page.txt", "--glossary", "a.xlsx"), ("a.xlsx", "page.txt", "--sentences")])
def test_a_workbook_where_only_text_is_read_is_not_told_the_suffix_that_it_has(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    (tmp_path / "page.txt").write_text("Tea.\n茶。\n", "utf-8")
    message = "a.xlsx is a binary file (looks like an Excel workbook). Save it as plain text in UTF-8 first."
    assert run("align", *arguments).stderr == f"aligner: {message}\n"


def test_a_workbook_that_holds_formulas_only_says_why_it_is_empty(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["=A2", "=B2"])
    book.save(tmp_path / "a.xlsx")
    result = run("align", "a.xlsx")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Warning: a.xlsx: formulas without a saved result, read as empty; "
        "open the workbook in a spreadsheet program and save it: 2",
        "aligner: no text found in a.xlsx: it is empty.",
    ]
