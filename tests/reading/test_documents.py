"""DOCX and EPUB: what other programs put into them, and where it comes out."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from aligner.data import Document
from aligner.reading import read_bytes, read_document

DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"
A = "w:id='1' w:author='a'"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def texts(document: Document) -> list[str]:
    return [line.text.strip() for line in document.lines]


def skipped(document: Document) -> list[tuple[str, str]]:
    return [(entry.reason, entry.text) for entry in document.skipped]


def word(*paragraphs: str) -> Document:
    """A Word document with these paragraphs, given as the XML in them."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.element.body.insert(-1, parse_xml(f"<w:p {W}>{paragraph}</w:p>"))
    stream = io.BytesIO()
    document.save(stream)
    return read_bytes(stream.getvalue(), "page.docx", suffix=".docx")


def run(text: str, properties: str = "") -> str:
    return f"<w:r>{properties}<w:t xml:space='preserve'>{text}</w:t></w:r>"


RUNS = [
    (run("The ") + run("tea"), ["The tea"]),
    (f"<w:ins {A}>{run('in')}</w:ins><w:del {A}><w:r><w:delText>out</w:delText></w:r></w:del>", ["in"]),
    (f"<w:moveFrom {A}>{run('from')}</w:moveFrom><w:moveTo {A}>{run('to')}</w:moveTo>", ["to"]),
    (f"<w:hyperlink>{run('link')}</w:hyperlink>", ["link"]),
    (f"<w:sdt><w:sdtContent>{run('control')}</w:sdtContent></w:sdt>", ["control"]),
    (f"<w:smartTag>{run('smart')}</w:smartTag><w:fldSimple w:instr='PAGE'>{run('7')}</w:fldSimple>", ["smart7"]),
    ("<w:r><w:instrText>TOC</w:instrText></w:r>" + run("a"), ["a"]),
    ("<w:r><w:t>a</w:t><w:br/><w:t>B</w:t><w:br/><w:t>c</w:t></w:r>", ["a", "B", "c"]),
    ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t></w:r>", ["a\tb-c"]),
    (f"<w:r><w:ruby><w:rt>{run('chá')}</w:rt><w:rubyBase>{run('茶')}</w:rubyBase></w:ruby></w:r>", ["茶"]),
    (run("seen") + run("not", "<w:rPr><w:vanish/></w:rPr>"), ["seen"]),
    (run("seen too", "<w:rPr><w:vanish w:val='0'/></w:rPr>"), ["seen too"]),
    (f"<w:r><w:pict><w:txbxContent><w:p>{run('b')}</w:p></w:txbxContent></w:pict></w:r>{run('a')}", ["a", "b"]),
]


@pytest.mark.parametrize(("paragraph", "expected"), RUNS, ids=range(len(RUNS)))
def test_the_text_of_a_paragraph(paragraph: str, expected: list[str]) -> None:
    assert texts(word(paragraph)) == expected


def test_lines_of_a_paragraph_go_on_in_lower_case() -> None:
    document = word("<w:r><w:t>The tea,</w:t><w:br/><w:t>it is hot.</w:t><w:br/><w:t>Sit down.</w:t></w:r>")
    assert [line.opens for line in document.lines] == [True, False, True]


def test_what_libreoffice_writes() -> None:
    document = read_document(DOCUMENTS / "libreoffice.docx")
    assert texts(document)[-8:] == [
        "The boat has a name\tand a flag.",
        "It is grey.",
        "这艘船有名字和旗帜。",
        "它是灰色的。",
        "Tickets are sold on board.",
        "船票在船上出售。",
        "The bridge was closed in winter.",
        "大桥冬天不开放。",
    ]
    assert skipped(document) == [("hidden text", "Nobody sees this."), ("page header", "Draft of the contract")]


def test_the_columns_of_a_table_stay_in_order() -> None:
    lines = texts(read_document(DOCUMENTS / "libreoffice-table.docx"))
    assert lines[:4] == [
        "Why the city hired sixty thousand bees",
        "这座城市为什么雇了六万只蜜蜂",
        "They work from sunrise to sunset, take no holidays and cost less than a single street sweeper.",
        "它们从日出工作到日落，从不休假，花费还不如一名清洁工。",
    ]
    assert len(lines) == 20


def table(*rows: str) -> Document:
    """A Word document with one table; cells are parted by bars, and a cell that begins with ``=`` spans two columns."""

    def cell(text: str) -> str:
        span = "<w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" if text.startswith("=") else ""
        return f"<w:tc>{span}{''.join(f'<w:p>{run(part)}</w:p>' for part in text.lstrip('=').split('/'))}</w:tc>"

    cells = "".join(f"<w:tr>{''.join(map(cell, row.split('|')))}</w:tr>" for row in rows)
    document = docx.Document()
    document.element.body.insert(-1, parse_xml(f"<w:tbl {W}>{cells}</w:tbl>"))
    stream = io.BytesIO()
    document.save(stream)
    return read_bytes(stream.getvalue(), "page.docx", suffix=".docx")


def test_the_columns_of_a_table_of_two_texts_say_the_language() -> None:
    document = table(
        "English|No.|Chinese",
        "{{name}} joined|1|{{name}} 已加入",
        "=Chapter one 第一章|",
        "WeChat|2|WeChat",
        "Share/Save|3|分享/保存",
        "@everyone|4|@everyone 请看。",
    )
    expected = ["English:", "No.:", "Chinese:", "{{name}} joined:en", "1:", "{{name}} 已加入:zh", "Chapter one 第一章:"]
    expected += ["WeChat:en", "2:", "WeChat:zh", "Share:en", "Save:en", "3:", "分享:zh", "保存:zh"]
    expected += ["@everyone:en", "4:", "@everyone 请看。:zh"]
    assert [f"{line.text}:{line.language}" for line in document.lines] == expected


