from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.cleaning import clean
from aligner.data import Line, Paragraph

SENTENCE = "The first ferry in eleven years left Port Alder on Monday morning"
句子 = "十一年来的第一班渡轮驶离奥尔德港"


def lines_of(text: str) -> list[Line]:
    return [Line(line, number) for number, line in enumerate(text.split("\n"), 1)]


def texts(text: str, language: str) -> list[str]:
    return [paragraph.text for paragraph in clean(lines_of(text)).paragraphs if paragraph.language == language]


def letters(text: str) -> Counter:
    return Counter("".join(text.split()))


def test_the_headlines_of_the_seed_have_one_reason(seeds: Path) -> None:
    text = (seeds / "000_d7a3e98a9e6f6cf5.txt").read_text("utf-8")
    cleaned = clean(lines_of(text))
    headlines = [paragraph for paragraph in cleaned.paragraphs if paragraph.starts[0][1] > 12]
    assert len(headlines) == 30
    assert {paragraph.noise for paragraph in headlines} == {
        "one of a list of 30 headlines that begin with “体坛英语资讯:”"
    }
    assert [entry.text for entry in cleaned.dropped] == ["体坛英语资讯:"] * 30
    assert not any(paragraph.noise for paragraph in cleaned.paragraphs if paragraph.starts[0][1] <= 12)


def test_the_repeated_caption_of_a_seed(seeds: Path) -> None:
    cleaned = clean(lines_of((seeds / "002_36fcda700e28dbd6.txt").read_text("utf-8")))
    noted = {p.starts[0][1]: p.noise for p in cleaned.paragraphs if p.noise.startswith("repeats")}
    assert noted == {7: "repeats line 5 and adds to it", 19: "repeats line 18 and adds to it", 56: "repeats line 54"}


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("1. The tea is hot.", "1. 茶很烫。"),
        ("(1) The tea is hot.", "（一）茶很烫。"),
        ("Q: Is the tea hot?", "问：茶烫吗？"),
        ("Mr. Chen: The tea is hot.", "陈先生：茶很烫。"),
        ("[00:12] The tea is hot.", "[00:12] 茶很烫。"),
        ("★The tea is hot1 [2].", "茶很 烫⽇\u00ad。"),
    ],
)
def test_numbers_names_and_marks_stay_with_their_text(english: str, chinese: str) -> None:
    for text in (f"{english}\n{chinese}", f"{chinese}\n\n{english}"):
        assert texts(text, "en") == [english]
        assert texts(text, "zh") == [chinese]
        assert not clean(lines_of(text)).dropped


def test_a_table_with_bars() -> None:
    table = "| English | 中文 |\n| --- | --- |\n| The tea is hot. | 茶很烫。 |\n| Drink it. | 喝吧。 |"
    assert texts(table, "en") == ["English", "The tea is hot.", "Drink it."]
    assert texts(table, "zh") == ["中文", "茶很烫。", "喝吧。"]
    reasons = {entry.text: entry.reason for entry in clean(lines_of(table)).dropped}
    assert reasons == {"|": "separator between columns", "| --- | --- |": "no English or Chinese words in it"}


def test_a_paragraph_in_both_languages() -> None:
    text = "The tea is hot. 茶很烫。Drink it slowly. 慢慢喝。"
    assert texts(text, "en") == ["The tea is hot.", "Drink it slowly."]
    assert texts(text, "zh") == ["茶很烫。", "慢慢喝。"]


def test_a_heading_comes_apart_on_a_page_that_mixes_the_languages() -> None:
    page = "In the News 新闻\nThe tea is hot. 茶很烫。\nDrink it. 喝吧。\nGood night. 晚安。"
    assert texts(page, "en")[0] == "In the News"
    assert texts(page, "zh")[0] == "新闻"


def test_a_sentence_that_alternates_over_wrapped_lines() -> None:
    english = f"{SENTENCE} with forty passengers and one nervous goat on board."
    chinese = f"{句子}，船上有四十名乘客和一只紧张的山羊，还有许多行李和邮包。"
    text = f"{english} {chinese} " * 3
    wrapped, line, width = [], "", 0
    for character in text:
        columns = 2 if ord(character) > 0x2E80 else 1
        if width + columns > 60 and (columns == 2 or line.endswith(" ")):
            wrapped.append(line.rstrip())
            line, width = "", 0
        line, width = line + character, width + columns
    page = "\n".join([*wrapped, line.rstrip()])
    found = clean(lines_of(page)).paragraphs
    assert "".join("".join(p.text.split()) for p in found if p.language == "zh") == chinese * 3
    assert " ".join(p.text for p in found if p.language == "en") == " ".join([english] * 3)


def test_a_long_line_that_repeats_is_dropped_and_a_short_one_noted() -> None:
    page = f"{SENTENCE}\n{句子}\nShort line\nOther text.\n{SENTENCE}\n{句子}\nShort line"
    cleaned = clean(lines_of(page))
    assert [(entry.line, entry.reason) for entry in cleaned.dropped] == [(5, "repeats line 1"), (6, "repeats line 2")]
    assert [paragraph.noise for paragraph in cleaned.paragraphs if paragraph.starts[0][1] == 7] == ["repeats line 3"]


