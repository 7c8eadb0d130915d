"""Line breaks and line numbers."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.data import Line
from aligner.reading import read_bytes
from aligner.reading.lines import numbered_lines
from aligner.reading.txt import read_sentence_lines


def numbered(data: str) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in read_bytes(data.encode(), "page.txt").lines]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_the_three_line_breaks_of_editors_count(line_break: str) -> None:
    text = line_break.join(["一", "", "three", ""])
    assert numbered(text) == [(1, "一"), (2, ""), (3, "three")]


def test_mixed_breaks_keep_the_numbers_right() -> None:
    assert numbered("1\r\n2\r3\n\n\r6\r\n") == [(1, "1"), (2, "2"), (3, "3"), (4, ""), (5, ""), (6, "6")]


@pytest.mark.parametrize("soft", ["\v", "\f", "\u2028", "\u2029"])
def test_soft_breaks_part_text_but_not_numbers(soft: str) -> None:
    assert numbered(f"first{soft}second\nthird") == [(1, "first"), (1, "second"), (2, "third")]


@pytest.mark.parametrize("char", ["\x85", "\x1c", "\x1d", "\x1e", "\0", "\x07", "\ufeff", "\t", "\u3000", "\xa0"])
def test_other_control_characters_and_spaces_stay_in_the_text(char: str) -> None:
    assert numbered(f"a{char}b{char}\n{char}c") == [(1, f"a{char}b{char}"), (2, f"{char}c")]


def test_an_empty_file_has_no_lines() -> None:
    document = read_bytes(b"", "page.txt")
    assert (document.lines, document.warnings, document.name) == ((), (), "page.txt")


def test_lines_know_their_source() -> None:
    assert read_bytes(b"a", "page.txt", source=1).lines == (Line("a", 1, source=1),)


def test_sentence_lines_keep_their_index_whatever_they_hold() -> None:
    document = read_sentence_lines("a\n\n \nb\u2028c\vd\r\ne\n".encode(), "page.en", None, 0)
    assert [line.text for line in document.lines] == ["a", "", " ", "b\u2028c\vd", "e"]
    assert [line.number for line in document.lines] == [1, 2, 3, 4, 5]


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]))))
def test_lines_come_back_as_they_were_written(lines: list[str]) -> None:
    assert numbered_lines("".join(line + "\r\n" for line in lines)) == lines


@given(st.text(st.sampled_from("a一\r\n\v\f\u2028")))
def test_no_character_but_breaks_is_lost(text: str) -> None:
    joined = "".join(line.text for line in read_bytes(text.encode(), "page.txt").lines)
    assert joined == text.translate(dict.fromkeys(map(ord, "\r\n\v\f\u2028")))


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5"])
def test_one_very_long_line_takes_memory_in_proportion(codec: str) -> None:
    data = "全市停水三天。".encode(codec) * 200_000
    tracemalloc.start()
    try:
        document = read_bytes(data, "page.txt")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(document.lines) == 1
    assert peak < 5 * len(data)
