"""Files that would fill the memory, fetch something, or are not what their suffix says: one clear line."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from aligner.errors import InputError
from aligner.reading import archives, html, pdf, read_bytes, read_document

DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"
DOCX, XLSX, EPUB, PDF = ((DOCUMENTS / f"libreoffice.{kind}").read_bytes() for kind in ("docx", "xlsx", "epub", "pdf"))

LAUGHS = '<!DOCTYPE {0} [<!ENTITY a "ha ha ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
FILE = '<!DOCTYPE {0} [<!ENTITY j SYSTEM "{1}">'


def refused(data: bytes, suffix: str) -> str:
    with pytest.raises(InputError) as caught:
        read_bytes(data, f"page{suffix}", suffix=suffix)
    message = str(caught.value)
    assert message.startswith(f"page{suffix} ")
    assert "\n" not in message
    return message


def changed(archive: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one of its members changed or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = dict.fromkeys([*old.namelist(), member])
        for name in names:
            content = old.read(name) if name in old.namelist() else b""
            new.writestr(name, change(content) if name == member else content)
    return stream.getvalue()


CHAPTER, PACKAGE, CONTAINER = "OEBPS/sections/section0001.xhtml", "OEBPS/content.opf", "META-INF/container.xml"


TMX = '>]><tmx version="1.4"><header/><body><tu><tuv xml:lang="en"><seg>&j;</seg></tuv></tu></body></tmx>'
XLIFF = '>]><xliff version="1.2"><file><trans-unit><source>&j;</source></trans-unit></file></xliff>'


@pytest.mark.parametrize(("suffix", "root", "rest"), [(".tmx", "tmx", TMX), (".xliff", "xliff", XLIFF)])
@pytest.mark.parametrize("declaration", [LAUGHS, FILE])
def test_entities_are_refused(suffix: str, root: str, rest: str, declaration: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    address = (tmp_path / "secret.txt").as_uri()
    message = refused((declaration.format(root, address) + rest[1:]).encode(), suffix)
    assert "declares entities" in message
    assert "secret" not in message


@pytest.mark.parametrize(("root", "member"), [("html", CHAPTER), ("package", PACKAGE), ("container", CONTAINER)])
def test_entities_in_a_book_are_refused(root: str, member: str) -> None:
    declaration = (LAUGHS.format(root) + "]>").encode()

    def declare(content: bytes) -> bytes:
        head, mark, body = content.replace(b"<!DOCTYPE html>", b"").partition(f"<{root}".encode())
        return head + declaration + mark + body.replace(b"</p>", b"&j;</p>")

    assert "declares entities" in refused(changed(EPUB, member, declare), ".epub")


@pytest.mark.parametrize(
    ("archive", "member", "suffix"),
    [(DOCX, "word/document.xml", ".docx"), (XLSX, "xl/sharedStrings.xml", ".xlsx")],
)
@pytest.mark.parametrize("declaration", [LAUGHS, FILE])
def test_entities_in_office_documents_are_refused(archive: bytes, member: str, suffix: str, declaration: str) -> None:
    def declare(content: bytes) -> bytes:
        head, mark, body = content.partition(b"?>")
        text = body.replace(b"</w:t>", b"&j;</w:t>").replace(b"</t>", b"&j;</t>")
        return head + mark + (declaration.format("x", "http://127.0.0.1/x") + "]>").encode() + text

    refused(changed(archive, member, declare), suffix)


@pytest.mark.parametrize(
    ("archive", "member", "suffix"),
    [(DOCX, "word/document.xml", ".docx"), (XLSX, "xl/sheet1.xml", ".xlsx"), (EPUB, "huge.xhtml", ".epub")],
)
def test_archives_that_would_unpack_to_too_much(
    archive: bytes, member: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "TEXT_LIMIT", 1 << 20)
    bomb = changed(archive, member, lambda _: bytes(2 << 20))
    assert len(bomb) < 100_000
    assert "would unpack to 2 MiB" in refused(bomb, suffix)
    monkeypatch.setattr(archives, "TEXT_LIMIT", 4 << 20)
    monkeypatch.setattr(archives, "UNPACKED_LIMIT", 1 << 20)
    assert "would unpack to" in refused(bomb, suffix)
    monkeypatch.setattr(archives, "UNPACKED_LIMIT", 4 << 20)
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    assert "would unpack to" in refused(archive, suffix)


def test_a_size_that_the_archive_hides_is_not_unpacked() -> None:
    bomb = bytearray(changed(DOCX, "word/document.xml", lambda _: bytes(8 << 20)))
    entry = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(b"word/document.xml"))
    bomb[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    assert "is damaged or cut off" in refused(bytes(bomb), ".docx")


def test_a_reference_without_its_kind_is_passed_over() -> None:
    relations = "word/_rels/document.xml.rels"
    data = changed(DOCX, relations, lambda content: content.replace(b" Type=", b" Kind=", 1))
    assert read_bytes(data, "page.docx", suffix=".docx").lines


def test_a_workbook_that_claims_a_cell_far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from aligner.reading import xlsx

    monkeypatch.setattr(xlsx, "MOST_CELLS", 10_000)
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD9"/>'
    sheet += b'<sheetData><row r="999999999"><c r="A999999999" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    message = refused(changed(XLSX, "xl/worksheets/sheet1.xml", lambda _: sheet + b"</worksheet>"), ".xlsx")
    assert "spans more than 10,000 cells" in message


@pytest.mark.parametrize(("data", "suffix"), [(DOCX, ".docx"), (XLSX, ".xlsx"), (EPUB, ".epub"), (PDF, ".pdf")])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_is_cut_off(data: bytes, suffix: str, share: float) -> None:
    assert "is damaged or cut off" in refused(data[: int(share * len(data))], suffix)


@pytest.mark.parametrize(("data", "right"), [(DOCX, ".docx"), (XLSX, ".xlsx"), (EPUB, ".epub"), (PDF, ".pdf")])
@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".epub", ".pdf", ".txt", ".html", ".srt", ".csv", ".tmx", ".xlf"])
def test_a_wrong_suffix_gets_the_right_one(data: bytes, right: str, suffix: str) -> None:
    if suffix != right:
        assert refused(data, suffix).endswith(f"Give it the suffix {right}.")


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".epub", ".pdf"])
@pytest.mark.parametrize("data", [b"The tea is hot.", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)])
def test_what_is_no_such_document(suffix: str, data: bytes) -> None:
    message = refused(data, suffix)
    assert "is not a" in message or ", not a" in message or "is damaged or cut off" in message
    if data.startswith(b"\xd0"):
        assert "password-protected" in message
        assert message.endswith("without a password.")


def test_an_archive_with_a_password() -> None:
    data = bytearray(DOCX)
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "is protected by a password" in refused(bytes(data), ".docx")


def test_a_book_that_is_protected_against_copying() -> None:
    encryption = f'<encryption><CipherReference URI="{CHAPTER}"/></encryption>'.encode()
    assert "(DRM)" in refused(changed(EPUB, "META-INF/encryption.xml", lambda _: encryption), ".epub")
    fonts = encryption.replace(CHAPTER.encode(), b"font.otf")
    assert read_bytes(changed(EPUB, "META-INF/encryption.xml", lambda _: fonts), "b.epub", suffix=".epub").lines


def test_a_book_without_chapters() -> None:
    empty = changed(EPUB, PACKAGE, lambda _: b"<package><spine/></package>")
    assert "its spine is empty" in refused(empty, ".epub")


def test_a_pdf_with_a_password() -> None:
    with pytest.raises(InputError, match=r"password\.pdf is protected by a password\. Save a copy without one"):
        read_document(DOCUMENTS / "password.pdf")


def blank_pdf(pages: int) -> bytes:
    stream = io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 200)
    document.save(stream)
    return stream.getvalue()


def test_a_pdf_without_text() -> None:
    assert "has no text layer" in refused(blank_pdf(2), ".pdf")


def test_a_pdf_with_pages_without_text() -> None:
    document = pypdfium2.PdfDocument(PDF)
    document.import_pages(pypdfium2.PdfDocument(blank_pdf(2)))
    stream = io.BytesIO()
    document.save(stream)
    read = read_bytes(stream.getvalue(), "page.pdf", suffix=".pdf")
    assert read.warnings == ("page.pdf: no text on pages 5, 6; a picture of text is not read",)
    assert read.lines


def test_too_long_a_pdf_or_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_LETTERS", 10)
    assert "more than 10 letters" in refused(PDF, ".pdf")
    monkeypatch.setattr(pdf, "MOST_PAGES", 3)
    assert "more than 3 pages" in refused(PDF, ".pdf")
    monkeypatch.setattr(html, "HTML_LIMIT", 10)
    assert "is too long for a page" in refused(b"<p>The tea is hot.", ".html")


@pytest.mark.parametrize("element", ["div", "b", "table><tr><td"])
def test_a_page_nested_beyond_reason(element: str) -> None:
    assert "is nested too deeply" in refused(f"<{element}>".encode() * 20_000 + b"text", ".html")


@pytest.mark.parametrize(
    ("suffix", "data", "message"),
    [
        (".tmx", b"<html/>", "is no TMX file: it begins with <html>. Check its suffix."),
        (".xliff", b"<tmx/>", "is no XLIFF file: it begins with <tmx>. Check its suffix."),
        (".tmx", b'<tmx><body><tu><tuv xml:lang="en"><seg>Water', "is not well-formed XML"),
        (".tmx", b" ", "is not well-formed XML"),
        *((suffix, b"", "is empty") for suffix in (".tmx", ".xlf", ".docx", ".xlsx", ".epub", ".pdf")),
        (".xliff", b"plain text", "is not well-formed XML"),
        (".srt", b"The tea is hot.", "holds no subtitles"),
        (".vtt", b"The tea is hot.", "holds no subtitles"),
        (".ass", b"The tea is hot.", "holds no subtitles"),
        (".csv", b'a,b\n"open,c\n', "is not CSV as spreadsheets write it: line 2: unexpected end of data"),
        (".mhtml", b"The tea is hot.", "holds no web page"),
    ],
)
def test_text_that_is_not_what_its_suffix_says(suffix: str, data: bytes, message: str) -> None:
    assert message in refused(data, suffix)
