"""TSV, JSON Lines and .align: what is in each column, and that text comes back."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.data import Alignment, Bead, Pair, Sentence, Unit
from aligner.exporting import ExportReport, ExportSettings, export_to_stream
from aligner.exporting.csv import write_csv
from aligner.exporting.jsonl import write_jsonl
from aligner.exporting.tsv import write_tsv
from aligner.formulas import guard, unguard

TEXTS = st.lists(
    st.tuples(st.text(), st.text()) | st.tuples(*[st.text(st.sampled_from("a水\t\n\r\v\x1c\x85\u2028\"'\ud800"))] * 2)
)
SEPARATORS = ["\t", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


def alignment(source_language: str = "en") -> Alignment:
    english = tuple(Sentence(f"E{i}.", i + 1, i + 2) for i in range(4))
    chinese = tuple(Sentence(f"中{i}。", 10 * i + 1, 10 * i + 1) for i in range(3))
    beads = (Bead((0, 1), (0,), 0.987654), Bead((2,), (), 0.5), Bead((3,), (1, 2), 1.0))
    pairs = (Pair("E0. E1.", "中0。", 0.987654, beads[0]), Pair("E3.", "中1。中2。", 1.0, beads[2]))
    if source_language == "en":
        return Alignment(english, chinese, beads, pairs, ())
    turned = tuple(Bead(bead.target, bead.source, bead.confidence) for bead in beads)
    pairs = tuple(Pair(p.en, p.zh, p.confidence, turned[i]) for p, i in zip(pairs, (0, 2), strict=True))
    return Alignment(chinese, english, turned, pairs, (), source_language="zh")


def of_texts(texts: list[tuple[str, str]]) -> Alignment:
    bead = Bead((0,), (0,))
    sentence = Sentence("", 1, 1)
    return Alignment((sentence,), (sentence,), (bead,), tuple(Pair(en, zh, 0.5, bead) for en, zh in texts), ())


def written(result: Alignment, name: str) -> tuple[str, ExportReport]:
    stream = io.BytesIO()
    report = export_to_stream(result, stream, name)
    return stream.getvalue().decode(), report


def without_surrogates(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_tsv_columns_are_english_first_in_either_order(language: str) -> None:
    text, _ = written(alignment(language), "tsv")
    assert text == (
        "en\tzh\tconfidence\tbead\ten_sentences\tzh_sentences\n"
        "E0. E1.\t中0。\t0.9877\t2-1\t0,1\t0\n"
        "E3.\t中1。中2。\t1.0000\t1-2\t3\t1,2\n"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_jsonl_fields_are_english_first_in_either_order(language: str) -> None:
    text, _ = written(alignment(language), "jsonl")
    first, second = (json.loads(line) for line in text.splitlines())
    assert first == {
        "en": "E0. E1.", "zh": "中0。", "confidence": 0.9877, "bead": "2-1",
        "en_sentences": [0, 1], "zh_sentences": [0], "en_lines": [1, 3], "zh_lines": [1, 1],
    }  # fmt: skip
    assert (second["bead"], second["en_lines"], second["zh_lines"]) == ("1-2", [4, 5], [11, 21])


def test_a_note_is_written_where_there_is_one_and_missed_where_there_is_no_place() -> None:
    units = [Unit("E.", "中。"), Unit("E.", "中。", note="Really?")]
    stream = io.BytesIO()
    report = write_jsonl(units, stream, ExportSettings())
    assert [json.loads(line).get("note") for line in stream.getvalue().splitlines()] == [None, "Really?"]
    assert report.notes == ()
    for write in (write_tsv, write_csv):
        assert write(units, io.BytesIO(), ExportSettings()).notes == (
            "notes on pairs, for which the format has no place: 1",
        )


def test_align_has_every_bead_as_source_and_target() -> None:
    assert written(alignment(), "align") == ("[0, 1]:[0]\n[2]:[]\n[3]:[1, 2]\n", ExportReport("-", 3))
    assert written(alignment("zh"), "align")[0] == "[0]:[0, 1]\n[]:[2]\n[1, 2]:[3]\n"


def test_numbers_from_numpy_are_written_as_numbers() -> None:
    np = pytest.importorskip("numpy")
    bead = Bead((np.int64(0), np.int64(1)), (np.int32(0),), np.float32(0.5))
    sentence = Sentence("x", 1, 1)
    result = Alignment((sentence,) * 2, (sentence,), (bead,), (Pair("x", "水", np.float32(0.5), bead),), ())
    assert written(result, "align")[0] == "[0, 1]:[0]\n"
    assert written(result, "tsv")[0].endswith("x\t水\t0.5000\t2-1\t0,1\t0\n")
    assert json.loads(written(result, "jsonl")[0])["en_sentences"] == [0, 1]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_parts_fields_or_lines_becomes_a_space_in_tsv(separator: str) -> None:
    text, report = written(of_texts([(f"a{separator}b", "水")]), "tsv")
    assert text.split("\n")[1].startswith("a b\t水\t")
    assert report.notes == ("tabs and line breaks within text that became spaces: 1",)


def test_a_windows_line_break_becomes_one_space() -> None:
    assert written(of_texts([("a\r\nb", "水")]), "tsv")[0].split("\n")[1].startswith("a b\t水\t")


@pytest.mark.parametrize("text", ["=1+1", '"quoted"', "@x", "-1", "\0\x01\x1b\x1f", " a ", "\u3000水", "\ufeff"])
def test_other_text_stays_as_it_is_in_tsv(text: str) -> None:
    output, report = written(of_texts([(text, text)]), "tsv")
    assert output.split("\n")[1].split("\t")[:2] == [text, text]
    assert report.notes == ()


@pytest.mark.parametrize("name", ["tsv", "jsonl"])
def test_lone_surrogates_are_replaced_and_counted(name: str) -> None:
    text, report = written(of_texts([("a\ud800", "\udfff水\udc00")]), name)
    assert text.count("\ufffd") == 3
    assert report.notes == ("lone surrogates replaced by U+FFFD: 3",)


@given(TEXTS)
def test_tsv_comes_back(texts: list[tuple[str, str]]) -> None:
    output, _ = written(of_texts(texts), "tsv")
    rows = [line.split("\t") for line in output.splitlines()[1:]]
    table = str.maketrans(dict.fromkeys(SEPARATORS, " "))
    assert all(len(row) == 6 for row in rows)
    assert [tuple(row[:2]) for row in rows] == [
        tuple(without_surrogates(text.replace("\r\n", " ").translate(table)) for text in pair) for pair in texts
    ]


@given(st.lists(st.tuples(st.text(), st.text())))
def test_tsv_is_read_by_the_csv_module(texts: list[tuple[str, str]]) -> None:
    output, _ = written(of_texts(texts), "tsv")
    rows = list(csv.reader(io.StringIO(output, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None))
    assert [len(row) for row in rows] == [6] * (len(texts) + 1)


@given(TEXTS)
def test_jsonl_comes_back(texts: list[tuple[str, str]]) -> None:
    output, _ = written(of_texts(texts), "jsonl")
    records = [json.loads(line) for line in output.splitlines()]
    assert [(record["en"], record["zh"]) for record in records] == [
        (without_surrogates(en), without_surrogates(zh)) for en, zh in texts
    ]


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r1",
    "\n1",
    "  =1",
    "\xa0=1",
    "＝1",
    "－1",
    "\x01=1",
    "'=1",
    "''-1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_guarded_in_csv(text: str) -> None:
    output, report = written(of_texts([(text, "水")]), "csv")
    (row,) = list(csv.reader(io.StringIO(output, newline="")))[1:]
    assert row[:2] == [f"'{text}", "水"]
    assert report.notes == ("texts like a formula, with an apostrophe put before them: 1",)
    assert unguard(row[0]) == text


@pytest.mark.parametrize("text", ["1+1=2", "'Tis so", "a@b.org", "——真的吗？", "", "'", "“=”"])
def test_other_text_is_not_guarded(text: str) -> None:
    assert guard(text) == unguard(text) == text


@given(st.text() | st.text(st.sampled_from("'=+-@ \t\n\r＝a水")))
def test_a_guard_can_be_taken_off(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in ("=", "+", "-", "@", "＝", "\t", "\r", "\n")


@given(TEXTS)
def test_csv_comes_back(texts: list[tuple[str, str]]) -> None:
    output, _ = written(of_texts(texts), "csv")
    assert output.startswith("\ufeffen,zh,confidence,bead,en_sentences,zh_sentences\r\n")
    rows = list(csv.reader(io.StringIO(output, newline=""), strict=True))[1:]
    assert [(unguard(row[0]), unguard(row[1])) for row in rows] == [
        (without_surrogates(en), without_surrogates(zh)) for en, zh in texts
    ]
