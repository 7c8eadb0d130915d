"""Tables and translation memories: which columns, which rows, and cells as they are."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.data import Document, Unit
from aligner.errors import InputError
from aligner.exporting import FORMATS, ExportSettings
from aligner.reading import TABLES, read_bytes, read_document, read_parallel

DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"


def read(text: str | bytes, suffix: str = ".tsv") -> Document:
    data = text if isinstance(text, bytes) else text.encode()
    return read_bytes(data, f"table{suffix}", suffix=suffix, encoding="utf-8" if isinstance(text, str) else None)


def lines(document: Document) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in document.lines]


def skipped(document: Document) -> list[tuple[int, str, str]]:
    return [(entry.line, entry.reason, entry.text) for entry in document.skipped]


HEADER, OTHER = "header row", "outside the two text columns"


@pytest.mark.parametrize(
    "header",
    [
        "en\tzh",
        "English\tChinese",
        "source\ttarget",
        "en-US\tzh-CN",
        "英文\t中文",
        "原文\t译文",
        "EN\tZH_tw",
        "Source: en\tTarget: zh",
    ],
)
def test_a_header_row_is_noticed(header: str) -> None:
    document = read(f"{header}\nThe tea is hot.\t茶很烫。\n")
    assert lines(document) == [(2, "The tea is hot."), (2, "茶很烫。")]
    assert [entry.reason for entry in document.skipped] == [HEADER]


@pytest.mark.parametrize("first", ["Tea\t茶", "The English are coming.\t英国人来了。", "Chinese tea\t中国茶"])
def test_a_row_of_text_is_no_header(first: str) -> None:
    assert read(f"{first}\nThe tea is hot.\t茶很烫。\n").lines[0].text == first.split("\t")[0]


def test_columns_in_any_place_and_what_is_beside_them() -> None:
    document = read("No.\t中文\tsure\tEnglish\tok\n1\t茶很烫。\t0.98\tThe tea is hot.\t\n2\t慢慢喝。\t0.5\t\t\n")
    assert lines(document) == [(2, "茶很烫。"), (2, "The tea is hot."), (3, "慢慢喝。")]
    assert skipped(document) == [
        (1, HEADER, "No. | 中文 | sure | English | ok"),
        (2, OTHER, "1 | 0.98"),
        (3, OTHER, "2 | 0.5"),
    ]


def languages(text: str) -> list[tuple[str, str]]:
    rest = "".join(f"Sentence number {i}.\t第{i}句话。\n" for i in range(9))
    return [(line.text, line.language) for line in read(text + rest).lines[:-18]]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("{{name}}\t{{name}}\n", [("{{name}}", "en"), ("{{name}}", "zh")]),
        ("微信\tWeChat 微信\n", [("微信", "en"), ("WeChat 微信", "zh")]),
        ("2018\t2018年\n", [("2018", "en"), ("2018年", "zh")]),
        ("茶很烫。\tThe tea is hot.\n", [("茶很烫。", "zh"), ("The tea is hot.", "en")]),
        ("\tThe tea is hot.\n", [("The tea is hot.", "en")]),
        ("The tea is hot.\t\n", [("The tea is hot.", "en")]),
        ("Chapter one 第一章\t\n", [("Chapter one 第一章", "")]),
        ("OK\t\n", [("OK", "en")]),
        ("12:30\t\n", [("12:30", "")]),
    ],
)
def test_the_column_says_the_language(row: str, expected: list[tuple[str, str]]) -> None:
    assert languages(row) == expected


def test_a_source_that_was_copied_to_the_target_is_not_translated() -> None:
    rows = "en\tzh\nThe tea is hot.\t茶很烫。\nDrink it slowly, if you please.\tDrink it slowly, if you please.\n"
    document = read(rows + "大桥冬天不开放。\t大桥冬天不开放。\nSan Francisco Bay Area\tSan Francisco Bay Area\n")
    assert [number for number, _ in lines(document)] == [2, 2, 5, 5]
    assert skipped(document) == [
        (3, "not translated: the same text in both columns", "Drink it slowly, if you please."),
        (4, "not translated: the same text in both columns", "大桥冬天不开放。"),
        (1, HEADER, "en | zh"),
    ]


def test_a_heading_in_another_column_is_text() -> None:
    document = read("Chapter one\t\t\n1\tThe tea is hot.\t茶很烫。\n")
    assert lines(document)[0] == (1, "Chapter one")


def test_one_column_of_one_language() -> None:
    assert lines(read("茶很烫。\n\n慢慢喝。\n")) == [(1, "茶很烫。"), (3, "慢慢喝。")]


def test_both_languages_in_one_cell() -> None:
    document = read('No.,Text\n1,"The tea is hot.\n茶很烫。"\n', ".csv")
    assert [(line.number, line.opens, line.text) for line in document.lines] == [
        (2, True, "The tea is hot."),
        (2, True, "茶很烫。"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Really?"\t“真的吗？”\n', ['"Really?"', "“真的吗？”"]),
        (
            '"Really?" he asked.\t“真的吗？”他问。\n"No."\t不。\n',
            ['"Really?" he asked.', "“真的吗？”他问。", '"No."', "不。"],
        ),
        ('"""Really?"" he asked."\t“真的吗？”他问。\n', ['"Really?" he asked.', "“真的吗？”他问。"]),
        ('"a\tb"\t水。\n', ["a\tb", "水。"]),
        ('"a"\t"水。"\n', ["a", "水。"]),
        ('5" pipe\t五英寸管\n', ['5" pipe', "五英寸管"]),
    ],
)
def test_quotation_marks_in_tsv(text: str, expected: list[str]) -> None:
    assert [line.text for line in read(text).lines] == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_has_one_of_three_delimiters(delimiter: str) -> None:
    text = delimiter.join(["en", "zh"]) + "\n" + delimiter.join(['"Tea, hot; very."', '"茶，""烫"""']) + "\n"
    assert lines(read(text, ".csv")) == [(2, "Tea, hot; very."), (2, '茶，"烫"')]


