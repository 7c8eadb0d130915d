"""Every reader: a bilingual sample in its format gives the pairs that its text form gives, and no bytes crash it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aligner import pipeline
from aligner.data import Alignment, Document
from aligner.errors import AlignerError
from aligner.reading import READERS, TABLES, read_bytes, read_document

DATA = Path(__file__).parents[1] / "data"
DOCUMENTS = DATA / "documents"
TITLES = ("bees", "ferry", "library")

Texts = list[tuple[str, str]]
"""Pairs of an English and a Chinese line."""


def article(*titles: str) -> Texts:
    sides = [[], []]
    for title in titles:
        for side, code in zip(sides, ("en", "zh"), strict=True):
            side += (DATA / "articles" / f"{title}.{code}").read_text("utf-8").splitlines()
    return list(zip(*sides, strict=True))


def text_form(texts: Texts) -> bytes:
    return "\n\n".join(chain.from_iterable(texts)).encode()


def html_form(texts: Texts) -> bytes:
    rows = "".join(f"<tr><td>{en.replace('&', '&amp;')}</td><td>{zh}</td></tr>\n" for en, zh in texts)
    return f"<!DOCTYPE html><meta charset=utf-8><nav><a>Home</a></nav><table>{rows}</table>".encode()


def mhtml_form(texts: Texts) -> bytes:
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    message = MIMEMultipart("related", boundary="part")
    message.attach(MIMEText(html_form(texts).decode(), "html", "utf-8"))
    return message.as_bytes()


def docx_form(texts: Texts) -> bytes:
    document = docx.Document()
    table = document.add_table(rows=0, cols=2)
    for pair in texts:
        for cell, text in zip(table.add_row().cells, pair, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def epub_form(texts: Texts) -> bytes:
    """A book whose spine, manifest and archive have three orders, a part in a folder and one with a HTML entity."""
    half = len(texts) // 2
    chapters = [
        "".join(f"<p>{en}</p><p>{zh}</p>" for en, zh in part).replace("&", "&amp;")
        for part in (texts[:half], texts[half:])
    ]
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>t</title></head><body>{}</body></html>'
    container = '<container><rootfiles><rootfile full-path="O E/book.opf"/></rootfiles></container>'
    package = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
    <item id="b" href="../b.xhtml" media-type="application/xhtml+xml"/>
    <item id="p" href="cover.png" media-type="image/png"/>
    <item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
    <item id="a" href="text/a%20one.xhtml" media-type="application/xhtml+xml"/></manifest>
    <spine><itemref idref="n"/><itemref idref="a"/><itemref idref="p"/><itemref idref="x"/>
    <itemref idref="b" linear="no"/><itemref idref="a"/></spine></package>"""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("b.xhtml", page.format(chapters[1] + "<p>&nbsp;</p>"))
        archive.writestr("O E/nav.xhtml", page.format("<nav><a>Chapter one</a></nav>"))
        archive.writestr("O E/text/a one.xhtml", page.format(chapters[0]))
        archive.writestr("O E/book.opf", package)
        archive.writestr("META-INF/container.xml", container)
    return stream.getvalue()


def clock(seconds: int, comma: str) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02}{comma}000"


def srt_form(texts: Texts) -> bytes:
    cues = (
        f"{i}\r\n{clock(4 * i, ',')} --> {clock(4 * i + 3, ',')}\r\n<i>{en}</i>\r\n{zh}\r\n\r\n"
        for i, (en, zh) in enumerate(texts, 1)
    )
    return ("\ufeff" + "".join(cues)).encode()


def vtt_form(texts: Texts) -> bytes:
    cues = (
        f"{clock(4 * i, '.')} --> {clock(4 * i + 3, '.')} align:start\n<v Anna>{en.replace('&', '&amp;')}\n{zh}\n\n"
        for i, (en, zh) in enumerate(texts)
    )
    return ("WEBVTT\n\nNOTE made by hand\n\n" + "".join(cues)).encode()


def ass_form(texts: Texts) -> bytes:
    head = "[Script Info]\nScriptType: v4.00+\n\n[Events]\n"
    columns = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    lines = (
        f"Dialogue: 0,0:{i // 15:02}:{i % 15 * 4:02}.00,0:{i // 15:02}:{i % 15 * 4 + 3:02}.50,Default,,0,0,0,,"
        f"{zh}\\N{{\\fs14\\c&HFF&}}{en}\n"
        for i, (en, zh) in enumerate(texts)
    )
    return (head + columns + "".join(lines)).encode("utf-16")


def tsv_form(texts: Texts) -> bytes:
    return ("zh\ten\n" + "".join(f"{zh}\t{en}\n" for en, zh in texts)).encode()


def csv_form(texts: Texts) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([("No.", "English", "中文"), *((i, *x) for i, x in enumerate(texts))])
    return stream.getvalue().encode("gb18030")


def xlsx_form(texts: Texts) -> bytes:
    book = openpyxl.Workbook()
    for row in [("No.", "English", "中文"), *((i, *pair) for i, pair in enumerate(texts))]:
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def tmx_form(texts: Texts) -> bytes:
    from xml.sax.saxutils import escape

    units = "".join(
        f'<tu><prop type="x-confidence">0.9</prop><tuv xml:lang="ZH-cn"><seg><ph>\\i</ph>{zh}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{escape(en)}</seg></tuv><tuv xml:lang="fr"><seg>Non.</seg></tuv></tu>\n'
        for en, zh in texts
    )
    return f'<!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header/><body>{units}</body></tmx>'.encode("utf-16")


def xliff_form(texts: Texts) -> bytes:
    from translate.storage.xliff import xlifffile

    store = xlifffile(sourcelanguage="zh-CN", targetlanguage="en-GB")
    for en, zh in texts:
        store.addsourceunit(zh).target = en
    return bytes(store)


