"""XLSX: what a reviewer sees, text that stays text, and what a sheet can't hold."""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from aligner.data import Unit
from aligner.errors import OutputError
from aligner.exporting import ExportSettings, xlsx
from aligner.exporting.settings import Written
from aligner.exporting.xlsx import write_xlsx


def written(units: Iterable[Unit], settings: ExportSettings | None = None) -> tuple[Any, Written]:
    stream = io.BytesIO()
    result = write_xlsx(units, stream, settings or ExportSettings())
    return load_workbook(stream), result


def test_what_a_reviewer_sees() -> None:
    units = [Unit("Tea.", "茶。", 0.98765, "2-1", (0, 1), (0,)), Unit("Milk.", "牛奶。", note="Cold?")]
    book, result = written(units, ExportSettings(title="page"))
    sheet = book["Pairs"]
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["English", "Chinese", "Confidence", "Bead", "English sentences", "Chinese sentences", "Note"],
        ["Tea.", "茶。", 0.9877, "2-1", "0,1", "0", None],
        ["Milk.", "牛奶。", None, None, None, None, "Cold?"],
    ]
    assert result == Written(2)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G3"
    assert sheet.column_dimensions["A"].width > 60
    assert sheet["A2"].alignment.wrap_text and sheet["G2"].alignment.wrap_text
    assert sheet["A1"].font.bold
    assert book.properties.title == "page"


def test_rows_are_as_high_as_their_text() -> None:
    texts = [("Tea.", "茶。"), ("tea " * 40, "茶。"), ("Tea.", "茶" * 40), ("a\nb\nc", "茶。"), ("tea " * 9000, "茶。")]
    book, _ = written([Unit(en, zh) for en, zh in texts])
    heights = [book["Pairs"].row_dimensions[row].height for row in range(2, 7)]
    assert heights == [None, 45, 30, 45, 405]


def test_confidence_is_coloured() -> None:
    book, _ = written([Unit("Tea.", "茶。", 0.5)] * 3)
    ((area, rules),) = book["Pairs"].conditional_formatting._cf_rules.items()
    assert str(area.sqref) == "C2:C4"
    ordered = sorted(rules, key=lambda rule: rule.priority)
    assert [(rule.type, rule.operator, rule.formula[-1:], rule.stopIfTrue) for rule in ordered][1:] == [
        ("cellIs", "greaterThanOrEqual", ["0.9"], True),
        ("cellIs", "greaterThanOrEqual", ["0.7"], True),
        ("cellIs", "lessThan", ["0.7"], True),
    ]
    assert ordered[0].type == "containsBlanks" and ordered[0].dxf is None, "unknown is not low"
    assert len({rule.dxf.fill.bgColor.rgb for rule in ordered[1:]}) == 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "http://example.org", "mailto:a", "{=1}", "internal:A1"])
def test_text_is_never_a_formula_a_number_or_a_link(text: str) -> None:
    book, _ = written([Unit(text, "3.14", note=text)])
    for cell, value in zip((book["Pairs"][name] for name in ("A2", "B2", "G2")), (text, "3.14", text), strict=True):
        assert (cell.value, cell.data_type, cell.hyperlink) == (value, "s", None)
    assert bool(book["Pairs"]["A2"].quotePrefix) == (text[0] in "=+-@")


def test_a_date_is_written_only_when_given() -> None:
    assert written([])[0].properties.created.year == 1980
    assert written([], ExportSettings(created=datetime(2024, 5, 6, tzinfo=UTC)))[0].properties.created.year == 2024


@pytest.mark.parametrize(("character", "room"), [("a", 32_767), ("水", 32_767), ("𠀀", 16_383)])
def test_text_too_long_for_a_cell_is_cut_and_counted(character: str, room: int) -> None:
    book, result = written([Unit(character * room, "水"), Unit(character * (room + 1), "水")])
    assert [cell.value for cell in book["Pairs"]["A"][1:]] == [character * room] * 2
    assert result.notes == ("texts cut to the 32,767 characters that a cell holds: 1",)


def test_more_pairs_than_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    assert written([Unit("Tea.", "茶。")] * 3)[1].count == 3
    with pytest.raises(OutputError, match=r"at most 3 pairs\. Write CSV or Parquet instead"):
        written([Unit("Tea.", "茶。")] * 4)


def test_control_characters_are_escaped_as_the_format_says() -> None:
    stream = io.BytesIO()
    write_xlsx([Unit("a\x01\r_x0041_\uffff\ud800", "水")], stream, ExportSettings())
    sheet = ZipFile(stream).read("xl/worksheets/sheet1.xml").decode()
    assert "a_x0001__x000D__x005F_x0041__xFFFF_\ufffd" in sheet
