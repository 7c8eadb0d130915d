from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.cleaning.language import language_of, split_by_language

GOLDEN = Path(__file__).parents[1] / "golden" / "cleaning"
SCRAPS = [
    "The",
    "tea",
    "is",
    "hot",
    "U.S.",
    "茶",
    "很烫",
    "。",
    ".",
    " ",
    "\t",
    " / ",
    "|",
    "“",
    "”",
    "(",
    "（",
    "）",
    "'",
]
SCRAPS += ["1. ", "：", "……", "\u200b", "⽇", "Kim", "/", "2018"]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(SCRAPS), max_size=40).map("".join))


def cases():
    """Blocks of a name, the line, and its pieces: each its language (- for neither) and its text."""
    for block in (GOLDEN / "languages.txt").read_text("utf-8").strip().split("\n\n"):
        name, line, *pieces = block.split("\n")
        expected = [tuple(piece.split(" ", 1)) for piece in pieces]
        yield pytest.param(line.removeprefix("> "), expected, id=name.removeprefix("# "))


@pytest.mark.parametrize(("line", "expected"), list(cases()))
def test_line_in_both_languages(line: str, expected: list) -> None:
    pieces = [(piece.language or "-", piece.text.strip()) for piece in split_by_language(line, mixed=True)]
    assert [piece for piece in pieces if piece[1]] == expected


@pytest.mark.parametrize("case", (GOLDEN / "whole.txt").read_text("utf-8").splitlines())
def test_line_stays_whole(case: str) -> None:
    language, line = case.split(" ", 1)
    assert [(piece.language, piece.text) for piece in split_by_language(line)] == [(language, line)]


@pytest.mark.parametrize("line", ["In the News 新闻", "Save the Children 救助儿童"])
def test_headings_come_apart_where_other_lines_do(line: str) -> None:
    assert len(split_by_language(line)) == 1
    assert [piece.language for piece in split_by_language(line, mixed=True)] == ["en", "zh"]


@pytest.mark.parametrize(
    "pieces",
    [
        ("小镇的老书店重新开张 ", "Old Bookshop in Small Town Opens Again"),
        ("Old Ferry Comes Back to Town ", "旧渡轮回来了"),
    ],
)
def test_a_title_is_no_name(pieces: tuple[str, str]) -> None:
    assert tuple(piece.text for piece in split_by_language("".join(pieces))) == pieces


def test_language_of_a_text() -> None:
    assert language_of("领导人 Kim Jong Un 与 Donald Trump 会面") == "zh"
    assert language_of("The word 新闻 means news") == "en"
    assert language_of("12:30 — 42%") == ""


@given(TEXTS, st.booleans())
def test_pieces_are_the_text(text: str, mixed: bool) -> None:
    pieces = split_by_language(text, mixed)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert all(language_of(piece.text) == "" for piece in pieces if not piece.language)
