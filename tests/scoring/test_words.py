from __future__ import annotations

import jieba
import pytest

from aligner.scoring import words
from aligner.scoring.lexicon import load_lexicon
from aligner.scoring.words import chinese_words, english_words, simplify

CHINESE = ["韩国统一部周三宣布，新联络处将设在朝鲜境内的开城。", "他说：“我们明天再来！”", "研究生命起源的人很多。"]


def test_english_words_are_stems_with_names_and_numbers() -> None:
    assert english_words(["South Korea's offices opened 20 doors."]) == [
        ["south^south", "korea^korea", "offic", "open", "door", "#20"]
    ]


def test_a_part_of_the_dictionary_segments_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_segmenter", words._Segmenter())
    found = chinese_words(CHINESE)
    whole = jieba.Tokenizer()
    for sentence, segmented in zip(CHINESE, found, strict=True):
        expected = [word for run in words._CHINESE_RUN.findall(sentence) for word in whole.cut(run)]
        assert [word for word in segmented if word[0] != "#"] == expected


def test_a_second_text_with_new_characters_is_segmented_rightly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_segmenter", words._Segmenter())
    chinese_words(["天气很好"])
    assert "联络处" in chinese_words(CHINESE)[0]


def test_traditional_text_gives_the_same_words() -> None:
    assert chinese_words(["韓國統一部宣布開放聯絡處"]) == chinese_words(["韩国统一部宣布开放联络处"])
    assert simplify("臺灣的頭髮") == "台湾的头发"


def test_a_term_of_the_user_is_a_word() -> None:
    assert "半导体光刻" in chinese_words(["先进半导体光刻机"], ["半导体光刻"])[0]


def test_the_lexicon_translates_words_names_and_numbers() -> None:
    lexicon = load_lexicon()
    assert lexicon.translations("朋友")["friend"] == 1.0
    assert "^qingyang" in lexicon.translations("清扬")
    assert lexicon.translations("#20") == {"#20": 1.0}
    assert lexicon.translations("新联络处")["liaison"] > 0
    assert not any("朝" in stem for stem in lexicon.translations("朝鲜"))


def test_terms_come_before_the_dictionary_and_only_for_one_text() -> None:
    lexicon = load_lexicon()
    assert lexicon.with_terms({"朋友": ["comrade"]}).translations("朋友") == {"comrad": 1.0}
    assert "comrad" not in lexicon.translations("朋友")
