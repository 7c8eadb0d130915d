import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.cleaning.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("学习的 申请必须在 12 月底前", "学习的申请必须在 12 月底前"),
        ("⽇本⼈⻓⻛", "日本人长风"),
        ("\uf9b4兰", "\u9818兰"),
        ("a co\u00aduple of cou\u200bsins\ufeff", "a couple of cousins"),
        ("September\u00a029", "September 29"),
        ("a spate1 of★ robberies [2]", "a spate of robberies"),
        ("covid19 in 2018, G20, 3km", "covid in 2018, G20, 3km"),
        ("他说 New York 很大。", "他说 New York 很大。"),
        ("“是。” 他说", "“是。”他说"),
        ("U.S. firms [sic] paid $3.50", "U.S. firms [sic] paid $3.50"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_makes_nothing_longer(text: str) -> None:
    assert len(fold(text)) <= len(text)