FORMS: dict[str, Callable[[Texts], bytes]] = {
    ".text": text_form,
    ".md": text_form,
    ".html": html_form,
    ".mhtml": mhtml_form,
    ".docx": docx_form,
    ".epub": epub_form,
    ".srt": srt_form,
    ".vtt": vtt_form,
    ".ass": ass_form,
    ".tsv": tsv_form,
    ".csv": csv_form,
    ".xlsx": xlsx_form,
    ".tmx": tmx_form,
    ".xliff": xliff_form,
}
SAME_READER = {"": ".text", ".txt": ".text", ".markdown": ".md", ".htm": ".html", ".xhtml": ".html", ".mht": ".mhtml"}
SAME_READER |= {".ssa": ".ass", ".xlf": ".xliff", ".sdlxliff": ".xliff", ".mqxliff": ".xliff"}
FROM_FILES = {".pdf"}  # nothing here writes it: the samples are those of LibreOffice and Chromium


def test_every_reader_has_a_sample() -> None:
    assert set(READERS) == set(FORMS) | set(SAME_READER) | FROM_FILES
    for suffix, other in SAME_READER.items():
        assert READERS[suffix] is READERS[other] or suffix in TABLES


def pairs(alignment: Alignment) -> set[tuple[str, str]]:
    return {(pair.en, pair.zh) for pair in alignment.pairs}


def aligned(*documents: Document) -> Alignment:
    return pipeline.align_documents(documents, pipeline.Settings())


def accounted(document: Document, alignment: Alignment) -> bool:
    """Whether every paragraph, row or cue that was read is in a pair or dropped."""
    kept = {
        sentence.line + i
        for pair in alignment.pairs
        for sentence in (
            *(alignment.source[index] for index in pair.bead.source),
            *(alignment.target[index] for index in pair.bead.target),
        )
        for i in range(sentence.last_line - sentence.line + 1)
    }
    dropped = {entry.line for entry in alignment.dropped}
    return {line.number for line in document.lines if line.text.strip()} <= kept | dropped


@pytest.mark.parametrize("suffix", FORMS)
def test_the_same_pairs_as_the_text_form(suffix: str) -> None:
    texts = article(*TITLES)
    expected = pairs(aligned(read_bytes(text_form(texts), "page.txt")))
    assert len(expected) >= 0.9 * len(texts)
    document = read_bytes(FORMS[suffix](texts), f"page{suffix}", suffix=suffix)
    alignment = aligned(document)
    assert len(pairs(alignment) & expected) >= 0.95 * len(expected)
    assert accounted(document, alignment)


FILES = {
    "chromium.html": article("library"),
    "chromium.mhtml": article("library"),
    "chromium.pdf": article("chess")[1:],
    "libreoffice.docx": article("ferry"),
    "libreoffice-table.docx": article("bees"),
    "libreoffice.epub": article("bees", "library"),
    "libreoffice.pdf": article("bees", "library"),
    "libreoffice-table.pdf": article("bees"),
    "libreoffice.xlsx": article("bridge"),
}
"""What other programs wrote, and the lines of ours that are in it; each holds a few more."""


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_programs_give_the_same_pairs(name: str) -> None:
    document = read_document(DOCUMENTS / name)
    alignment = aligned(document)
    expected = pairs(aligned(read_bytes(text_form(FILES[name]), "page.txt")))
    assert len(expected) >= 0.9 * len(FILES[name])
    assert len(pairs(alignment) & expected) >= 0.95 * len(expected) - 1
    assert accounted(document, alignment)


@pytest.mark.parametrize(("english", "chinese"), [(".html", ".docx"), (".epub", ".srt"), (".xlsx", ".txt")])
@pytest.mark.parametrize("swapped", [False, True])
def test_two_files_of_different_formats_in_either_order(english: str, chinese: str, swapped: bool) -> None:
    texts = article("bees")
    sides = [(english, [(en, "") for en, _ in texts]), (chinese, [("", zh) for _, zh in texts])]
    forms = FORMS | {".txt": text_form}
    documents = [
        read_bytes(forms[suffix](side), f"page{suffix}", suffix=suffix, source=source)
        for source, (suffix, side) in enumerate(reversed(sides) if swapped else sides)
    ]
    expected = pairs(aligned(read_bytes(text_form(texts), "page.txt")))
    assert len(pairs(aligned(*documents)) & expected) >= 0.95 * len(expected)


def damaged(data: bytes, draw: Callable[[st.SearchStrategy[int]], int]) -> bytes:
    """A sample that was cut off, or of which a few bytes were changed."""
    cut = draw(st.integers(0, len(data)))
    changed = bytearray(data[:cut] if draw(st.integers(0, 1)) else data)
    for _ in range(draw(st.integers(0, 5)) if changed else 0):
        changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    return bytes(changed)


SHORT = article("chess")[:2]
SAMPLES = {suffix: form(SHORT) for suffix, form in FORMS.items()}
SAMPLES[".pdf"] = (DOCUMENTS / "libreoffice-table.pdf").read_bytes()


@settings(max_examples=300)
@given(st.data(), st.sampled_from(sorted(READERS)))
def test_no_bytes_crash_a_reader(data: st.DataObject, suffix: str) -> None:
    sample = SAMPLES.get(suffix, b"")
    content = data.draw(st.binary(max_size=200)) if not sample or data.draw(st.booleans()) else sample
    content = damaged(content, data.draw)
    try:
        document = read_bytes(content, f"page{suffix}", suffix=suffix)
    except AlignerError as error:
        assert f"page{suffix}" in str(error)
        assert "\n" not in str(error)
    else:
        assert all("\n" not in line.text for line in document.lines)
