"""What is kept and what is dropped, with which reason, from beads made by hand."""

from __future__ import annotations

import pytest

from aligner.data import Bead, Dropped, Line, Sentence
from aligner.keeping import LONGEST_LINE, NO_COUNTERPART, joined, keep

NOISE = "one of a list"


def sentence(text: str, line: int, **more: object) -> Sentence:
    return Sentence(text, line, int(more.pop("last_line", line)), **more)  # type: ignore[arg-type]


def lines(*texts: str) -> list[Line]:
    return [Line(text, number) for number, text in enumerate(texts, 1)]


def test_sure_beads_are_kept_and_others_dropped_with_the_reason() -> None:
    english = [sentence("One.", 1), sentence("Two.", 2), sentence("Three.", 3)]
    chinese = [sentence("一。", 4), sentence("二。", 5)]
    beads = [Bead((0,), (0,), 0.97), Bead((1,), (1,), 0.3), Bead((2,), (), 0.9)]
    alignment = keep((english, chinese), beads, 0.5, [], lines("One.", "Two.", "Three.", "一。", "二。"))
    assert [(pair.en, pair.zh, pair.confidence, pair.bead) for pair in alignment.pairs] == [
        ("One.", "一。", 0.97, beads[0])
    ]
    uncertain = "uncertain: the best pair found has less than the minimum confidence 0.5"
    assert alignment.dropped == (
        Dropped("Two.", 2, uncertain),
        Dropped("Three.", 3, NO_COUNTERPART),
        Dropped("二。", 5, uncertain),
    )
    assert (alignment.source, alignment.target, alignment.beads) == (tuple(english), tuple(chinese), tuple(beads))


def test_a_bead_at_the_minimum_is_kept() -> None:
    texts = ([sentence("One.", 1)], [sentence("一。", 2)])
    assert keep(texts, [Bead((0,), (0,), 0.96)], 0.96, [], []).pairs
    assert keep(texts, [Bead((0,), (0,), 0.5)], 0.5, [], [], page=False).pairs


def numbered(count: int, language: str) -> list[Sentence]:
    return [sentence(f"{language} {number}", number) for number in range(count)]


@pytest.mark.parametrize(("confidence", "count"), [(0.94, 0), (0.95, 2)])
def test_a_page_without_a_sure_pair_has_none(confidence: float, count: int) -> None:
    texts = (numbered(5, "en"), numbered(5, "zh"))
    beads = [Bead((0,), (0,), confidence), Bead((1,), (1,), 0.7)]
    alignment = keep(texts, beads, 0.5, [], [])
    assert len(alignment.pairs) == count
    few = (numbered(2, "en"), numbered(2, "zh"))
    assert len(keep(few, beads, 0.5, [], []).pairs) == 2
    assert len(keep(texts, beads, 0.4, [], []).pairs) == 2  # who asks for less than usual gets what there is
    reason = "uncertain: nothing here is surely parallel: no pair has a confidence of 0.95"
    assert [entry.reason for entry in alignment.dropped] == [] if count else [reason] * 4


def test_a_bead_with_a_blank_side_is_no_pair_and_blank_sentences_are_not_dropped() -> None:
    alignment = keep(([sentence(" ", 1)], [sentence("一。", 1)]), [Bead((0,), (0,), 1.0)], 0.0, [], lines(" "))
    assert not alignment.pairs
    assert [entry.text for entry in alignment.dropped] == ["一。"]


@pytest.mark.parametrize(
    ("bead", "reason"),
    [
        (Bead((0,), (), 0.9), f"{NOISE}, {NO_COUNTERPART}"),
        (Bead((0,), (0,), 0.4), f"{NOISE}, {NO_COUNTERPART}"),
        (Bead((0,), (0,), 0.8), "uncertain: the best pair found has less than the minimum confidence 0.95"),
    ],
)
def test_noise_has_its_own_reason_unless_a_counterpart_is_likely(bead: Bead, reason: str) -> None:
    beads = [bead] if bead.target else [bead, Bead((), (0,), 0.9)]
    alignment = keep(
        ([sentence("Menu", 1, noise=NOISE)], [sentence("一。", 2)]), beads, 0.95, [], lines("Menu", "一。"), page=False
    )
    assert alignment.dropped[0] == Dropped("Menu", 1, reason)


