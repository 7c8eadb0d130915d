"""EPUB 3: a book for e-readers, the two texts interleaved pair by pair.

Written with zipfile and lxml: EbookLib, the library that is usual for it, is under the AGPL.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from aligner.data import Alignment
from aligner.exporting.learners import StudyPair, asset, percent, study_pairs
from aligner.exporting.pinyin import with_pinyin
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.zipped import write_zip

if TYPE_CHECKING:
    from lxml.etree import _Element

PAIRS_PER_CHAPTER = 200  # an e-reader lays out a whole file at once, and is slow where it is long
_XHTML = "http://www.w3.org/1999/xhtml"
_EPUB = "http://www.idpf.org/2007/ops"
_OPF = "http://www.idpf.org/2007/opf"
_DC = "http://purl.org/dc/elements/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_LABEL_LENGTH = 48
# What XML 1.0 can't hold, and U+FFFE and U+FFFF: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_CONTAINER = b"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""

Pieces = Sequence[tuple[str, str]]
"""The Chinese text in pieces, words with their pinyin."""

Chapter = Sequence[tuple[StudyPair, Pieces]]


def write_epub(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write a book of chapters of at most ``PAIRS_PER_CHAPTER`` pairs, with pinyin above the characters if wanted.

    Characters that XML 1.0 forbids are left out and counted.
    """
    title, _ = _FORBIDDEN.subn("", settings.title)
    title = title.strip() or "English and Chinese"
    pairs, forbidden = _holdable(study_pairs(alignment))
    texts = [pair.zh for pair in pairs]
    chinese = with_pinyin(texts) if settings.pinyin else [[(text, "")] for text in texts]
    chapters = list(_chapters(zip(pairs, chinese, strict=True))) or [()]
    write_zip(stream, _members(chapters, title, settings), stored=("mimetype",))
    notes = (f"characters that XML 1.0 forbids, left out: {forbidden:,}",) if forbidden else ()
    return Written(len(pairs), notes)


def _holdable(pairs: Sequence[StudyPair]) -> tuple[list[StudyPair], int]:
    result, forbidden = [], 0
    for pair in pairs:
        en, in_english = _FORBIDDEN.subn("", pair.en)
        zh, in_chinese = _FORBIDDEN.subn("", pair.zh)
        forbidden += in_english + in_chinese
        result.append(StudyPair(pair.id, en, zh, pair.confidence, pair.opens))
    return result, forbidden


def _chapters(pairs: Iterator[tuple[StudyPair, Pieces]]) -> Iterator[Chapter]:
    while chapter := tuple(islice(pairs, PAIRS_PER_CHAPTER)):
        yield chapter


def _members(chapters: Sequence[Chapter], title: str, settings: ExportSettings) -> Iterator[tuple[str, bytes]]:
    labels = [_label(chapter, title, settings) for chapter in chapters]
    yield "mimetype", b"application/epub+zip"
    yield "META-INF/container.xml", _CONTAINER
    yield "book/package.opf", _package(chapters, title, settings)
    yield "book/nav.xhtml", _navigation(labels, title, settings)
    yield "book/style.css", asset("book.css").encode()
    for number, (chapter, label) in enumerate(zip(chapters, labels, strict=True), 1):
        yield f"book/{_name(number)}", _chapter(chapter, label, settings)


def _name(number: int) -> str:
    return f"text-{number:04}.xhtml"


def _label(chapter: Chapter, title: str, settings: ExportSettings) -> str:
    """A chapter is called by the words it begins with."""
    first = [pair.zh if settings.first == "zh" else pair.en for pair, _ in chapter[:1]]
    words = " ".join("".join(first).split())
    return (words if len(words) <= _LABEL_LENGTH else words[:_LABEL_LENGTH].rstrip() + "…") or title


