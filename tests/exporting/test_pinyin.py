"""Pinyin and word explanations: readings that depend on the word, Traditional text, and that the text comes back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner.cedict import read_entries
from aligner.chinese import split_words
from aligner.exporting.glossary import explain
from aligner.exporting.pinyin import as_line, with_pinyin, words_with_pinyin

MIXED = st.text(st.sampled_from("银行长的地得银行長銀髮重西安一了不abc 12.5%，。！“”\n\U00020000\u3400")) | st.text()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("六万只蜜蜂，每隻都只看著一朵花", "liùwàn zhī mìfēng，měi zhī dōu zhǐ kànzhe yīduǒhuā"),
        ("的确定性", "de quèdìngxìng"),
        ("銀行行長", "yínháng hángzhǎng"),
        ("银行行长", "yínháng hángzhǎng"),
        ("他高兴地跑得很快", "tā gāoxìng de pǎo de hěnkuài"),
        ("她的頭髮很長", "tā de tóufà hěn cháng"),
        ("他重新长大", "tā chóngxīn zhǎngdà"),
        ("我们爱音乐和快乐", "wǒmen ài yīnyuè hé kuàilè"),
        ("西安", "xī'ān"),
        ("女儿和旅行", "nǚ'ér hé lǚxíng"),
        ("地上有一只猫", "dìshàng yǒu yīzhī māo"),
        ("共3.5%，在A座。", "gòng 3.5%，zài A zuò。"),
    ],
)
def test_readings(text: str, expected: str) -> None:
    assert as_line(with_pinyin([text])[0]) == expected


@settings(max_examples=40)
@given(st.lists(MIXED, max_size=4))
def test_pieces_join_to_the_text(texts: list[str]) -> None:
    assert ["".join(piece for piece, _ in pieces) for pieces in split_words(texts)] == texts
    assert ["".join(piece for piece, _ in pieces) for pieces in with_pinyin(texts)] == texts


def test_words_are_the_same_in_both_scripts() -> None:
    simplified, traditional = split_words(["联络处将成为沟通渠道。", "聯絡處將成為溝通渠道。"])
    assert [folded for _, folded in traditional] == [piece if folded else "" for piece, folded in simplified]


def test_no_text_no_words() -> None:
    assert split_words([]) == []
    assert split_words(["", "English only."]) == [[], [("English only.", "")]]
    assert read_entries(()) == {}


def glosses(text: str, *, traditional: bool = False) -> str:
    words = [word for word in words_with_pinyin([text])[0] if word[1]]
    explained = explain(words, traditional=traditional)
    found = [explained.entries[number] for number in explained.words[words[-1]]]
    return " | ".join(f"{form} {pinyin}: {'; '.join(texts)}" for form, _, pinyin, texts in found)


def test_the_reading_in_the_text_comes_first() -> None:
    assert glosses("还").startswith("还 hái: still")
    assert "huán" in glosses("还")
    assert glosses("六万只").startswith("只 zhī: ")
    assert "variant" not in glosses("只")
    assert glosses("高").startswith("高 gāo: high")


def test_marks_forms_and_measure_words() -> None:
    assert glosses("女儿") == "女儿 nǚ ér: daughter"
    assert glosses("女兒", traditional=True) == "女兒 nǚ ér: daughter"
    assert glosses("银行") == "银行 yín háng: bank; measure word: 家 (jiā),个 (gè)"
    assert "個 (gè)" in glosses("銀行", traditional=True)


def test_a_traditional_character_has_its_own_entries_only() -> None:
    assert "hair" in glosses("髮", traditional=True)
    assert "to send out" not in glosses("髮", traditional=True)
    assert "to send out" in glosses("發", traditional=True)
    assert "to send out" in glosses("发")
    assert "hair" in glosses("发")


def test_an_unknown_word_is_explained_by_its_parts() -> None:
    assert glosses("银行行长").startswith("银行 yín háng: bank")
    assert "行长 háng zhǎng" in glosses("银行行长")
    assert glosses("\U0002a6a5") == ""
