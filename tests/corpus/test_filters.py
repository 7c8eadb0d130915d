"""The corpus filters: what each leaves out and why, and what it must not touch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.corpus import filters
from aligner.corpus.filters import Filters, judge
from aligner.corpus.numerals import unmatched
from aligner.errors import UsageError

EN = "The old mill by the river was sold to a baker from the next village."
ZH = "河边的旧磨坊卖给了邻村的一位面包师。"


def reason(en: str, zh: str, confidence: float = 0.9, **settings: object) -> str:
    return judge(en, zh, confidence, Filters(**settings))[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        (EN, ZH),
        ("Kim Jong Un", "金正恩"),
        ("Yes.", "是的。"),
        ("Goodbye, Kaesong!", "再见，开城！"),
        ("Set up Docker Engine", "安装 Docker Engine"),
        ("One third of the 35,000 people came.", "3.5万人中来了三分之一。"),
        ("In the 1980s he paid £1.25bn.", "上世纪80年代，他付了12.5亿英镑。"),
        ("The bus leaves at 5:30 p.m. on October 3.", "公共汽车十月3日下午五点半开。"),
        ("Il faut le faire, she said.", "她说：“势在必行。”"),
    ],
)
def test_good_pairs_stay(en: str, zh: str) -> None:
    assert reason(en, zh) == ""


@pytest.mark.parametrize(
    ("en", "zh", "expected", "setting"),
    [
        ("...", "——", filters.TOO_SHORT, {"min_characters": None}),
        (EN * 30, ZH * 30, filters.TOO_LONG, {"max_characters": 0}),
        ("Docker Engine 24", "docker engine 24。", filters.IDENTICAL, {"check_untranslated": False}),
        (EN, "The old mill by the river was sold 了。", filters.UNTRANSLATED, {"check_untranslated": False}),
        ("河边的旧磨坊卖给了面包师。", ZH, filters.UNTRANSLATED, {"check_untranslated": False}),
        ("Le vieux moulin a été vendu hier à un boulanger.", ZH, filters.NOT_ENGLISH, {"check_languages": False}),
        (EN, "川のそばの古い水車小屋はパン屋に売られた。", filters.NOT_CHINESE, {"check_languages": False}),
        (EN, "卖给了", filters.LENGTHS, {"length_deviations": None}),
        ("It has 20 rooms.", "它有30个房间。", filters.NUMBERS, {"check_numbers": False}),
    ],
)
def test_bad_pairs_go_unless_the_filter_is_off(en: str, zh: str, expected: str, setting: dict[str, object]) -> None:
    assert reason(en, zh) == expected
    assert reason(en, zh, **setting) != expected


def test_confidence() -> None:
    assert reason(EN, ZH, 0.49) == filters.LOW_CONFIDENCE
    assert reason(EN, ZH, 0.5) == ""
    assert reason(EN, ZH, 0.0, min_confidence=None) == ""


def test_what_was_seen_and_let_pass_is_noted() -> None:
    assert judge("The 20 men left.", "那些人走了。", 0.9, Filters()) == ("", (filters.NUMBER_MISSING,))
    flags = judge("Pods, Jobs, Nodes and Services", "Pods、Jobs 和 Nodes 服务", 0.9, Filters())[1]
    assert filters.MIXED in flags


@pytest.mark.parametrize("settings", [{"min_confidence": 1.5}, {"max_characters": -1}, {"length_deviations": -0.1}])
def test_settings_that_make_no_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=r"minimum confidence|below 0"):
        Filters(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("en", "zh"),
    [
        ("twenty-one people", "二十一人"),
        ("5,700 masks", "5,700只口罩"),
        ("ten million masks a day", "每天1,000万只口罩"),
        ("38 million", "3800 万"),
        ("the 2001–02 season", "2001-2002赛季"),
        ("version v1.23 of COVID-19 data", "1.23版的COVID-19数据"),
        ("twenty taels", "二十两"),
        ("tens of thousands", "成千上万"),
        ("12%", "百分之十二"),
        ("in the 19th century", "十九世纪"),
    ],
)
def test_numbers_meet_across_the_languages(en: str, zh: str) -> None:
    assert unmatched(en, zh) == ([], [])


@pytest.mark.parametrize(("en", "zh"), [("20", "200"), ("1.5 million", "15万"), ("35 of 40", "40个中的36个")])
def test_other_values_do_not_meet(en: str, zh: str) -> None:
    assert all(unmatched(en, zh))


@given(st.text(), st.text())
def test_any_text_is_judged(en: str, zh: str) -> None:
    verdict, flags = judge(en, zh, 0.9, Filters())
    assert not (verdict and flags)
    assert judge(en, zh, 0.9, Filters()) == (verdict, flags)
