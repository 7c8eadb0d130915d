"""The main path: what the stages hand to each other, and where things stand in the input."""

from __future__ import annotations

from pathlib import Path

import pytest

from aligner.data import Bead, Document, Dropped, Line, Sentence
from aligner.errors import NoParallelTextError, UsageError
from aligner.pipeline import Settings, align_documents, align_prepared, align_ready_sentences, text_document

SETTINGS = Settings()
GOLD = Path(__file__).parent / "data" / "gold"


def test_a_document_from_text_has_the_lines_an_editor_shows() -> None:
    document = text_document("a\r\nb\rc\n\nd\ve\u2028f\n", "page", source=1)
    assert [(line.text, line.number, line.source) for line in document.lines] == [
        ("a", 1, 1),
        ("b", 2, 1),
        ("c", 3, 1),
        ("", 4, 1),
        ("d", 5, 1),
        ("e", 5, 1),
        ("f", 5, 1),
    ]


def test_wrapped_lines_are_one_paragraph_and_sentences_know_their_lines() -> None:
    wrapped = (
        "The old bridge over the river was closed on Monday. It\n"
        "will stay closed until the engineers have looked at it\n"
        "from below. Nobody was hurt.\n"
    )
    chinese = "旧桥周一关闭。工程师从下面检查之前，它将一直关闭。无人受伤。"
    alignment = align_documents([text_document(f"{wrapped}\n{chinese}", "page")], SETTINGS)
    assert [(sentence.line, sentence.last_line) for sentence in alignment.source] == [(1, 1), (1, 3), (3, 3)]
    assert alignment.source[1].text == ("It will stay closed until the engineers have looked at it from below.")
    assert [(sentence.line, sentence.last_line) for sentence in alignment.target] == [(5, 5)] * 3
    assert alignment.pairs


def test_both_languages_in_one_line() -> None:
    alignment = align_documents(
        [text_document("The tea is hot.\t茶很烫。\nDrink it slowly. | 慢慢喝。", "page")], SETTINGS
    )
    assert [(pair.en, pair.zh) for pair in alignment.pairs] == [
        ("The tea is hot.", "茶很烫。"),
        ("Drink it slowly.", "慢慢喝。"),
    ]
    assert alignment.dropped == (Dropped("|", 2, "separator between columns"),)


def test_what_the_reader_left_out_and_its_warnings_come_through() -> None:
    skipped = Dropped("print()", 2, "code block")
    english = Document((Line("The tea is hot.", 1),), "a.md", warnings=("a warning",), skipped=(skipped,))
    chinese = Document((Line("茶很烫。", 1, 1),), "b.txt", warnings=("another",))
    alignment = align_documents([english, chinese], SETTINGS)
    assert alignment.dropped == (skipped,)
    assert alignment.warnings == ("a warning", "another")


def test_a_markdown_file_beside_a_text_file_leaves_the_lines_of_the_text_apart() -> None:
    english = Document((Line("The tea is hot.", 1, opens=True), Line("Drink it slowly.", 3, opens=True)), "a.md")
    chinese = Document((Line("茶很烫。", 1, 1), Line("慢慢喝。", 2, 1)), "b.txt")
    alignment = align_documents([english, chinese], SETTINGS)
    assert [sentence.paragraph for sentence in alignment.target] == [2, 3]


def test_an_empty_second_document_is_named() -> None:
    with pytest.raises(NoParallelTextError) as raised:
        align_documents([text_document("The tea is hot.", "a.txt"), text_document("", "b.txt", 1)], SETTINGS)
    assert str(raised.value) == "no Chinese text found in a.txt and b.txt: nothing to align."


@pytest.mark.parametrize(("english", "chinese"), [(2, 0), (0, 2), (0, 0)])
def test_one_side_without_sentences_gives_null_beads(english: int, chinese: int) -> None:
    sides = [[Sentence(str(number), 1, 1) for number in range(count)] for count in (english, chinese)]
    expected = [Bead((index,), ()) for index in range(english)] + [Bead((), (index,)) for index in range(chinese)]
    assert align_prepared(*sides, SETTINGS) == expected


def test_a_side_without_words_is_no_reason_to_turn_the_sides_round() -> None:
    assert align_ready_sentences(["12:30"], ["茶很烫。"], SETTINGS).source_language == "en"
    assert align_ready_sentences(["12:30"], ["The tea is hot."], SETTINGS).source_language == "zh"
    assert align_ready_sentences(["茶很烫。"], ["12:30"], SETTINGS).source_language == "zh"


@pytest.mark.parametrize("value", [-1.0, 2.0, float("nan")])
def test_settings_refuse_a_minimum_confidence_out_of_range(value: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        Settings(min_confidence=value)


def test_a_text_that_is_repeated_is_aligned_copy_by_copy() -> None:
    texts = [GOLD.joinpath(f"dinner-novel.{language}").read_text("utf-8").splitlines() for language in ("en", "zh")]
    once, many = (align_ready_sentences(texts[0] * times, texts[1] * times, SETTINGS).beads for times in (1, 12))
    pairs = [(bead.source, bead.target) for bead in once if bead.source and bead.target]
    rows, columns = map(len, texts)
    found = [(bead.source, bead.target) for bead in many if bead.source and bead.target]
    wanted = [
        (tuple(copy * rows + i for i in source), tuple(copy * columns + j for j in target))
        for copy in range(12)
        for source, target in pairs
    ]
    assert len({*found} & {*wanted}) > 0.98 * len(wanted) and len(found) < 1.02 * len(wanted)
