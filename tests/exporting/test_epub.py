"""EPUB: valid, readable in order, with the languages named and the pinyin above the words."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aligner.data import Alignment, Bead, Pair
from aligner.exporting import ExportReport, ExportSettings, export_to_stream
from aligner.exporting.epub import PAIRS_PER_CHAPTER

XHTML = {"h": "http://www.w3.org/1999/xhtml"}
PACKAGE = {"o": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}
EPUBCHECK = Path("/usr/bin/epubcheck")  # Debian's: an archive that java runs
HOSTILE = "a & b < c > ]]> <!-- \0 \x01 \x85 \ud800 \ufffe \u2028 \r\n 👨‍👩‍👧 𠀀 \u202e"
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(*texts: tuple[str, str], confidence: float = 0.9, **options: Any) -> tuple[zipfile.ZipFile, ExportReport]:
    pairs = tuple(Pair(en, zh, confidence, Bead((i,), (i,), confidence)) for i, (en, zh) in enumerate(texts))
    stream = io.BytesIO()
    report = export_to_stream(Alignment((), (), (), pairs, ()), stream, "epub", ExportSettings(**options))
    return zipfile.ZipFile(stream), report


def chapter(book: zipfile.ZipFile, number: int = 1) -> Any:
    return etree.fromstring(book.read(f"book/text-{number:04}.xhtml"))


def paragraphs(page: Any, language: str) -> list[str]:
    found = page.iterfind(f".//h:p[@class='{language}']", XHTML)
    return ["".join(p.xpath(".//text()[not(parent::h:rt)]", namespaces=XHTML)) for p in found]


def test_the_type_comes_first_and_is_not_compressed() -> None:
    book, _ = written(("Bank.", "银行。"))
    first = book.infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert book.read("mimetype") == b"application/epub+zip"
    assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_languages_order_and_pinyin() -> None:
    book, _ = written(("Bank.", "銀行行長。"), first="zh", pinyin=True, zh_code="zh-TW", en_code="en-GB", title="T")
    package = etree.fromstring(book.read("book/package.opf"))
    assert [element.text for element in package.iterfind(".//dc:language", PACKAGE)] == ["zh-TW", "en-GB"]
    pair = chapter(book).find(".//h:div", XHTML)
    assert [p.get("lang") for p in pair] == ["zh-TW", "en-GB"]
    assert [rt.text for rt in pair.iterfind(".//h:rt", XHTML)] == ["yínháng hángzhǎng"]
    assert chapter(written(("Bank.", "银行。"))[0]).find(".//h:rt", XHTML) is None


def test_chapters_and_navigation() -> None:
    texts = [
        (f"Line {i} of a bill for water that is rather long to read.", f"第{i}行。")
        for i in range(2 * PAIRS_PER_CHAPTER + 1)
    ]
    book, report = written(*texts)
    assert report.written == len(texts)
    nav = etree.fromstring(book.read("book/nav.xhtml"))
    links = [(link.get("href"), link.text) for link in nav.iterfind(".//h:li/h:a", XHTML)]
    assert [href for href, _ in links] == ["text-0001.xhtml", "text-0002.xhtml", "text-0003.xhtml"]
    assert links[1][1] == "Line 200 of a bill for water that is rather long…"
    assert [en for number in (1, 2, 3) for en in paragraphs(chapter(book, number), "en")] == [en for en, _ in texts]


def test_doubtful_pairs_are_marked() -> None:
    page = chapter(written(("Bank.", "水。"), confidence=0.5)[0])
    assert page.find(".//h:p[@class='doubt']", XHTML).text == "Uncertain match, 50% sure"


def test_what_xml_forbids_is_left_out_and_counted() -> None:
    book, report = written((HOSTILE, HOSTILE))
    assert report.notes == ("characters that XML 1.0 forbids, left out: 8",)
    expected = FORBIDDEN.sub("", HOSTILE)
    assert paragraphs(chapter(book), "en") == paragraphs(chapter(book), "zh") == [expected]


@settings(max_examples=25)
@given(st.text(), st.text() | st.text(st.sampled_from("银行<&>a \r\0")), st.text(), st.booleans())
def test_text_comes_back(en: str, zh: str, title: str, pinyin: bool) -> None:
    book, _ = written((en, zh), title=title, pinyin=pinyin)
    assert paragraphs(chapter(book), "en") == [FORBIDDEN.sub("", en)]
    assert paragraphs(chapter(book), "zh") == [FORBIDDEN.sub("", zh)]


def test_another_text_is_another_book() -> None:
    def identifier(*texts: tuple[str, str]) -> str:
        package = etree.fromstring(written(*texts)[0].read("book/package.opf"))
        return str(package.findtext(".//dc:identifier", namespaces=PACKAGE))

    assert identifier(("A.", "水。")) == identifier(("A.", "水。")) != identifier(("B.", "水。"))


@pytest.mark.skipif(not (EPUBCHECK.exists() and shutil.which("java")), reason="needs epubcheck (Debian: epubcheck)")
def test_epubcheck_finds_nothing(tmp_path: Path) -> None:
    texts = (("Bank.", "银行行长。"), (HOSTILE, HOSTILE))
    book, _ = written(*texts, confidence=0.5, pinyin=True, title=HOSTILE)
    path = tmp_path / "book.epub"
    assert book.fp
    book.fp.seek(0)
    path.write_bytes(book.fp.read())
    done = subprocess.run(
        ["java", "-jar", EPUBCHECK, "--failonwarnings", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
