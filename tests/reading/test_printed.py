"""PDF: letters become lines, lines paragraphs; running heads are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from aligner.reading import read_document
from aligner.reading.paragraphs import paragraphs_of
from aligner.reading.printed import WIDE, Letter, PrintedLine, lines_of, split_running_heads

DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"
SIZE = 10.0


def letters(text: str, x: float = 50, y: float = 700, size: float = SIZE) -> list[Letter]:
    """A text set with letters of one width, Chinese ones of two; ``_`` is a space that is not drawn."""
    found = []
    for char in text:
        width = size if WIDE.match(char) else size / 5 if char == "_" else size / 2
        found.append(Letter(char.replace("_", " "), x, y, x + width, size, char == "_"))
        x += width
    return found


def page(*lines: str, top: float = 700, leading: float = 14, left: float = 50, size: float = SIZE) -> list[PrintedLine]:
    """Lines under each other; an empty one leaves its place free."""
    return [
        line
        for i, text in enumerate(lines)
        for line in lines_of(letters(text, left, top - i * leading, size) if text else [])
    ]


def texts(lines: list[PrintedLine]) -> list[str]:
    return [line.text for line in lines]


def test_letters_on_one_baseline_are_a_line_in_whatever_order_they_are_drawn() -> None:
    found = letters("tea is hot", 70) + letters("The ", 50) + letters("Sit.", 50, 680) + letters("2", 71, 683, 6)
    assert texts(lines_of(found)) == ["The tea is hot", "Sit.2"]


def test_cells_on_one_baseline_are_parted() -> None:
    assert texts(lines_of(letters("The tea.") + letters("茶。", 300))) == ["The tea.", "茶。"]


def test_spaces_that_only_set_off_chinese_are_left_out() -> None:
    assert texts(lines_of(letters("有_71_岁 和_a_b"))) == ["有71岁 和a b"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["The ferry leaves the", "port at nine. Please be", "on time."], 1),
        (["渡轮九点从港口出发，请大", "家准时到达码头。"], 1),
        (["The ferry leaves at nine.", "", "The bus leaves at ten."], 2),
        (["The ferry leaves at nine.", "1. The bus leaves at ten."], 2),
        (["The ferry leaves at nine", "渡轮九点从港口出发，请大"], 2),
    ],
)
def test_lines_are_healed(lines: list[str], expected: int) -> None:
    wide = ["Many lines of this page", "are as wide as it allows", "and go on with the next."] * 3
    found = list(paragraphs_of([page(*wide, "", *lines)]))
    assert len(found) == 1 + expected
    gap = "" if "渡" in lines[0] else " "
    assert gap.join(found[1:]) == gap.join(filter(None, lines))


def test_a_list_of_headlines_stays_a_list() -> None:
    headlines = ["Rovers sign striker", "Museum of salt opens", "Mine closes for good", "Snow closes the pass"]
    headlines += ["Wheat prices fall", "Actor returns to stage", "Police find paintings"]
    assert list(paragraphs_of([page(*headlines)])) == headlines


def test_a_headline_list_below_an_article_changes_neither() -> None:
    article = ["The ferry between the island and the mainland is"]
    article += ["running again after eleven years in which people", "took the bridge."]
    headlines = ["Rovers sign striker", "Museum of salt opens", "Mine closes for good", "Snow closes the pass"]
    assert list(paragraphs_of([page(*article, *headlines)])) == [" ".join(article), *headlines]


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    first = page("The ferry between the island", "and the mainland is running")
    second = page("again after eleven years.")
    assert len(list(paragraphs_of([first, second]))) == 1


def test_letters_of_another_size_are_another_paragraph() -> None:
    assert len(list(paragraphs_of([page("THE FERRY IS", size=20), page("back in the port", top=660)]))) == 2


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["The inter-", "national bridge is an international one."],
            "The international bridge is an international one.",
        ),
        (["The well-", "known bridge is well-known."], "The well-known bridge is well-known."),
        (["A lawn-", "mower is here."], "A lawn-mower is here."),
    ],
)
def test_hyphens_at_the_end_of_lines(lines: list[str], expected: str) -> None:
    assert list(paragraphs_of([page(*lines)])) == [expected]


def test_running_heads_and_page_numbers() -> None:
    body = [page("Bees are on the roof", "Chapter 1"), page("Ferries go again", "Chapter 5"), page("Chess is hard")]
    heads = [[*page("The Courier, 2024", top=800), *page(f"– {i} / 9 –", top=40)] for i in (7, 8, 9)]
    pages = [[head, *lines, foot] for lines, (head, foot) in zip(body, heads, strict=True)]
    assert split_running_heads(pages) == (body, [line for pair in heads for line in pair])


def test_a_line_that_comes_twice_elsewhere_is_text() -> None:
    pages = [page("One", "Stop!", "Two"), page("Three", "Four", "Stop!", "Five", "Six", "Seven")]
    assert split_running_heads(pages) == (pages, [])


def test_no_pages() -> None:
    assert list(paragraphs_of([])) == list(paragraphs_of([[], []])) == []


@pytest.mark.parametrize(("name", "heads", "paragraphs"), [("libreoffice", 8, 16), ("chromium", 6, 4)])
def test_what_programs_print(name: str, heads: int, paragraphs: int) -> None:
    document = read_document(DOCUMENTS / f"{name}.pdf")
    assert [entry.reason for entry in document.skipped] == ["running head or foot of the pages"] * heads
    assert len(document.lines) == paragraphs


def test_quotation_marks_that_are_drawn_out_of_order() -> None:
    text = read_document(DOCUMENTS / "libreoffice.pdf").lines[14].text
    assert "“我发现有些孩子一辈子都没有在安静的房间里待过，”她说。" in text
