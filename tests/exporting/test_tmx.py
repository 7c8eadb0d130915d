"""TMX: valid against the TMX 1.4 document type, read back by another program, and streamed."""

import io
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from translate.storage.tmx import tmxfile

from aligner.data import Alignment, Bead, Pair, Sentence
from aligner.exporting import ExportReport, ExportSettings, export_to_stream

DTD = etree.DTD(str(Path(__file__).with_name("tmx14.dtd")))
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def of_texts(*texts: tuple[str, str], bead: Bead | None = None) -> Alignment:
    bead = bead or Bead((0,), (0,), 0.98765)
    return Alignment((), (), (), tuple(Pair(en, zh, 0.98765, bead) for en, zh in texts), ())


def written(alignment: Alignment, settings: ExportSettings | None = None) -> tuple[bytes, ExportReport]:
    stream = io.BytesIO()
    report = export_to_stream(alignment, stream, "tmx", settings or ExportSettings())
    return stream.getvalue(), report


def segments(data: bytes) -> list[tuple[str, str]]:
    root = etree.fromstring(data)
    DTD.assertValid(root)
    units = [[seg.text for seg in unit.iter("seg")] for unit in root.iter("tu")]
    assert all(len(unit) == 2 for unit in units)
    return [(unit[0], unit[1]) for unit in units]


def test_a_whole_file() -> None:
    moment = datetime(2024, 5, 6, 15, 8, 9, 999, tzinfo=timezone(timedelta(hours=8)))
    settings = ExportSettings("en-GB", "zh-TW", moment, "水 & <water>")
    data, report = written(of_texts(("Water & <ice>.", "水和冰。"), bead=Bead((0, 1), (0,))), settings)
    text = re.sub('creationtoolversion="[^"]+"', 'creationtoolversion="1"', data.decode())
    assert text == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tmx version="1.4">\n'
        '<header creationtool="aligner" creationtoolversion="1" segtype="sentence" o-tmf="aligner" adminlang="en-US" '
        'srclang="en-GB" datatype="plaintext" creationdate="20240506T070809Z">'
        "<note>水 &amp; &lt;water&gt;</note></header>\n"
        "<body>\n"
        '<tu tuid="1" creationdate="20240506T070809Z"><prop type="x-confidence">0.9877</prop>'
        '<prop type="x-bead">2-1</prop>'
        '<tuv xml:lang="en-GB"><seg>Water &amp; &lt;ice&gt;.</seg></tuv>'
        '<tuv xml:lang="zh-TW"><seg>水和冰。</seg></tuv></tu>\n'
        "</body>\n"
        "</tmx>\n"
    )
    assert report.written == 1


@pytest.mark.parametrize("number", [0, 1, 3])
@pytest.mark.parametrize("settings", [ExportSettings(), ExportSettings("en", "zh", datetime.now(UTC), "title")])
def test_files_are_valid(number: int, settings: ExportSettings) -> None:
    data, _ = written(of_texts(*[("Water.", "水。")] * number), settings)
    root = etree.fromstring(data)
    DTD.assertValid(root)
    codes = [variant.get(XML_LANG) for variant in root.iter("tuv")]
    assert codes == [settings.en_code, settings.zh_code] * number
    assert root.find("header").get("srclang") == settings.en_code
    assert [unit.get("tuid") for unit in root.iter("tu")] == [str(i + 1) for i in range(number)]


def test_the_document_type_refuses_what_it_should() -> None:
    data, _ = written(of_texts(("Water.", "水。")))
    for right, wrong in (
        (b'version="1.4"', b'version="1.4b"'),
        (b' o-tmf="aligner"', b""),
        (b"<seg>Water.</seg>", b""),
    ):
        assert right in data
        assert not DTD.validate(etree.fromstring(data.replace(right, wrong, 1)))


def test_translate_toolkit_reads_it(tmp_path: Path) -> None:
    texts = [("Water & <ice>.", "水和冰。"), ("“Really?” he asked.", "“真的吗？”他问。"), ("👍\u200f!", "好！𠀀")]
    path = tmp_path / "out.tmx"
    path.write_bytes(written(of_texts(*texts), ExportSettings(title="page"))[0])
    with path.open("rb") as file:
        units = tmxfile(file, "en-US", "zh-CN").units
    assert [(str(unit.source), str(unit.target)) for unit in units] == texts


def test_pairs_with_an_empty_side_are_left_out_and_counted() -> None:
    data, report = written(of_texts(("", "水"), ("a", " \u3000\n"), ("\0\ufffe", "水"), ("a", "水")))
    assert segments(data) == [("a", "水")]
    assert report == ExportReport("-", 1, ("pairs with an empty side, left out: 3",))


def test_forbidden_characters_are_left_out_and_counted() -> None:
    data, report = written(
        of_texts(("a\0\x01\x08\x0b\x0c\x0e\x1fb", "水\ud800\udfff\ufffe\uffff火")), ExportSettings(title="\0")
    )
    assert segments(data) == [("ab", "水火")]
    assert report.notes == ("characters that XML 1.0 forbids, left out: 11",)


def test_allowed_but_strange_characters_stay() -> None:
    text = "a\tb\nc\rd\r\ne\x7f\x85\x9f\u2028\ufdd0\ufeff\ufffd\U0010ffff ]]> \u202e"
    assert segments(written(of_texts((text, text)))[0]) == [(text, text)]


def test_the_english_side_comes_first_whatever_the_source_was() -> None:
    bead = Bead((0,), (0, 1))
    sentence = Sentence("", 1, 1)
    pairs = (Pair("Two. Sentences.", "一句。", 1.0, bead),)
    alignment = Alignment((sentence,), (sentence,) * 2, (bead,), pairs, (), source_language="zh")
    data, _ = written(alignment)
    assert segments(data) == [("Two. Sentences.", "一句。")]
    assert b'<prop type="x-bead">2-1</prop>' in data


@given(st.lists(st.tuples(st.text(), st.text()) | st.tuples(*[st.text(st.sampled_from("a水&<>\r\n\0\ud800"))] * 2)))
def test_text_comes_back_but_for_forbidden_characters(texts: list[tuple[str, str]]) -> None:
    data, _ = written(of_texts(*texts))
    allowed = [(FORBIDDEN.sub("", en), FORBIDDEN.sub("", zh)) for en, zh in texts]
    assert segments(data) == [pair for pair in allowed if pair[0].strip() and pair[1].strip()]


MEASURE = """
import resource, sys
from aligner.data import Alignment, Bead, Pair
from aligner.exporting import export
pair = Pair("The water was cut off for three days.", "全市停水三天，居民在街上排队取水。", 0.9, Bead((0,), (0,)))
for number in (2_000, int(sys.argv[1])):
    export(Alignment((), (), (), (pair,) * number, ()), sys.argv[2])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of maxrss differs")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """In a process of its own, since libxml2's memory is no Python memory; as a tree the file would take 120 MB."""
    command = [sys.executable, "-c", MEASURE, "60000", str(tmp_path / "out.tmx")]
    few, many = map(int, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert (tmp_path / "out.tmx").stat().st_size > 15_000_000
    assert many - few < 8_000  # kilobytes
