"""The public API: what goes in comes out, in pairs or dropped with a reason; errors say what to do."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import aligner
from aligner import Alignment, Dropped

ENGLISH = ("The tea is hot.", "Drink it slowly.", "Mr. Wu paid $3.50 for 2 cups.", '"Really?" she asked.')
CHINESE = ("茶很烫。", "慢慢喝。", "吴先生花3.5美元买了两杯茶。", "“真的吗？”她问。")

WORDS = ("tea", "Kaesong", "office", "the", "U.S.", "2018", "co-operate", "It's", "p.m.", "naïve")
CHARACTERS = tuple("茶朝鲜办公室年在的臺灣，。！？“”：；")
SYMBOLS = (
    " | ",
    "\t",
    "／",
    "｜",
    " / ",
    "***",
    "——",
    "12:30",
    "%",
    "©",
    "{{x}}",
    "http://a.b/c",
    "Привет",
    "\x07",
    "\u200b",
)
LABELS = ("体坛英语资讯:", "Photo: ", "A：", "1. ", "- ", "【新闻】")
BREAKS = ("\n", "\n", "\n\n", "\r\n", "\r", "\v", "\u2028", "\f")

english_run = st.lists(st.sampled_from((*WORDS, *ENGLISH)), min_size=1, max_size=7).map(" ".join)
chinese_run = st.lists(st.sampled_from((*CHARACTERS, *CHINESE)), min_size=1, max_size=9).map("".join)
piece = st.one_of(english_run, chinese_run, st.sampled_from((*SYMBOLS, *LABELS, *ENGLISH, *CHINESE)))
line = st.lists(piece, max_size=4).map("".join)
page = st.lists(st.tuples(line, st.sampled_from(BREAKS)), min_size=1, max_size=12).map(
    lambda parts: "".join(text + end for text, end in parts)
)


def ink(*texts: str) -> Counter[str]:
    """How often each character occurs, white space left out."""
    return Counter("".join("".join(texts).split()))


def outcome(alignment: Alignment) -> Counter[str]:
    """The ink of everything that the result accounts for."""
    pairs = (text for pair in alignment.pairs for text in (pair.en, pair.zh))
    return ink(*pairs, *(entry.text for entry in alignment.dropped))


def check_sound(alignment: Alignment) -> None:
    """What holds for every result: each sentence in one bead, in order, and every entry complete."""
    assert [index for bead in alignment.beads for index in bead.source] == list(range(len(alignment.source)))
    assert [index for bead in alignment.beads for index in bead.target] == list(range(len(alignment.target)))
    assert all(0 <= bead.confidence <= 1 for bead in alignment.beads)
    assert all(entry.text.strip() and entry.line >= 1 and entry.reason for entry in alignment.dropped)
    assert {pair.bead for pair in alignment.pairs} <= set(alignment.beads)


@given(page)
@settings(max_examples=100)
def test_nothing_of_a_page_is_lost_or_doubled(text: str) -> None:
    try:
        alignment = aligner.align_text(text)
    except aligner.NoParallelTextError:
        assume(False)
    check_sound(alignment)
    assert outcome(alignment) == ink(text)


@given(page, page)
@settings(max_examples=50)
def test_nothing_of_two_texts_is_lost_or_doubled(first: str, second: str) -> None:
    try:
        alignment = aligner.align_texts(first, second)
    except aligner.NoParallelTextError:
        assume(False)
    check_sound(alignment)
    assert outcome(alignment) == ink(first, second)


@given(st.lists(english_run | st.just(""), max_size=6), st.lists(chinese_run | st.just(" "), max_size=6), st.booleans())
@settings(max_examples=50)
def test_nothing_of_ready_sentences_is_lost_or_doubled(english: list[str], chinese: list[str], turned: bool) -> None:
    source, target = (chinese, english) if turned else (english, chinese)
    try:
        alignment = aligner.align_sentences(source, target)
    except aligner.NoParallelTextError:
        assume(False)
    check_sound(alignment)
    assert [sentence.text for sentence in alignment.source] == source
    assert [sentence.text for sentence in alignment.target] == target
    assert outcome(alignment) == ink(*source, *target)


@given(page, st.sampled_from([".txt", ".md"]))
@settings(max_examples=50)
def test_nothing_of_a_file_is_lost_or_doubled(tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str) -> None:
    if suffix == ".md":
        text = text.translate(dict.fromkeys(map(ord, "\v\f\u2028"), "\n"))
    path = tmp_path_factory.mktemp("page") / f"page{suffix}"
    path.write_bytes(text.encode())
    try:
        alignment = aligner.align_file(path)
    except aligner.NoParallelTextError:
        assume(False)
    check_sound(alignment)
    if suffix == ".md":  # marks such as # and ** are no text
        assert letters(outcome(alignment)) == letters(ink(text))
    else:
        assert outcome(alignment) == ink(text)


def letters(characters: Counter[str]) -> Counter[str]:
    return Counter({character: count for character, count in characters.items() if character.isalpha()})


PAGE = "The tea is hot.\nDrink it slowly.\n\nNext page >>\n茶很烫。\n慢慢喝。"


def test_a_page_with_both_languages() -> None:
    alignment = aligner.align_text(PAGE)
    assert [(pair.en, pair.zh) for pair in alignment.pairs] == [
        ("The tea is hot.", "茶很烫。"),
        ("Drink it slowly.", "慢慢喝。"),
    ]
    assert [(entry.text, entry.line) for entry in alignment.dropped] == [("Next page >>", 4)]
    assert alignment.source_language == "en"


def test_two_texts_in_either_order_give_the_same_pairs() -> None:
    english, chinese = "\n".join(ENGLISH), "\n".join(CHINESE)
    right, turned = aligner.align_texts(english, chinese), aligner.align_texts(chinese, english)
    assert [(pair.en, pair.zh) for pair in right.pairs] == list(zip(ENGLISH, CHINESE, strict=True))
    assert turned.pairs == right.pairs
    assert {sentence.source for sentence in right.source} == {0} == {sentence.source for sentence in turned.target}
    assert turned.source_language == "en"


def test_dropped_lines_of_two_texts_name_the_text_they_stand_in() -> None:
    alignment = aligner.align_texts("The tea is hot.\nDrink it slowly.", "茶很烫。\n慢慢喝。\n12:30")
    assert alignment.dropped == (Dropped("12:30", 3, "no English or Chinese words in it", source=1),)


def test_the_other_language_inside_a_text_is_dropped() -> None:
    alignment = aligner.align_texts("The tea is hot.\n茶很烫。\nDrink it slowly.", "茶很烫。\n慢慢喝。")
    assert len(alignment.pairs) == 2
    assert alignment.dropped == (Dropped("茶很烫。", 2, "Chinese inside the English text"),)


def test_ready_sentences_in_either_order_mirror_each_other() -> None:
    right, turned = aligner.align_sentences(ENGLISH, CHINESE), aligner.align_sentences(CHINESE, ENGLISH)
    assert [(bead.target, bead.source) for bead in turned.beads] == [(bead.source, bead.target) for bead in right.beads]
    assert [(pair.en, pair.zh) for pair in turned.pairs] == list(zip(ENGLISH, CHINESE, strict=True))
    assert (right.source_language, turned.source_language) == ("en", "zh")


def test_ready_sentences_are_neither_split_nor_cleaned() -> None:
    alignment = aligner.align_sentences(["The tea is hot. Drink it slowly."], ["体坛英语资讯:茶很烫。慢慢喝。"])
    assert alignment.beads[0].kind == "1-1"


@pytest.mark.parametrize(("source", "target"), [([], []), (["One."], []), ([], ["一。"]), (["..."], ["!!!"])])
def test_ready_sentences_without_a_counterpart_are_dropped(source: list[str], target: list[str]) -> None:
    alignment = aligner.align_sentences(source, target)
    check_sound(alignment)
    assert outcome(alignment) == ink(*source, *target)


def test_a_higher_minimum_keeps_fewer_pairs_and_moves_no_bead() -> None:
    every, some = aligner.align_text(PAGE, min_confidence=0), aligner.align_text(PAGE, min_confidence=0.9)
    none = aligner.align_text(PAGE, min_confidence=1)
    assert every.beads == some.beads == none.beads
    assert set(none.pairs) <= set(some.pairs) <= set(every.pairs)
    assert all(pair.confidence >= 0.9 for pair in some.pairs)
    assert all(outcome(alignment) == ink(PAGE) for alignment in (every, some, none))


@pytest.mark.parametrize("english", ["flibbert", ["beast", "flibbert"]])
def test_a_lexicon_of_ones_own_counts(english: str | list[str]) -> None:
    texts = ["The flibbert is asleep.", "Rain fell."], ["嘎嘎兽睡着了。", "下雨了。"]
    helped, misled = (aligner.align_sentences(*texts, lexicon={"嘎嘎兽": word}) for word in (english, "teapot"))
    assert helped.beads[0].kind == "1-1"
    assert misled.beads[0].kind != "1-1" or helped.beads[0].confidence > misled.beads[0].confidence


def test_progress_is_reported() -> None:
    calls: list[tuple[str, int, int]] = []
    aligner.align_text(PAGE, progress=lambda *call: calls.append(call))
    assert calls
    assert all(stage and 0 <= done <= total for stage, done, total in calls)


def test_the_same_input_gives_the_same_result() -> None:
    assert aligner.align_text(PAGE) == aligner.align_text(PAGE)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(PAGE.encode("gb18030"))
    named = aligner.align_file(path, encoding="gb18030")
    assert named.pairs == aligner.align_text(PAGE).pairs
    found_out = aligner.align_file(str(path))
    assert found_out.pairs == named.pairs
    assert any("GB18030" in warning.upper() for warning in found_out.warnings)


def test_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(CHINESE), "utf-8")
    (tmp_path / "b.md").write_text("\n\n".join(ENGLISH), "utf-8")
    alignment = aligner.align_file(tmp_path / "a.txt", tmp_path / "b.md")
    assert [(pair.en, pair.zh) for pair in alignment.pairs] == list(zip(ENGLISH, CHINESE, strict=True))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no text found in the text: it is empty."),
        (" \n\t\n", "no text found in the text: it is empty."),
        ("The tea is hot.", "no Chinese text found in the text: nothing to align."),
        ("茶很烫。", "no English text found in the text: nothing to align."),
        ("?! 12:30 ...", "no English or Chinese text found in the text: nothing to align."),
    ],
)
def test_a_text_without_both_languages(text: str, message: str) -> None:
    with pytest.raises(aligner.NoParallelTextError) as raised:
        aligner.align_text(text)
    assert str(raised.value) == message


def test_two_texts_in_one_language() -> None:
    with pytest.raises(aligner.NoParallelTextError) as raised:
        aligner.align_texts("The tea is hot.", "Drink it slowly.")
    assert str(raised.value) == "no Chinese text found in the first text and the second text: both are English."
    with pytest.raises(aligner.NoParallelTextError) as raised:
        aligner.align_sentences(["茶很烫。"], ["慢慢喝。"])
    assert str(raised.value) == "no English text found in source and target: both are Chinese."


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_minimum_confidence_out_of_range(value: float) -> None:
    with pytest.raises(aligner.UsageError, match="between 0 and 1"):
        aligner.align_text(PAGE, min_confidence=value)


def test_text_in_place_of_sentences() -> None:
    with pytest.raises(aligner.UsageError, match="Use align_texts"):
        aligner.align_sentences("The tea is hot.", ["茶很烫。"])


@pytest.mark.parametrize("lexicon", [{"": "tea"}, {"茶": ""}, {"茶": []}])
def test_a_lexicon_with_an_empty_term(lexicon: dict[str, str]) -> None:
    with pytest.raises(aligner.UsageError, match="lexicon"):
        aligner.align_text(PAGE, lexicon=lexicon)


def test_the_version_is_known() -> None:
    assert aligner.__version__[0].isdigit()
    with pytest.raises(AttributeError):
        aligner.no_such_name  # noqa: B018


def test_every_public_name_is_there() -> None:
    assert all(getattr(aligner, name) is not None for name in aligner.__all__)


def test_aligning_loads_no_torch() -> None:
    code = f"import sys, aligner; aligner.align_text({PAGE!r}); print([n for n in sys.modules if n == 'torch'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"