def test_the_line_by_which_excel_tells_the_delimiter() -> None:
    assert lines(read("sep=;\r\nen;zh\r\nTea, hot;茶\r\n", ".csv")) == [(3, "Tea, hot"), (3, "茶")]


def test_a_very_long_field() -> None:
    limit = csv.field_size_limit(131_072)
    assert lines(read(f"{'tea ' * 100_000},{'茶' * 200_000}\n", ".csv"))[1] == (1, "茶" * 200_000)
    csv.field_size_limit(limit)


def test_numbers_of_rows_are_those_of_the_file() -> None:
    assert lines(read('en,zh\n"a\nb",水。\n\nc,来。\n', ".csv")) == [
        (2, "a"),
        (2, "b"),
        (2, "水。"),
        (5, "c"),
        (5, "来。"),
    ]


def xlsx(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_sheets_follow_each_other() -> None:
    document = read(xlsx([("en", "zh"), (), ("Tea.", "茶。")], [], [(2018, "2018年"), ("Water.", "水。")]), ".xlsx")
    assert lines(document) == [(3, "Tea."), (3, "茶。"), (4, "2018"), (4, "2018年"), (5, "Water."), (5, "水。")]


def test_hidden_sheets_are_left_out() -> None:
    book = openpyxl.Workbook()
    book.active.append(("Tea.", "茶。"))
    hidden = book.create_sheet()
    hidden.append(("List", "名单"))
    hidden.sheet_state = "veryHidden"
    book.create_sheet().append(("Water.", "水。"))
    document = read(saved(book), ".xlsx")
    assert lines(document) == [(1, "Tea."), (1, "茶。"), (3, "Water."), (3, "水。")]
    assert skipped(document) == [(2, "hidden sheet", "List | 名单")]


def test_what_cells_hold_besides_text() -> None:
    moment = datetime(2018, 9, 29, 12, 30)
    rows = [("Tea_x0009_hot.", "茶。"), (datetime(2018, 9, 29), "日期"), (moment, "时间"), (True, "是"), (1.5, "数")]
    document = read(xlsx(rows), ".xlsx")
    assert [line.text for line in document.lines if line.language == "en"] == [
        "Tea\thot.", "2018-09-29", "2018-09-29 12:30:00", "True", "1.5",
    ]  # fmt: skip


@pytest.mark.filterwarnings("error")
def test_a_date_out_of_range_is_no_warning() -> None:
    book = openpyxl.Workbook()
    book.active.append(("The tea is hot.", "茶。", 99_999_999_999))
    book.active["C1"].number_format = "yyyy-mm-dd"
    assert lines(read(saved(book), ".xlsx")) == [(1, "The tea is hot."), (1, "茶。")]


CELL = '<c r="A1"{}>{}</c><c r="B1" t="inlineStr"><is><t>茶。</t></is></c>'


@pytest.mark.parametrize(
    ("attributes", "content", "unsaved"),
    [
        ("", "<f>1+1</f>", 1),
        ("", "<f>1+1</f><v/>", 1),
        ("", "<f>1+1</f><v></v>", 1),
        ("", '<f t="shared" si="0"/>', 1),
        (' s="1"', '<f t="array" ref="A1">A2</f>', 1),
        ("", "<f>1+1</f><v>2</v>", 0),
        (' t="str"', "<f>T(A2)</f><v></v>", 0),
        (' t="str"', "<f>T(A2)</f><v>Tea.</v>", 0),
        ("", "<v>2</v>", 0),
    ],
)
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_formulas_without_a_saved_result_are_told(attributes: str, content: str, unsaved: int, prefix: str) -> None:
    sheet = f'<worksheet><sheetData><row r="1">{CELL.format(attributes, content)}</row></sheetData></worksheet>'
    space = "xmlns:x" if prefix else "xmlns"
    sheet = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", sheet).replace(
        f"<{prefix}worksheet",
        f'<{prefix}worksheet {space}="http://schemas.openxmlformats.org/spreadsheetml/2006/main"',
        1,
    )
    data = changed(xlsx([("Tea.", "茶。")]), {"xl/worksheets/sheet1.xml": sheet})
    warnings = read(data, ".xlsx").warnings
    advice = "read as empty; open the workbook in a spreadsheet program and save it: 1"
    assert warnings == ((f"table.xlsx: formulas without a saved result, {advice}",) if unsaved else ())


