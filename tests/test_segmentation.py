import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.errors import UsageError
from aligner.segmentation import sentence_spans, split_sentences

GOLDEN = Path(__file__).parent / "golden" / "segmentation"


def golden(language: str) -> list:
    """Read the cases: blocks apart by blank lines, each a name and then one sentence a line.

    Sentences are joined with a space in English and with nothing in Chinese; ``^`` at the end of a line means that no
    space follows, ``_`` that one does, and a backslash with n is a line break. A name that begins with "xfail:" marks
    a known failure.
    """
    name = {"en": "english.txt", "zh": "chinese.txt"}[language]
    blocks = re.split(r"\n\n+", (GOLDEN / name).read_text("utf-8").strip())
    return [case(block, language) for block in blocks]


def case(block: str, language: str):
    title, *lines = block.split("\n")
    assert title.startswith("# "), title
    space = " " if language == "en" else ""
    sentences = [line.replace("\\n", "\n") + space for line in lines]
    sentences = [s.removesuffix("^ ") if s.endswith("^ ") else s.replace("_", " ") for s in sentences]
    sentences[-1] = sentences[-1].rstrip()
    failing = [pytest.mark.xfail(strict=True)] if title.startswith("# xfail:") else []
    return pytest.param(sentences, id=title.removeprefix("# "), marks=failing)


@pytest.mark.parametrize("sentences", golden("en"))
def test_english(sentences: list[str]) -> None:
    assert split_sentences("".join(sentences), "en") == sentences


@pytest.mark.parametrize("sentences", golden("zh"))
def test_chinese(sentences: list[str]) -> None:
    assert split_sentences("".join(sentences), "zh") == sentences


def whole(language: str) -> list[str]:
    """One line a case: text that must stay in one piece, whatever marks it holds."""
    name = {"en": "english-whole.txt", "zh": "chinese-whole.txt"}[language]
    return (GOLDEN / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("sentence", whole("en"))
def test_english_sentence_stays_whole(sentence: str) -> None:
    assert split_sentences(sentence, "en") == [sentence]
    assert split_sentences(f"{sentence} ", "en") == [f"{sentence} "]


@pytest.mark.parametrize("sentence", whole("zh"))
def test_chinese_sentence_stays_whole(sentence: str) -> None:
    assert split_sentences(sentence, "zh") == [sentence]


def test_spans_tile_the_text() -> None:
    text = "  One.  Two? \n Three"
    assert sentence_spans(text, "en") == [(0, 8), (8, 15), (15, 20)]
    assert split_sentences(text, "en") == ["  One.  ", "Two? \n ", "Three"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_empty_and_blank_text(language: str) -> None:
    assert sentence_spans("", language) == []
    assert sentence_spans(" \n\u3000", language) == [(0, 3)]
    assert sentence_spans("。", language) == [(0, 1)]


def test_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'fr' can't be split into sentences\. Use 'en' or 'zh'\."):
        sentence_spans("Bonjour.", "fr")


def test_either_language_is_split_under_the_other_name() -> None:
    pieces = ["他来了。", "Then he left. ", "真的吗？", "Yes."]
    assert split_sentences("".join(pieces), "en") == pieces
    assert split_sentences("".join(pieces), "zh") == pieces


def test_rows_stamps_and_addresses_end_english_sentences_only() -> None:
    text = "See www.example.org Then 03/27/2001 09:11 AM Bye ===== End"
    assert len(split_sentences(text, "en")) == 6
    assert len(split_sentences(text, "zh")) == 1


MARKS = st.sampled_from(
    [*".!?…。！？；：，“”‘’「」『』《》（）()[]\"' \n\u3000-—:;/@*=_", "Mr", "U.S.", "我", "说", "I", "a", "3"]
)
TEXTS = st.one_of(st.text(), st.lists(MARKS, max_size=40).map("".join))


@given(TEXTS, st.sampled_from(["en", "zh"]))
def test_any_text_is_tiled(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]


@given(TEXTS, st.sampled_from(["en", "zh"]))
def test_white_space_stays_with_the_sentence_before(text: str, language: str) -> None:
    assert not any(piece[0].isspace() for piece in split_sentences(text, language)[1:])


@given(TEXTS, st.sampled_from(["en", "zh"]))
def test_every_piece_but_a_row_of_marks_has_words(text: str, language: str) -> None:
    pieces = split_sentences(text, language)
    wordless = [piece for piece in pieces if not any(character.isalnum() for character in piece)]
    assert len(pieces) == 1 or all(set(piece.strip()) <= set("-=_*~#") or "—" in piece for piece in wordless)


HOSTILE = [".", "。", '"', "“", "”", "（", "《a", '!"', "中。", "a@b.", "www.", "://", "-", "1", "1/1/", ":)", "[1]"]
HOSTILE += ["A.", "…", "—”“", "。”", "“。”", "regards,", " ", ". ", "a. ", "Mr. ", ". :)", "11/11/11 ", "a. ' ", "*** "]


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_text_is_read_in_linear_time(pattern: str, language: str) -> None:
    """No clock is looked at, but were the work quadratic, this would stand still."""
    text = pattern * (60_000 // len(pattern))
    assert sum(end - start for start, end in sentence_spans(text, language)) == len(text)
