"""Markdown: the text, its line numbers, and that nothing vanishes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.data import Document
from aligner.errors import InputError
from aligner.reading import markdown, read_bytes


def read(text: str) -> Document:
    return read_bytes(text.encode(), "page.md", suffix=".md", encoding="utf-8")


def lines(text: str) -> list[tuple[int, bool, str]]:
    return [(line.number, line.opens, line.text) for line in read(text).lines]


def skipped(text: str) -> list[tuple[int, str, str]]:
    return [(entry.line, entry.reason, entry.text) for entry in read(text).skipped]


TEXTS = [
    ("# Title #\n\nSetext\n===\n", [(1, True, "Title"), (3, True, "Setext")]),
    ("one\ntwo\n\nthree", [(1, True, "one"), (2, False, "two"), (4, True, "three")]),
    ("one  \ntwo\\\nthree", [(1, True, "one"), (2, False, "two"), (3, False, "three")]),
    ("- 水\n  来\n- b\n\n1. c", [(1, True, "水"), (2, False, "来"), (3, True, "b"), (5, True, "c")]),
    ("> quote\nlazy\n>\n> > deep", [(1, True, "quote"), (2, False, "lazy"), (4, True, "deep")]),
    ('*a* **b** `c` [d](u "t") ![e](v) <http://f>', [(1, True, "a b c d e http://f")]),
    ("她**说**：`水` &amp; \\*", [(1, True, "她说：水 & *")]),
    (
        "| a | 水 |\n|---|---|\n| x | `y` |\n| | z |",
        [(1, True, "a"), (1, True, "水"), (3, True, "x"), (3, True, "y"), (4, True, "z")],
    ),
    ("a<br>b<br/>c\nd", [(1, True, "a"), (1, False, "b"), (1, False, "c"), (2, False, "d")]),
    ("H<sub>2</sub>O", [(1, True, "H2O")]),
    ("a\fb", [(1, True, "a"), (1, False, "b")]),
    ("a\0b\x07c\x85d", [(1, True, "a\0b\x07c\x85d")]),
    ("a\r\nb\rc", [(1, True, "a"), (2, False, "b"), (3, False, "c")]),
    ('a [link](u\n"t") b\nc', [(1, True, "a link b"), (3, False, "c")]),
    ("a `b\nc` d\ne", [(1, True, "a b c d"), (3, False, "e")]),
    ("a ![b\nc](u) d\ne", [(1, True, "a b c d"), (3, False, "e")]),
    ("a <!-- x\ny --> b\nc", [(1, True, "a  b"), (3, False, "c")]),
    ("**“水”**的", [(1, True, "**“水”**的")]),  # CommonMark's rule; the asterisks stay
]


@pytest.mark.parametrize(("text", "expected"), TEXTS, ids=range(len(TEXTS)))
def test_text_and_numbers(text: str, expected: list[tuple[int, bool, str]]) -> None:
    assert lines(text) == expected


SKIPPED = [
    ("a\n\n```py\ncode\n\n```\n", [(3, "code block", "```py"), (4, "code block", "code"), (6, "code block", "```")]),
    ("a\n\n    code", [(3, "code block", "    code")]),
    ("<div>\ntext\n</div>\n\na", [(i + 1, "HTML in Markdown", x) for i, x in enumerate(["<div>", "text", "</div>"])]),
    ("<!-- c -->\na", [(1, "HTML in Markdown", "<!-- c -->")]),
    ("a <!-- c\nd --> b", [(1, "HTML in Markdown", "<!-- c"), (2, "HTML in Markdown", "d -->")]),
    ("---\nt: x\n\n---\na", [(1, "front matter", "---"), (2, "front matter", "t: x"), (4, "front matter", "---")]),
    ("a\n===", [(2, "Markdown markup", "===")]),
    ("a\n\n***\n", [(3, "Markdown markup", "***")]),
    ("[r]: u 't'\n\n[r]", [(1, "Markdown markup", "[r]: u 't'")]),
    ("![](u.png)\na", [(1, "Markdown markup", "![](u.png)")]),
    ("|a|\n|-|\n|b|c|", [(2, "Markdown markup", "|-|"), (3, "table cell without a column", "c")]),
    ("> |a|\n> |-|\n> |b|", [(2, "Markdown markup", "> |-|")]),
    ("a [l](u\n't') b", [(2, "continues line 1, where its text is", "'t') b")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SKIPPED, ids=range(len(SKIPPED)))
def test_what_is_no_text_is_kept_apart_with_a_reason(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert skipped(text) == expected


@pytest.mark.parametrize(
    "text", ["---\n\nProse between rulers.\n\n---\n", "---\nunclosed: yes\n", "---\n---\n", "---\n"]
)
def test_what_only_looks_like_front_matter_is_none(text: str) -> None:
    assert "front matter" not in {entry.reason for entry in read(text).skipped}


def test_the_source_is_passed_on() -> None:
    document = read_bytes(b"a\n\n    code", "page.md", suffix=".md", source=1)
    assert {item.source for item in (*document.lines, *document.skipped)} == {1}


def test_warnings_are_passed_on() -> None:
    document = read_bytes("# 全市停水三天\n".encode("gb18030"), "page.md", suffix=".md")
    assert document.encoding == "gb18030"
    assert len(document.warnings) == 1


def test_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MARKDOWN_LIMIT", 3)
    with pytest.raises(InputError, match=r"page\.md is too long for Markdown .* Save it as \.txt"):
        read("four")


MARKUP = ["    ", "```\n", "<!-- ", " -->", "<b>", "](u\n't')", "\n- ", "\n> ", "\n|a|b|\n|-|-|\n", "---\n", "\n***\n"]
MARKUP += ["[x]: y\n", "![", "<br>", "<div>\n", "  \n", "\\\n", "&amp;", "===\n"]
PARTS = st.sampled_from([*MARKUP, *"ab水。*_`[]()<>!\\|#>-+=~:&\n\n\n \t1.\r\0\v\x85"])


@settings(max_examples=400)
@given(st.lists(PARTS, max_size=40).map("".join))
def test_every_line_that_is_not_blank_is_read_or_skipped(text: str) -> None:
    document = read(text)
    accounted = {line.number for line in document.lines} | {entry.line for entry in document.skipped}
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert {number for number, row in enumerate(rows, 1) if row.strip()} <= accounted
    assert all(1 <= line.number <= len(rows) and line.text.strip() for line in document.lines if "\v" not in text)
    assert [line.number for line in document.lines] == sorted(line.number for line in document.lines)


@given(st.lists(st.text(st.sampled_from("ab水。，x"), min_size=1), min_size=1))
def test_plain_paragraphs_come_out_as_they_are(paragraphs: list[str]) -> None:
    assert [line.text for line in read("\n\n".join(paragraphs)).lines] == paragraphs
