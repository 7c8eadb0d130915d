from __future__ import annotations

import jieba
import pytest

from aligner import chinese
from aligner.cedict import read_text
from aligner.scoring import words
from aligner.scoring.lexicon import Lexicon, load_lexicon
from aligner.scoring.words import chinese_words, english_words, simplify

CHINESE = ["韩国统一部周三宣布，新联络处将设在朝鲜境内的开城。", "他说：“我们明天再来！”", "研究生命起源的人很多。"]


def test_english_words_are_stems_with_names_and_numbers() -> None:
    assert english_words(["South Korea's offices opened 20 doors."]) == [
        ["south^south", "korea^korea", "offic", "open", "door", "#20"]
    ]


def run_words(sentences: list[str]) -> list[list[str]]:
    return [[word for word in found if word[0] != "#"] for found in chinese_words(sentences)]


@pytest.mark.parametrize("repeated", [1, 100])
def test_short_and_long_texts_are_segmented_as_by_jieba(repeated: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chinese, "_cutter", chinese._Cutter())
    whole = jieba.Tokenizer()
    expected = [[word for run in words._CHINESE_RUN.findall(text) for word in whole.cut(run)] for text in CHINESE]
    assert (sum(map(len, CHINESE)) * repeated > chinese.SHORT) == (repeated > 1)
    assert run_words(CHINESE * repeated) == expected * repeated


def test_a_second_text_with_new_characters_is_segmented_rightly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chinese, "_cutter", chinese._Cutter())
    chinese_words([])
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


def test_a_part_of_the_dictionary_translates_as_the_whole() -> None:
    whole, part = (Lexicon(read_text()) for _ in range(2))
    found = sorted({word for sentence in chinese_words(CHINESE) for word in sentence} | {"王", "银行行长"})
    part.cover("".join(found))
    whole.cover("一")
    whole.cover("二")
    assert len(part._lines) < len(whole._lines) / 10
    part.look_up(found)
    for word in found:
        assert part.translations(word) == whole.translations(word) != {}, word


def test_a_latin_word_in_chinese_text_stands_for_itself() -> None:
    assert load_lexicon().translations("françois") == {"françoi": 1.0, "^françois": 1.0}
