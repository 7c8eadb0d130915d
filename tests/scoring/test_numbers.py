from __future__ import annotations

import pytest

from aligner.scoring.numbers import chinese_numbers, english_numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("up to 20 officials", ["20"]),
        ("1,200 people and 3.5 million dollars", ["1200", "3500000"]),
        ("twenty-one towns, two hundred and five", ["21", "205"]),
        ("the 17th stage in 1999", ["17", "1999"]),
        ("thousands of people, one of them", []),
        ("no number at all", []),
    ],
)
def test_english_numbers(text: str, values: list[str]) -> None:
    assert english_numbers(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("多达20名官员", ["20"]),
        ("二〇一八年", ["2018"]),
        ("3.5万人,一百零五个,三千五百万", ["35000", "105", "35000000"]),
        ("9亿,两千,1,200", ["900000000", "2000", "1200"]),
        ("一个人", []),
        ("没有数字", []),
    ],
)
def test_chinese_numbers(text: str, values: list[str]) -> None:
    assert chinese_numbers(text) == values


@pytest.mark.parametrize(
    ("english", "chinese"),
    [("3.5 million", "350万"), ("35,000", "3.5万"), ("twenty-one", "二十一"), ("1.2 billion", "12亿")],
)
def test_both_languages_meet_in_one_value(english: str, chinese: str) -> None:
    assert english_numbers(english) == chinese_numbers(chinese) != []
