"""Files as translation tools write them, each made by hand after its format: what a translator would bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from aligner.converting import Findings, read_units
from aligner.errors import InputError
from aligner.reading import read_bytes, read_parallel
from aligner.reading.safe_xml import iterate_xml

TEA = ("The tea is hot.", "茶很烫。")
WATER = ("Water the herbs.", "给香草浇水。")

TRADOS_STUDIO = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<xliff xmlns:sdl="http://sdl.com/FileTypes/SdlXliff/1.0" xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"
 sdl:version="1.0"><file original="C:\\tea.docx" datatype="x-sdlfilterframework2" source-language="en-US"
 target-language="zh-CN"><header>
 <reference><internal-file form="base64">UEsDBBQ</internal-file></reference>
 <file-info xmlns="http://sdl.com/FileTypes/SdlXliff/1.0"><value key="source">no text</value></file-info>
 <tag-defs xmlns="http://sdl.com/FileTypes/SdlXliff/1.0"><tag id="0"><bpt>&lt;b&gt;</bpt></tag></tag-defs>
</header><body><trans-unit translate="no" id="a"><source><x id="0"/></source></trans-unit>
<group><sdl:cxts><sdl:cxt id="1"/></sdl:cxts><trans-unit id="b">
<source><g id="4">The tea is <g id="5">hot</g>. Water the herbs. Sit down.</g></source>
<seg-source><g id="4"><mrk mtype="seg" mid="7">The tea is <g id="5">hot</g>.</mrk> <mrk mtype="seg" mid="8">Water
 <mrk mtype="x-sdl-comment" sdl:cid="1">the</mrk> herbs.</mrk> <mrk mtype="seg" mid="9">Sit down.</mrk></g></seg-source>
<target><g id="4"><mrk mtype="seg" mid="7">茶很<g id="5"><mrk mtype="x-sdl-deleted" sdl:revid="1">热</mrk><mrk
 mtype="x-sdl-added" sdl:revid="2">烫</mrk></g>。</mrk><mrk mtype="seg" mid="8">给香草浇水。</mrk><mrk mtype="seg"
 mid="9"/></g></target>
<sdl:seg-defs><sdl:seg id="7" conf="Translated" origin="tm" percent="100"/><sdl:seg id="8"/></sdl:seg-defs>
</trans-unit></group></body></file></xliff>"""

MEMOQ = """<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:mq="MQXliff" version="1.2">
<file original="tea.docx" source-language="en" target-language="zh-cn" datatype="x-memoq"><header>
<skl><external-file href="skeleton.xml"/></skl><tool tool-id="MQ" tool-name="MemoQ"/></header><body>
<trans-unit id="1" mq:status="ManuallyConfirmed" mq:translatorcommitmatchrate="101">
<source xml:space="preserve">The tea is <bpt id="1" ctype="bold">{}</bpt>hot<ept id="1">{}</ept>.</source>
<target xml:space="preserve">茶很<bpt id="1" ctype="bold">{}</bpt>烫<ept id="1">{}</ept>。</target>
<mq:minorversions xmlns="MQXliff"><mq:historical-unit><source>Old.</source><target>旧。</target></mq:historical-unit>
</mq:minorversions><mq:insertedmatch matchtype="1"><source>Tea?</source><target>茶？</target></mq:insertedmatch>
</trans-unit>
<trans-unit id="2" mq:status="PartiallyEdited"><source xml:space="preserve">Water the herbs.</source>
<target xml:space="preserve">给香草浇水。</target></trans-unit>
</body></file></xliff>"""

OMEGAT = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx11.dtd">
<tmx version="1.1"><header creationtool="OmegaT" o-tmf="OmegaT TMX" adminlang="EN-US" datatype="plaintext"
 creationtoolversion="6.0.0_0" segtype="sentence" srclang="EN-US"/><body>
<!-- Default translations -->
<tu><tuv lang="EN-US"><seg>The tea is hot.</seg></tuv><tuv lang="ZH-CN" changeid="a" changedate="20250101T000000Z">
<seg>茶很烫。</seg></tuv></tu>
<!-- Alternative translations -->
<tu><note>In the garden</note><prop type="file">tea.txt</prop><prop type="prev">The tea is hot.</prop>
<tuv lang="EN-US"><seg>Water the herbs.</seg></tuv><tuv lang="ZH-CN"><seg>给香草浇水。</seg></tuv></tu>
</body></tmx>"""

TRADOS_WORKBENCH = """<?xml version="1.0" encoding="utf-16"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header creationtool="TRADOS Translator's Workbench for Windows" creationtoolversion="Edition 8"
 segtype="sentence" o-tmf="TW4Win 2.0 Format" adminlang="EN-US" srclang="EN-GB" datatype="rtf"><prop
 type="RTFFontTable">{\\fonttbl}</prop></header><body>