def _package(chapters: Sequence[Chapter], title: str, settings: ExportSettings) -> bytes:
    from lxml import etree

    package = etree.Element(
        f"{{{_OPF}}}package", {"version": "3.0", "unique-identifier": "id"}, nsmap={None: _OPF, "dc": _DC}
    )
    metadata = _child(package, "metadata")
    _child(metadata, f"{{{_DC}}}identifier", _identifier(chapters, title), id="id")
    _child(metadata, f"{{{_DC}}}title", title)
    codes = (settings.en_code, settings.zh_code)
    for code in codes[::-1] if settings.first == "zh" else codes:
        _child(metadata, f"{{{_DC}}}language", code)
    moment = (settings.created or _UNDATED).astimezone(UTC)
    _child(metadata, "meta", moment.strftime("%Y-%m-%dT%H:%M:%SZ"), property="dcterms:modified")
    manifest, spine = _child(package, "manifest"), _child(package, "spine")
    kind = "application/xhtml+xml"
    _child(manifest, "item", id="nav", href="nav.xhtml", properties="nav", **{"media-type": kind})
    _child(manifest, "item", id="style", href="style.css", **{"media-type": "text/css"})
    for number in range(1, len(chapters) + 1):
        _child(manifest, "item", id=f"text-{number}", href=_name(number), **{"media-type": kind})
        _child(spine, "itemref", idref=f"text-{number}")
    return _serialised(package)


def _identifier(chapters: Sequence[Chapter], title: str) -> str:
    """The same for the same text, so that e-readers keep the place, and another for any other text."""
    texts = [text for chapter in chapters for pair, _ in chapter for text in (pair.en, pair.zh)]
    return uuid.uuid5(uuid.NAMESPACE_URL, "\0".join([title, *texts])).urn


def _navigation(labels: Sequence[str], title: str, settings: ExportSettings) -> bytes:
    page, body = _page(title, settings.zh_code if settings.first == "zh" else settings.en_code)
    nav = _child(body, "nav", **{f"{{{_EPUB}}}type": "toc"})
    _child(nav, "h1", title)
    entries = _child(nav, "ol")
    for number, label in enumerate(labels, 1):
        _child(_child(entries, "li"), "a", label, href=_name(number))
    return _serialised(page)


def _chapter(chapter: Chapter, label: str, settings: ExportSettings) -> bytes:
    page, body = _page(label, settings.zh_code if settings.first == "zh" else settings.en_code)
    _child(page[0], "link", rel="stylesheet", type="text/css", href="style.css")
    if settings.pinyin:
        body.set("class", "with-pinyin")
    for pair, pieces in chapter:
        _add_pair(body, pair, pieces, settings)
    if not chapter:
        _child(body, "p", "There are no pairs in this book.").set(_LANG, "en")
    return _serialised(page)


def _add_pair(body: _Element, pair: StudyPair, pieces: Pieces, settings: ExportSettings) -> None:
    names = "pair" + " opens" * pair.opens + " doubtful" * pair.doubtful
    group = _child(body, "div", **{"class": names})
    for language in ("zh", "en") if settings.first == "zh" else ("en", "zh"):
        code = settings.zh_code if language == "zh" else settings.en_code
        paragraph = _child(group, "p", lang=code, **{"class": language, _LANG: code})
        if language == "zh":
            _add_pieces(paragraph, pieces)
        else:
            paragraph.text = pair.en
    if pair.doubtful:
        text = f"Uncertain match, {percent(pair.confidence)} sure"
        _child(group, "p", text, lang="en", **{"class": "doubt", _LANG: "en"})


def _add_pieces(paragraph: _Element, pieces: Pieces) -> None:
    """Put the text into the paragraph, words with pinyin as ruby."""
    last = None
    for text, pinyin in pieces:
        if pinyin:
            last = _child(paragraph, "ruby", text)
            _child(last, "rt", pinyin)
        elif last is None:
            paragraph.text = (paragraph.text or "") + text
        else:
            last.tail = (last.tail or "") + text


def _page(title: str, code: str) -> tuple[_Element, _Element]:
    from lxml import etree

    page = etree.Element(f"{{{_XHTML}}}html", {"lang": code, _LANG: code}, nsmap={None: _XHTML, "epub": _EPUB})
    head = _child(page, "head")
    _child(head, "title", title)
    return page, _child(page, "body")


def _child(parent: _Element, tag: str, text: str | None = None, **attributes: str) -> Any:
    """A new child element, in the parent's name space unless the tag names another."""
    from lxml import etree

    name = tag if tag.startswith("{") else f"{{{etree.QName(parent).namespace}}}{tag}"
    element = etree.SubElement(parent, name, attributes)
    element.text = text
    return element


def _serialised(root: _Element) -> bytes:
    from lxml import etree

    body: bytes = etree.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
