"""``--report``: what became of every line, in three forms."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import Result

from aligner.cli.summary import percent

Run = Callable[..., Result]

PAGE = """News: The tea is hot. Nobody has translated this sentence.
<script>alert("&amp;")</script> 12:30

Drink it slowly.
茶很烫。
慢慢喝。
***
"""


def ink(*texts: str) -> Counter[str]:
    return Counter("".join("".join(texts).split()))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, "utf-8")
    return path


def test_every_line_has_its_fate_in_order(run: Run, page: Path, tmp_path: Path) -> None:
    assert run("align", page, "-o", "a.tsv", "--report", "report.jsonl").exit_code == 0
    records = [json.loads(line) for line in (tmp_path / "report.jsonl").open(encoding="utf-8")]
    assert [record["line"] for record in records] == sorted(record["line"] for record in records)
    assert {record["line"] for record in records} == {1, 2, 4, 5, 6, 7}
    assert ink(*(record["text"] for record in records)) == ink(PAGE)
    assert {record["file"] for record in records} == {str(page)}
    kept = {record["text"]: record for record in records if record["fate"] == "kept"}
    assert kept["Drink it slowly."]["pair"] == kept["慢慢喝。"]["pair"] == 2
    assert all(0.5 <= record["confidence"] <= 1 and record["reason"] == "" for record in kept.values())
    dropped = {record["text"]: record for record in records if record["fate"] == "dropped"}
    assert dropped["***"]["reason"] == "no English or Chinese words in it"
    assert all(record["pair"] is record["confidence"] is None for record in dropped.values())
    assert len(kept) + len(dropped) == len(records)
    assert (kept["慢慢喝。"]["language"], kept["Drink it slowly."]["language"]) == ("zh", "en")
    assert dropped["***"]["language"] == ""


def test_parts_of_a_line_come_in_their_order(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("The tea is hot. Mr. Zhang is 82. Drink it slowly.\n茶很烫。慢慢喝。\n", "utf-8")
    assert run("align", "page.txt", "--report", "report.jsonl").exit_code == 0
    texts = [json.loads(line)["text"] for line in (tmp_path / "report.jsonl").open(encoding="utf-8")]
    assert texts == ["The tea is hot.", "Mr. Zhang is 82.", "Drink it slowly.", "茶很烫。", "慢慢喝。"]


def test_the_texts_of_a_row_come_in_their_order(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("n\ten\tzh\n1\tThe tea is hot.\t茶很烫。\n2\tDrink it slowly.\t慢慢喝。\n", "utf-8")
    assert run("align", "a.tsv", "--report", "report.jsonl").exit_code == 0
    texts = [json.loads(line)["text"] for line in (tmp_path / "report.jsonl").open(encoding="utf-8")]
    assert texts == ["n | en | zh", "The tea is hot.", "茶很烫。", "1", "Drink it slowly.", "慢慢喝。", "2"]


def test_two_files_are_told_apart(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e.txt").write_text("The tea is hot.\n12:30\n", "utf-8")
    (tmp_path / "z.txt").write_text("茶很烫。\n", "utf-8")
    assert run("align", "e.txt", "z.txt", "--report", "report.jsonl").exit_code == 0
    records = [json.loads(line) for line in (tmp_path / "report.jsonl").open(encoding="utf-8")]
    assert [(record["file"], record["line"]) for record in records] == [("e.txt", 1), ("e.txt", 2), ("z.txt", 1)]


def test_ready_sentences_are_reported_by_number(run: Run, tmp_path: Path) -> None:
    (tmp_path / "z").write_text("茶很烫。\n\n慢慢喝。\n", "utf-8")
    (tmp_path / "e").write_text("The tea is hot.\nDrink it slowly.\n", "utf-8")
    assert run("align", "z", "e", "--sentences", "--report", "report.jsonl").exit_code == 0
    records = [json.loads(line) for line in (tmp_path / "report.jsonl").open(encoding="utf-8")]
    assert [(record["file"], record["line"]) for record in records] == [("z", 1), ("z", 3), ("e", 1), ("e", 2)]


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 0, "0%"), (0, 9, "0%"), (9, 9, "100%"), (1, 1000, "1%"), (999, 1000, "99%"), (1, 2, "50%")],
)
def test_shares_in_words(part: int, whole: int, expected: str) -> None:
    assert percent(part, whole) == expected


def test_as_text(run: Run, page: Path, tmp_path: Path) -> None:
    assert run("align", page, "--report", "report.txt").exit_code == 0
    lines = (tmp_path / "report.txt").read_text("utf-8").splitlines()
    assert re.fullmatch(r"In pairs: \d\d% of the English and 100% of the Chinese\.", lines[0])
    assert lines[2] == str(page)
    place = lines.index("        Drink it slowly.")
    assert lines[place - 1].startswith("     4  kept in pair 2, confidence ")
    assert lines[-2:] == ["     7  dropped: no English or Chinese words in it", "        ***"]


def test_what_holds_no_parallel_text_is_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("The tea is hot.\n\nDrink it slowly.\n", "utf-8")
    result = run("align", "page.txt", "-o", "a.tsv", "--report", "report.txt")
    assert result.exit_code == 1
    assert not (tmp_path / "a.tsv").exists()
    assert (tmp_path / "report.txt").read_text("utf-8") == (
        "In pairs: 0% of the English and 0% of the Chinese.\n\npage.txt\n\n"
        "     1  dropped: no Chinese text found in page.txt: nothing to align\n        The tea is hot.\n"
        "     3  dropped: no Chinese text found in page.txt: nothing to align\n        Drink it slowly.\n"
    )


def test_that_no_pair_is_sure_enough_is_reported(run: Run, page: Path, tmp_path: Path) -> None:
    result = run("align", page, "--min-confidence", "1", "--report", "report.jsonl")
    assert result.exit_code == 1
    records = [json.loads(line) for line in (tmp_path / "report.jsonl").open(encoding="utf-8")]
    assert ink(*(record["text"] for record in records)) == ink(PAGE)
    assert {record["fate"] for record in records} == {"dropped"}


class Cells(HTMLParser):
    """Collects the cells of a table, and the names of all elements."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.elements: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.rstrip("\n")


def test_as_a_page_of_its_own(run: Run, page: Path, tmp_path: Path) -> None:
    assert run("align", page, "--report", "report.html").exit_code == 0
    content = (tmp_path / "report.html").read_text("utf-8")
    assert content.startswith("<!DOCTYPE html>")
    assert "//" not in content.replace(str(page), ""), "nothing is loaded from elsewhere"
    cells = Cells()
    cells.feed(content)
    rows = [row for row in cells.rows if row]
    assert ink(*(row[2] for row in rows)) == ink(PAGE)
    assert [int(row[1]) for row in rows] == sorted(int(row[1]) for row in rows)
    assert "script" not in cells.elements
    assert re.search(r"<p>In pairs: \d\d% of the English and 100% of the Chinese\. Sentences in pairs: 4\.", content)
    assert "<li>1 × no English or Chinese words in it</li>" in content
    assert any('<script>alert("&amp;")</script>' in row[2] for row in rows)


def test_several_reports_at_once(run: Run, page: Path) -> None:
    names = ["a.txt", "b.html", "c.jsonl"]
    result = run("align", page, *(part for name in names for part in ("--report", name)))
    assert result.exit_code == 0
    assert all(Path(name).stat().st_size for name in names)
    assert "a.txt is named for two outputs" in run("align", page, "--report", "a.txt", "--report", "a.txt").stderr