<tu creationdate="20040101T000000Z"><prop type="Txt::Note">x</prop>
<tuv xml:lang="EN-GB"><seg>The tea is <ut>{\\b </ut>hot<ut>}</ut>.</seg></tuv>
<tuv xml:lang="ZH-CN"><seg><bpt i="1">{\\f13 </bpt>茶很烫<ept i="1">}</ept>。</seg></tuv></tu>
<tu><tuv xml:lang="EN-GB"><seg>Water the <hi type="b">herbs</hi>.</seg></tuv><tuv xml:lang="ZH-CN">
<seg>给香草<ph x="1">\\~</ph>浇水。</seg></tuv></tu></body></tmx>""".replace("\n", "\r\n")

SAMPLES = {
    "studio.sdlxliff": TRADOS_STUDIO.encode().replace(b"Water\n ", b"Water "),
    "memoq.mqxliff": MEMOQ.encode(),
    "project_save.tmx": OMEGAT.encode(),
    "workbench.tmx": TRADOS_WORKBENCH.encode("utf-16"),
}
each_sample = pytest.mark.parametrize("name", SAMPLES)


@each_sample
def test_as_input_to_align(name: str) -> None:
    document = read_bytes(SAMPLES[name], name, suffix=Path(name).suffix)
    lines = [line.text for line in document.lines]
    assert lines == [*TEA, *WATER, *(["Sit down."] if name == "studio.sdlxliff" else [])]
    assert not document.skipped


@each_sample
def test_as_input_to_convert(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(SAMPLES[name])
    findings = Findings()
    units = list(read_units(tmp_path / name, findings))
    assert [(unit.en, unit.zh) for unit in units] == [TEA, WATER]
    assert findings.en_code.lower().startswith("en")
    assert findings.zh_code.lower() == "zh-cn"
    if name == "project_save.tmx":
        assert units[1].note == "In the garden"


def test_units_without_text_are_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.sdlxliff").write_bytes(SAMPLES["studio.sdlxliff"])
    english, chinese = read_parallel(tmp_path / "a.sdlxliff")
    assert [line.text for line in english.lines] == [TEA[0], WATER[0], "Sit down."]
    assert [line.text for line in chinese.lines] == [TEA[1], WATER[1], ""]


def test_inline_codes_are_told() -> None:
    document = read_bytes(SAMPLES["memoq.mqxliff"], "a.mqxliff", suffix=".mqxliff")
    assert document.warnings == ("a.mqxliff: inline codes, left out of the text: 4",)


def test_segments_that_only_the_target_marks() -> None:
    text = TRADOS_STUDIO.replace('<mrk mtype="seg" mid="9">Sit down.</mrk></g></seg-source>', "</g></seg-source>")
    text = text.replace('mid="9"/>', 'mid="9">请坐。</mrk>')
    document = read_bytes(text.encode(), "a.sdlxliff", suffix=".sdlxliff")
    assert [line.text for line in document.lines][-1] == "请坐。"


def test_a_unit_whose_translation_is_not_divided_is_one_row() -> None:
    target = "<target>茶很烫。给香草浇水。请坐。</target>"
    start, end = TRADOS_STUDIO.index("<target>"), TRADOS_STUDIO.index("</target>") + len("</target>")
    document = read_bytes((TRADOS_STUDIO[:start] + target + TRADOS_STUDIO[end:]).encode(), "a.xlf", suffix=".xlf")
    assert [line.text for line in document.lines] == [
        "The tea is hot. Water the herbs. Sit down.",
        "茶很烫。给香草浇水。请坐。",
    ]


def test_a_document_kept_within_the_file_may_be_large() -> None:
    large = TRADOS_STUDIO.replace("UEsDBBQ", "UEsDBBQA" * 1_500_000)  # 12 MB: Trados Studio keeps up to 20
    assert read_bytes(large.encode(), "a.sdlxliff", suffix=".sdlxliff").lines


def test_a_target_language_that_is_not_named(tmp_path: Path) -> None:
    text = MEMOQ.replace(' target-language="zh-cn"', "")
    document = read_bytes(text.encode(), "a.xlf", suffix=".xlf")
    assert [line.text for line in document.lines] == [*TEA, *WATER]


def test_the_notes_of_variants_and_old_names_of_languages(tmp_path: Path) -> None:
    variants = '<tuv lang="ENU"><note>a</note><seg>Tea.</seg></tuv><tuv lang="CHS"><note>b</note><seg>茶。</seg></tuv>'
    (tmp_path / "a.tmx").write_text(f"<tmx><body><tu>{variants}</tu></body></tmx>", "utf-8")
    (unit,) = read_units(tmp_path / "a.tmx", Findings())
    assert (unit.en, unit.zh, unit.note) == ("Tea.", "茶。", "a\nb")


@pytest.mark.parametrize("suffix", [".tmx", ".xlf"])
def test_an_entity_without_a_meaning_is_refused(suffix: str) -> None:
    text = OMEGAT if suffix == ".tmx" else MEMOQ.replace("<xliff ", '<!DOCTYPE xliff SYSTEM "x.dtd"><xliff ', 1)
    with pytest.raises(InputError, match="The XML entity &nbsp; is used but not defined"):
        read_bytes(text.replace("herbs", "herbs&nbsp;").encode(), f"a{suffix}", suffix=suffix)


def test_inline_codes_nested_beyond_reason() -> None:
    text = OMEGAT.replace("herbs", "<hi>" * 1500 + "herbs" + "</hi>" * 1500)
    with pytest.raises(InputError, match="inline codes of a unit are nested too deeply"):
        read_bytes(text.encode(), "a.tmx", suffix=".tmx")


def test_a_stream_that_can_be_read_only_once(tmp_path: Path) -> None:
    class Pipe:
        def __init__(self, data: bytes) -> None:
            self.data = data

        def seekable(self) -> bool:
            return False

        def read(self) -> bytes:
            return self.data

    pipe = Pipe(b"<tmx><tu/></tmx>")
    found = [(ended, element.tag) for ended, element in iterate_xml(pipe, "a", "tmx", ("tu",))]  # type: ignore[arg-type]
    assert found == [(False, "tu"), (True, "tu")]
