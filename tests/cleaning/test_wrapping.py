import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.cleaning.wrapping import join_lines
from aligner.data import Line

ENGLISH = (
    "Two dry years have emptied the wells of the valley, and with them the cowsheds. Of the many cows that were "
    "counted three years ago, fewer than a quarter are left, the ministry said. In their place more and more farmers "
    "keep camels, which drink once a week and eat what the goats leave."
)
CHINESE = (
    "连续两年的干旱使谷地的水井干涸，牛棚也空了。农业部星期四表示，三年前统计的一万二千头奶牛，如今剩下不到三千头。越来越多的农民改养骆驼，"
    "骆驼一星期只喝一次水，山羊吃剩的它们都吃。在首都，骆驼奶的价格是牛奶的两倍，政府已经承诺为培养兽医提供奖学金名额，并修建围栏。"
)


def lines_of(text: str) -> list[Line]:
    return [Line(line, number) for number, line in enumerate(text.split("\n"), 1)]


def passages(text: str) -> list[str]:
    return [passage.text for passage in join_lines(lines_of(text))]


def cut(text: str, width: int) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


def end_sentences(parts: list[str]) -> bool:
    """A sentence that ends with its line may part the paragraph: no harm is done there."""
    return all(part[-1] in ".。" for part in parts)


@pytest.mark.parametrize("width", [40, 60, 77])
def test_wrapped_english_is_joined(width: int) -> None:
    found = passages(textwrap.fill(ENGLISH, width))
    assert " ".join(found) == ENGLISH
    assert end_sentences(found)


@pytest.mark.parametrize("width", [18, 25, 30])
def test_wrapped_chinese_is_joined_without_spaces(width: int) -> None:
    found = passages(cut(CHINESE, width))
    assert "".join(found) == CHINESE
    assert end_sentences(found)


def test_paragraphs_without_blank_lines_between_them() -> None:
    title = "The valley turns to camels"
    english, chinese = f"{ENGLISH} " * 2, CHINESE * 2
    found = passages(f"{title}\n{textwrap.fill(english, 60)}\n{cut(chinese, 30)}")
    assert found == [title, english.strip(), chinese]


def test_lines_keep_their_numbers() -> None:
    (passage,) = join_lines(lines_of("\n\n" + textwrap.fill(f"{ENGLISH} " * 2, 60)))
    assert passage.starts[0] == (0, 3)
    assert [line for _, line in passage.starts] == list(range(3, 3 + len(passage.starts)))
    assert passage.line_at(0) == 3
    assert passage.line_at(len(passage.text) - 1) == passage.starts[-1][1]


def test_a_word_parted_at_the_end_of_a_line_is_not_given_a_space() -> None:
    assert passages("The ministry of communi-\ncations announced it.") == [
        "The ministry of communi-",
        "cations announced it.",
    ]
    assert passages("The ministry of the interior and of communi-\ncations announced it.") == [
        "The ministry of the interior and of communi-cations announced it."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Coach resigns after cup final defeat\nTwo hurt as crane falls on car park\nRovers sign striker from Lisbon",
        "地铁三号线下月延长运营时间，市民出行更加方便\n男篮主场险胜，锁定小组第二，下周迎战强敌\n古镇灯会开幕，首日迎客八万",
        "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。",
        "1. The first of the points that were made\n2. the second of the points that were made",
        "He said that the tea was hot.\nand drank it.",
    ],
)
def test_lists_and_sentences_stay_apart(text: str) -> None:
    assert passages(text) == text.split("\n")


def test_the_reader_knows_paragraphs() -> None:
    lines = [Line("One", 1, opens=True), Line("two", 2), Line("Three", 3, opens=True)]
    assert [passage.text for passage in join_lines(lines)] == ["One two", "Three"]


def test_files_are_never_joined() -> None:
    lines = [Line("The tea is hot and the cup that it is in is", 1), Line("much too small.", 1, source=1)]
    assert len(list(join_lines(lines))) == 2


@given(st.lists(st.text(alphabet="ab 中，。.-\t", max_size=40), max_size=12))
def test_no_character_is_lost(texts: list[str]) -> None:
    lines = [Line(text, number) for number, text in enumerate(texts, 1)]
    joined = "".join(passage.text for passage in join_lines(lines))
    assert "".join(joined.split()) == "".join("".join(texts).split())