def test_a_line_of_which_nothing_is_kept_is_one_entry_with_the_reason_of_most_of_it() -> None:
    english = [sentence("A long sentence.", 1), sentence("No.", 1)]
    label = Dropped("News:", 1, "label in front of the line")
    beads = [Bead((0,), (), 1.0), Bead((1,), (), 1.0)]
    alignment = keep((english, []), beads, 0.5, [label], lines("  News:  A long sentence. No. "))
    assert alignment.dropped == (Dropped("News:  A long sentence. No.", 1, NO_COUNTERPART),)


def test_the_rest_of_a_line_of_which_something_is_kept_stays_apart_in_its_order() -> None:
    english = [sentence("First.", 1), sentence("Second.", 1), sentence("Third.", 1)]
    beads = [Bead((0,), (), 1.0), Bead((1,), (0,), 1.0), Bead((2,), (), 1.0)]
    label = Dropped("News:", 1, "label in front of the line")
    text = lines("News: First. Second. Third.", "二。")
    alignment = keep((english, [sentence("二。", 2)]), beads, 0.5, [label], text)
    assert [entry.text for entry in alignment.dropped] == ["News:", "First.", "Third."]


def test_a_sentence_that_runs_into_the_next_line_is_not_taken_for_its_own_line() -> None:
    english = [sentence("Ab.", 1), sentence("Cd ef.", 1, last_line=2)]
    beads = [Bead((0,), (), 1.0), Bead((1,), (), 1.0)]
    alignment = keep((english, []), beads, 0.5, [], lines("Ab. Cd", "ef."))
    assert [(entry.text, entry.line) for entry in alignment.dropped] == [("Ab.", 1), ("Cd ef.", 1)]


def test_parts_that_only_happen_to_be_as_long_as_the_line_stay_apart() -> None:
    # Line 2 is the end of one sentence and the beginning of another; its parts have four characters, as it has.
    english = [sentence("One ab", 1, last_line=2), sentence("c.", 2), sentence("de", 2, last_line=3)]
    beads = [Bead((index,), (), 1.0) for index in range(3)]
    alignment = keep((english, []), beads, 0.5, [], lines("One", "abc.", "d"))
    assert [entry.text for entry in alignment.dropped] == ["One ab", "c.", "de"]


def test_lines_of_two_inputs_do_not_mix() -> None:
    english, chinese = [sentence("One.", 1)], [sentence("一。", 1, source=1)]
    beads = [Bead((0,), (), 1.0), Bead((), (0,), 1.0)]
    alignment = keep((english, chinese), beads, 0.5, [], [Line("One.", 1), Line("一。", 1, source=1)])
    assert [(entry.text, entry.source) for entry in alignment.dropped] == [("One.", 0), ("一。", 1)]


def test_parts_of_a_line_with_soft_breaks_are_one_line() -> None:
    english = [sentence("One.", 1), sentence("Two.", 1)]
    beads = [Bead((0,), (), 1.0), Bead((1,), (), 1.0)]
    alignment = keep((english, []), beads, 0.5, [], [Line("One.", 1), Line("Two.", 1)])
    assert alignment.dropped == (Dropped("One. Two.", 1, NO_COUNTERPART),)


def test_the_parts_of_an_endless_line_stay_apart() -> None:
    count = LONGEST_LINE // 4
    english = [sentence("Tea.", 1) for _ in range(count)]
    beads = [Bead((index,), (), 1.0) for index in range(count)]
    assert len(keep((english, []), beads, 0.5, [], lines("Tea. " * count)).dropped) == count


def test_sentences_are_joined_by_the_space_that_stood_between_them() -> None:
    first = sentence("One.", 1, after="  ")
    assert joined([first, sentence("Two.", 1)], " ") == "One.  Two."
    assert joined([sentence("One.", 1), sentence("Two.", 2, paragraph=1)], " ") == "One. Two."
    assert joined([sentence("一。", 1), sentence("二。", 2, paragraph=1)], "") == "一。二。"
    assert joined([], " ") == ""