@pytest.mark.parametrize(
    "rows",
    [
        ("The tea is hot.|茶很烫。",),
        ("The tea is hot.|Drink it slowly.", "茶很烫。|慢慢喝。"),
        ("Tea|12", "Water|13"),
        ("", ""),
        ("|".join(["Tea", *["茶"] * 70]),) * 3,
    ],
)
def test_other_tables_say_nothing(rows: tuple[str, ...]) -> None:
    assert {line.language for line in table(*rows).lines} <= {""}


def book(spine: str, **chapters: str) -> Document:
    items = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="text/html"/>' for name in chapters)
    items += '<item id="lost" href="lost.xhtml" media-type="text/html"/>'
    references = "".join(f'<itemref idref="{name}"/>' for name in spine.split())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("META-INF/container.xml", '<container><rootfile full-path="book.opf"/></container>')
        archive.writestr("book.opf", f"<package><manifest>{items}</manifest><spine>{references}</spine></package>")
        for name, content in chapters.items():
            archive.writestr(f"{name}.xhtml", content)
    return read_bytes(stream.getvalue(), "book.epub", suffix=".epub")


def test_chapters_come_in_the_order_of_the_spine_and_once() -> None:
    document = book("c a c", a="<html><p>A</p></html>", b="<html><p>B</p></html>", c="<html><p>C</p></html>")
    assert texts(document) == ["C", "A"]


def test_a_missing_chapter_is_reported() -> None:
    document = book("lost a", a="<html><p>A</p></html>")
    assert texts(document) == ["A"]
    assert document.warnings == ("book.epub: the chapter lost.xhtml is named in the book but missing from it",)


def test_odd_addresses_of_chapters() -> None:
    """Percent-encoded, in other letters, with a place in the page, in a folder, and with names not said to be UTF-8."""
    members = {
        "OEBPS/a b.opf": "",
        "OEBPS/ch 1.xhtml": "one",
        "OEBPS/Text/章.xhtml": "two",
        "OEBPS/100%.xhtml": "three",
    }
    members |= {"OEBPS/Notes.xhtml": "four", "OEBPS/literal%20.xhtml": "five", "OEBPS/page.xhtml": "six"}
    addresses = ["ch%201.xhtml", "Text/%E7%AB%A0.xhtml#part", "100%25.xhtml", "./notes.xhtml", "literal%20.xhtml"]
    items = "".join(f'<item id="i{n}" href="{a}" media-type="application/xhtml+xml"/>' for n, a in enumerate(addresses))
    items += '<item id="i5" href="a.svg" media-type="image/svg+xml" fallback="page"/><item id="i6" href="b.png" />'
    items += '<item id="page" href="page.xhtml" media-type="application/xhtml+xml"/><item id="r" fallback="r"/>'
    spine = "".join(f'<itemref idref="{name}" linear="no"/>' for name in [*(f"i{n}" for n in range(7)), "r", "gone"])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        container = '<container><rootfiles><rootfile full-path="OEBPS/a%20b.opf"/></rootfiles></container>'
        archive.writestr("META-INF/container.xml", container)
        for name, text in members.items():
            package = f'<package version="2.0"><manifest>{items}</manifest><spine toc="ncx">{spine}</spine></package>'
            archive.writestr(name, f"<html><p>{text}</p></html>" if text else package)
    data = stream.getvalue()
    unflagged = data.replace(b"\x00\x08", b"\x00\x00")  # the mark that a name is in UTF-8
    for content in (data, unflagged):
        document = read_bytes(content, "book.epub", suffix=".epub")
        assert texts(document) == ["one", "two", "three", "four", "five", "six"]
        assert document.warnings == ("book.epub: the chapter gone is named in the book but missing from it",)


def test_the_strict_form_of_office_is_read() -> None:
    document = docx.Document()
    document.add_paragraph("The tea is hot.")
    document.add_table(1, 1).cell(0, 0).text = "茶很烫。"
    usual, strict = io.BytesIO(), io.BytesIO()
    document.save(usual)
    pattern = re.compile(rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument|drawingml)/2006/")
    with zipfile.ZipFile(usual) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            new.writestr(name, pattern.sub(rb"http://purl.oclc.org/ooxml/\1/", old.read(name)))
    assert texts(read_bytes(strict.getvalue(), "page.docx", suffix=".docx")) == ["The tea is hot.", "茶很烫。"]


def test_a_choice_of_words_new_programs_and_its_fallback() -> None:
    choice = (
        f"<mc:Choice Requires='wps'><w:pict><w:txbxContent><w:p>{run('b')}</w:p></w:txbxContent></w:pict></mc:Choice>"
    )
    fallback = f"<mc:Fallback><w:pict><w:txbxContent><w:p>{run('b')}</w:p></w:txbxContent></w:pict></mc:Fallback>"
    space = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    content = f"{run('a')}<w:r><mc:AlternateContent {space}>{choice}{fallback}</mc:AlternateContent></w:r>"
    assert texts(word(content)) == ["a", "b"]


def test_chapters_that_are_not_xml() -> None:
    chapters = {"a": "<p>a&nbsp;b<br>c", "b": "<?xml version='1.0'?><html><title/><p>&eacute;</p></html>", "c": ""}
    assert texts(book("a b c", **chapters)) == ["a\u00a0b", "c", "é"]