def test_many_formulas_without_a_saved_result() -> None:
    book = openpyxl.Workbook()
    for row in range(1, 20_001):
        book.active.append((f'="Tea number "&{row}', "茶。"))
    assert read(saved(book), ".xlsx").warnings[0].endswith(": 20,000")


def changed(data: bytes, members: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, members.get(name) or old.read(name))
    return stream.getvalue()


def test_the_strict_form_of_office_is_read() -> None:
    """As Excel saves "Strict Open XML": the same elements under other addresses."""
    usual = xlsx([("English", "Chinese"), ("The tea is hot.", "茶很烫。")])
    with zipfile.ZipFile(io.BytesIO(usual)) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    pattern = re.compile(r"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument|drawingml)/2006/")
    strict = {name: pattern.sub(r"http://purl.oclc.org/ooxml/\1/", text) for name, text in members.items()}
    assert strict["xl/workbook.xml"] != members["xl/workbook.xml"]
    assert lines(read(changed(usual, strict), ".xlsx")) == [(2, "The tea is hot."), (2, "茶很烫。")]


def test_a_table_of_ours_gives_its_texts_back() -> None:
    texts = [("=1+1", "'=1+1"), ("'Tis so.", "'- 好的。"), ("- Tea?", "-茶？"), ("'@home' is a word.", "＝号")]
    for suffix in (".csv", ".xlsx"):
        stream = io.BytesIO()
        write = FORMATS[suffix].write_units
        assert write
        write([Unit(en, zh, 0.9, "1-1") for en, zh in texts], stream, ExportSettings())
        cells = [row.cells[:2] for row in TABLES[suffix](stream.getvalue(), "a", None, 0).rows]
        assert cells == texts


def test_apostrophes_in_other_tables_are_text() -> None:
    text = "en,zh\n'- Tea?' is a line.,'- 茶？'是台词。\n"
    assert [line.text for line in read(text, ".csv").lines] == ["'- Tea?' is a line.", "'- 茶？'是台词。"]


def test_merged_cells_give_their_text_once() -> None:
    document = read_document(DOCUMENTS / "libreoffice.xlsx")
    assert lines(document)[0] == (1, "The bridge 大桥")
    both = [text for number, text in lines(document) if number == 5]
    assert len(both) == 2
    assert [text for number, text in lines(document) if number == 6] == [
        "空气流过栏杆时，会有小小的漩涡脱落，先在一边，再在另一边。"
    ]
    assert skipped(document)[0] == (2, HEADER, "No. | English | 中文 | Remark")


def tmx(body: str) -> str:
    return f'<?xml version="1.0"?><tmx version="1.4"><header/><body>{body}</body></tmx>'


