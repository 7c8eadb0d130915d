"""XLIFF 2.0: the structure that the standard asks for, and another program that reads it."""

import io
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from translate.storage.xliff2 import Xliff2File

from aligner.data import Unit
from aligner.exporting import ExportSettings
from aligner.exporting.settings import Written
from aligner.exporting.xliff import write_xliff

STRUCTURE = etree.RelaxNG(etree.parse(str(Path(__file__).with_name("xliff20.rng"))))
CORE = "{urn:oasis:names:tc:xliff:document:2.0}"


def written(units: Iterable[Unit], settings: ExportSettings | None = None) -> tuple[bytes, Written]:
    stream = io.BytesIO()
    result = write_xliff(units, stream, settings or ExportSettings())
    return stream.getvalue(), result


def texts(data: bytes) -> list[list[str]]:
    """The text of each segment's source and target, ``<cp>`` elements as the characters that they name."""
    root = etree.fromstring(data)
    STRUCTURE.assertValid(root)
    for cp in root.iter(f"{CORE}cp"):
        cp.text = f"<{cp.get('hex')}>"
    return [["".join(side.itertext()) for side in segment] for segment in root.iter(f"{CORE}segment")]


def test_a_whole_file() -> None:
    unit = Unit("Tea & <ice>.\0", "茶和冰。", 0.98765, "2-1", (0, 1), (0,), (1, 2), (4, 4), "Sure?")
    data, result = written([unit], ExportSettings("en-GB", "zh-TW", title='a "page"'))
    assert data.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en-GB" trgLang="zh-TW">'
        '<file xmlns:xml="http://www.w3.org/XML/1998/namespace" id="1" xml:space="preserve" '
        'original="a &quot;page&quot;">\n'
        '<unit id="1"><mda:metadata xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0">'
        '<mda:metaGroup category="aligner">'
        '<mda:meta type="confidence">0.9877</mda:meta><mda:meta type="bead">2-1</mda:meta>'
        '<mda:meta type="en_sentences">0,1</mda:meta><mda:meta type="zh_sentences">0</mda:meta>'
        '<mda:meta type="en_lines">1,2</mda:meta><mda:meta type="zh_lines">4,4</mda:meta>'
        "</mda:metaGroup></mda:metadata><notes><note>Sure?</note></notes>"
        '<segment state="translated"><source>Tea &amp; &lt;ice&gt;.<cp hex="0000"/></source>'
        "<target>茶和冰。</target></segment></unit>\n"
        "</file></xliff>\n"
    )
    assert result == Written(1)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_files_have_the_standards_structure(number: int) -> None:
    data, result = written([Unit("Tea.", "茶。", note="n" * i) for i in range(number)])
    assert texts(data) == [["Tea.", "茶。"]] * number
    assert result.count == number


def test_the_structure_refuses_what_it_should() -> None:
    data, _ = written([Unit("Tea.", "茶。", 0.5)])
    for right, wrong in (
        (b'version="2.0"', b'version="1.2"'),
        (b' srcLang="en-US"', b""),
        (b"<source>Tea.</source>", b""),
        (b'state="translated"', b'state="new"'),
        (b'<unit id="1">', b"<unit>"),
    ):
        assert right in data
        assert not STRUCTURE.validate(etree.fromstring(data.replace(right, wrong, 1)))


def test_translate_toolkit_reads_it() -> None:
    pairs = [("Tea & <ice>.", "茶和冰。"), ("“Really?” he asked.", "“真的吗？”他问。"), ("👍\u200f!", "  好！𠀀 ")]
    data, _ = written(Unit(en, zh, 0.9, "1-1", note="n") for en, zh in pairs)
    store = Xliff2File.parsestring(data)
    assert (store.getsourcelanguage(), store.gettargetlanguage()) == ("en-US", "zh-CN")
    assert [(str(unit.source), str(unit.target)) for unit in store.units] == pairs


def test_pairs_with_an_empty_side_are_left_out_and_counted() -> None:
    data, result = written([Unit("", "水"), Unit("a", " \u3000\n"), Unit("a", "水")])
    assert texts(data) == [["a", "水"]]
    assert result == Written(1, ("pairs with an empty side, left out: 2",))


@given(
    st.lists(st.tuples(st.text(), st.text()) | st.tuples(*[st.text(st.sampled_from("a水&<>\r\n\0\ud800\uffff"))] * 2))
)
def test_all_text_comes_back(pairs: list[tuple[str, str]]) -> None:
    def expected(text: str) -> str:
        text = re.sub("[\ud800-\udfff]", "\ufffd", text)
        return re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", lambda match: f"<{ord(match[0]):04X}>", text)

    data, _ = written(Unit(en, zh) for en, zh in pairs)
    assert texts(data) == [[expected(en), expected(zh)] for en, zh in pairs if en.strip() and zh.strip()]