def test_a_caption_repeated_with_its_source_is_dropped_but_for_the_source() -> None:
    page = f"{SENTENCE}.\n{句子}。\n{SENTENCE}. Source: AAP\n{句子}。来源：美联社\n{SENTENCE}.Bells rang"
    cleaned = clean(lines_of(page))
    assert [(entry.text, entry.line) for entry in cleaned.dropped][:2] == [(f"{SENTENCE}.", 3), (f"{句子}。", 4)]
    assert cleaned.dropped[0].reason == "repeats line 1 and adds to it"
    assert [paragraph.text for paragraph in cleaned.paragraphs][2:4] == ["Source: AAP", "来源：美联社"]


def test_a_line_that_only_begins_like_the_one_before_is_no_repeat() -> None:
    assert not clean(lines_of(f"{SENTENCE}\n{SENTENCE}s are long")).dropped


def test_the_same_line_in_another_file_is_no_repeat() -> None:
    assert not clean([Line(SENTENCE, 1), Line(SENTENCE, 1, source=1)]).dropped


def test_random_characters_are_dropped_from_the_ends_of_lines() -> None:
    cleaned = clean(lines_of(f"{SENTENCE}.XzQNGLJsJ68s\n47d5mJNnQTd\n{句子}。YL&HC9s@ZE7;#rK^3Tf"))
    assert [paragraph.text for paragraph in cleaned.paragraphs] == [f"{SENTENCE}.", f"{句子}。"]
    assert {entry.reason for entry in cleaned.dropped} == {"random characters, put there to spoil copies"}
    assert [entry.line for entry in cleaned.dropped] == [1, 2, 3]


def test_sources_and_line_numbers() -> None:
    cleaned = clean([Line("The tea is hot.", 7), Line("茶很烫。 ---", 9, source=1), Line("* * *", 3, source=1)])
    assert cleaned.paragraphs[0] == Paragraph("The tea is hot.", "en", ((0, 7),))
    assert cleaned.paragraphs[1].source == 1
    assert cleaned.paragraphs[1].starts == ((0, 9),)
    assert [(entry.text, entry.line, entry.source) for entry in cleaned.dropped] == [("* * *", 3, 1)]


def test_an_empty_page() -> None:
    assert clean([]) == clean([Line("", 1), Line(" \u3000", 2)])


WORDS = ["The tea", "is hot", "茶", "很烫", "。", ". ", "\t", " | ", "/", "：", "A:", "1. ", "★", "\u00ad", "⽇"]
WORDS += ["x9Q#mP2z!k", "\n", "\n\n", SENTENCE, 句子, "{{a}}", "Share"]
PAGES = st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=40).map("".join))


@given(PAGES)
def test_nothing_is_lost_and_nothing_doubled(text: str) -> None:
    cleaned = clean(lines_of(text))
    kept = "".join(paragraph.text for paragraph in cleaned.paragraphs)
    assert letters(text) == letters(kept + "".join(entry.text for entry in cleaned.dropped))


@given(PAGES)
def test_every_line_is_where_it_says(text: str) -> None:
    lines = text.split("\n")
    cleaned = clean(lines_of(text))
    for entry in cleaned.dropped:
        assert entry.text in lines[entry.line - 1]
    for paragraph in cleaned.paragraphs:
        assert paragraph.starts[0][0] == 0
        edges = [*(offset for offset, _ in paragraph.starts), len(paragraph.text)]
        assert edges == sorted(set(edges))
        for (start, line), end in zip(paragraph.starts, edges[1:], strict=True):
            assert paragraph.text[start:end].strip() in lines[line - 1]


HOSTILE = [
    "a中",
    "a 中 ",
    ". ",
    "。",
    " ",
    "\t",
    "| ",
    "/",
    '"',
    "“",
    "（",
    "(",
    "《",
    "'",
    "1. ",
    "> ",
    "» ",
    "{{",
    "${",
]
HOSTILE += [
    "<%",
    "a.",
    '。"',
    "：",
    " - ",
    "\u200b",
    "x1Y!",
    "a\n",
    "标题\n",
    "…",
    "n. ",
    "Z9",
    "a(中)",
    "“中a”",
    "[1] ",
]
HOSTILE += ["x\t中\t"]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_hostile_text_is_cleaned_in_linear_time(pattern: str) -> None:
    """No clock is looked at, but were the work quadratic, this would stand still."""
    text = pattern * (60_000 // len(pattern))
    cleaned = clean(lines_of(text))
    kept = sum(len("".join(paragraph.text.split())) for paragraph in cleaned.paragraphs)
    assert kept + sum(len("".join(entry.text.split())) for entry in cleaned.dropped) == len("".join(text.split()))