def test_tmx() -> None:
    unit = '<tu><note>n</note><tuv xml:lang="{}"><seg>{}</seg></tuv><tuv lang="{}"><seg>{}</seg></tuv></tu>'
    document = read(
        tmx(
            unit.format(
                "zh-Hant",
                "茶<bpt i='1'>&lt;b&gt;</bpt>很<hi>燙</hi><ept i='1'>&lt;/b&gt;</ept>。",
                "EN",
                "Tea &amp; water.",
            )
            + unit.format("en_GB", "Water.", "de-DE", "Wasser.")
            + unit.format("en-US", "Color.", "en-GB", "Colour.")
        ),
        ".tmx",
    )
    assert lines(document) == [(1, "Tea & water."), (1, "茶很燙。"), (2, "Water."), (3, "Color.")]
    assert skipped(document) == [(2, "in the language de-DE", "Wasser."), (3, "further text in en-GB", "Colour.")]


def test_xliff() -> None:
    old = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
    <file source-language="zh-CN" target-language="en"><body>
    <trans-unit id="1"><source>茶<g id="1">很烫</g>。<x id="2"/></source>
    <target>The <ph id="1">&lt;b></ph>tea.</target>
    <alt-trans><target>Coffee.</target></alt-trans></trans-unit></body></file>
    <file source-language="en"><body><group><trans-unit id="2"><source>Water.</source></trans-unit></group></body>
    </file></xliff>"""
    assert lines(read(old, ".xlf")) == [(1, "The tea."), (1, "茶很烫。"), (2, "Water.")]
    new = """<xliff version="2.0" srcLang="en" trgLang="zh" xmlns="urn:oasis:names:tc:xliff:document:2.0">
    <file id="f"><unit id="1">
    <segment><source>The <pc id="1">tea</pc>.<ph id="2"/></source><target>茶。</target></segment>
    <ignorable><source> </source></ignorable>
    <segment><source>Hot.</source><target>烫。</target></segment></unit></file></xliff>"""
    assert lines(read(new, ".xliff")) == [(1, "The tea."), (1, "茶。"), (2, "Hot."), (2, "烫。")]


def test_cells_stay_whole_as_ready_sentences(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("n\tzh\ten\n1\t茶很烫。请坐。\tThe tea is hot. Sit down.\n\n2\t慢慢喝。\t\n标题\t\t\n", "utf-8")
    english, chinese = read_parallel(path)
    assert [line.text for line in english.lines] == ["The tea is hot. Sit down.", "", ""]
    assert [line.text for line in chinese.lines] == ["茶很烫。请坐。", "慢慢喝。", ""]
    reasons = [(entry.line, entry.text) for entry in english.skipped]
    assert reasons == [(1, "n | zh | en"), (2, "1"), (4, "2"), (5, "标题")]


def test_ready_sentences_need_both_languages(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\nc,d\n")
    with pytest.raises(InputError, match=r"a\.csv has no column of Chinese text\. Give the two texts as two files"):
        read_parallel(tmp_path / "a.csv")


CELLS = st.text(st.sampled_from("ab水。\"',;\t\n "), min_size=1).filter(lambda cell: bool(cell.strip()))


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1))
def test_csv_gives_back_what_was_written(rows: list[tuple[str, str]]) -> None:
    rows = [(f"English sentence {i} a{en}", f"中文句子。{zh}") for i, (en, zh) in enumerate(rows)]
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    table = TABLES[".csv"](stream.getvalue().encode(), "a.csv", "utf-8", 0)
    assert [row.cells for row in table.rows] == rows
    joined = "".join(line.text for line in read(stream.getvalue(), ".csv").lines)
    assert "".join(joined.split()) == "".join("".join(map("".join, rows)).split())


@given(st.lists(st.tuples(*[st.text(st.sampled_from("ab水。\"', "))] * 2), min_size=1))
def test_tsv_without_quoting_gives_back_what_was_written(rows: list[tuple[str, str]]) -> None:
    rows = [(f"a {en} English", f"中文 {zh} 句子") for en, zh in rows]
    text = "".join(f"{en}\t{zh}\n" for en, zh in rows)
    table = TABLES[".tsv"](text.encode(), "a.tsv", "utf-8", 0)
    assert [row.cells for row in table.rows] == rows
