"""EPUB: the chapters in the order of the spine, whatever order the archive or the manifest has.

Read by our own code on top of ``zipfile`` and lxml, because the library that the field uses, EbookLib, is under the
AGPL; the three files that say where the text is are a small format.
"""

from __future__ import annotations

import contextlib
import io
import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zipfile import ZipFile

from aligner.data import Document
from aligner.errors import InputError
from aligner.reading.archives import damaged, open_archive, read_member
from aligner.reading.encodings import decode
from aligner.reading.gathering import Gathering
from aligner.reading.kinds import EPUB
from aligner.reading.page_text import gather_page, parse_html
from aligner.reading.safe_xml import local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
_CONTENTS = "table of contents"


def read_epub(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read a book; line numbers count its paragraphs from the first chapter to the last.

    Raises InputError for what is no EPUB, is damaged, protected or too large.
    """
    gathering = Gathering(source)
    warnings = []
    with open_archive(io.BytesIO(data), name, EPUB) as archive:
        chapters = list(_spine(archive, name))
        _refuse_protected(archive, {path for path, _ in chapters}, name)
        for path, is_contents in chapters:
            try:
                content = read_member(archive, path, name, EPUB)
            except KeyError:
                warnings.append(f"{name}: the chapter {path} is named in the book but missing from it")
                continue
            _gather_chapter(content, name, encoding, gathering, is_contents)
    return gathering.document(name, warnings=tuple(warnings))


def _gather_chapter(content: bytes, name: str, encoding: str | None, gathering: Gathering, is_contents: bool) -> None:
    root = _parse_chapter(content, name, encoding)
    if root is None:
        return
    if not is_contents:
        gather_page(root, gathering)
        return
    listing = Gathering(gathering.source)
    gather_page(root, listing)
    for line in listing.lines:
        gathering.skip(line.text, _CONTENTS)
    for entry in listing.skipped:
        gathering.skip(entry.text, entry.reason)


def _spine(archive: ZipFile, name: str) -> Iterator[tuple[str, bool]]:
    """Each chapter's path in the archive in reading order, once, and whether it is the table of contents."""
    package_path = _package_path(archive, name)
    package = _parse_member(archive, package_path, name)
    items = {item.get("id", ""): item for item in package.iter() if local(item) == "item"}
    names = _Names(archive)
    seen = set()
    for reference in package.iter():
        if local(reference) != "itemref":
            continue
        identifier = reference.get("idref", "")
        item = _page(items, identifier)
        if item is not None:
            address = item.get("href", "").partition("#")[0]
            path = names.find(posixpath.normpath(posixpath.join(posixpath.dirname(package_path), address)))
        elif identifier in items:
            continue  # a picture
        else:
            path = identifier
        if path not in seen:
            seen.add(path)
            yield path, item is not None and "nav" in item.get("properties", "").split()
    if not seen:
        raise InputError(f"{name} names no chapters: its spine is empty. Convert the book to EPUB again.")


def _page(items: Mapping[str, _Element], identifier: str) -> _Element | None:
    """The item of that name if it is a page, or the page that the book has for readers who can't show the item."""
    for _ in items:  # fallbacks may go round in a circle
        item = items.get(identifier)
        if item is None or item.get("media-type") in _PAGES:
            return item
        identifier = item.get("fallback", "")
    return None


class _Names:
    """Finds an archive's members by addresses in the book, which may be percent-encoded or differ in case."""

    def __init__(self, archive: ZipFile) -> None:
        self._names = {form: name for name in archive.namelist() for form in self._forms(name)}

    @staticmethod
    def _forms(name: str) -> Iterator[str]:
        yield name.casefold()
        yield name
        with contextlib.suppress(UnicodeError):  # UTF-8 that is not said to be so, which ZIP takes for MS-DOS's
            yield name.encode("cp437").decode()

    def find(self, address: str) -> str:
        """The member's name; the address itself, decoded, if there is none."""
        path = unquote(address)
        forms = (address, path, path.casefold())
        return next((self._names[form] for form in forms if form in self._names), path)


def _package_path(archive: ZipFile, name: str) -> str:
    container = _parse_member(archive, _CONTAINER, name)
    for element in container.iter():
        if local(element) == "rootfile" and element.get("full-path"):
            return _Names(archive).find(str(element.get("full-path")))
    raise damaged(name, EPUB)


def _parse_member(archive: ZipFile, path: str, name: str) -> _Element:
    try:
        return parse_xml(read_member(archive, path, name, EPUB), name)
    except KeyError as error:
        raise damaged(name, EPUB) from error


def _parse_chapter(content: bytes, name: str, encoding: str | None) -> _Element | None:
    """A chapter as XML, which the format demands, or as HTML where it is not well-formed or uses HTML's entities."""
    from lxml import etree

    declares = b"<!ENTITY" in content[: content.find(b"<html")] if b"<html" in content else b"<!ENTITY" in content
    try:
        root = parse_xml(content, name)
    except InputError:
        if declares:
            raise
        root = None
    if root is not None and next(root.iter(etree.Entity), None) is None:
        return root
    return parse_html(decode(content, name, encoding).text, name)


def _refuse_protected(archive: ZipFile, chapters: set[str], name: str) -> None:
    """Refuse a book whose chapters are encrypted; fonts often are, and do not matter."""
    if _ENCRYPTION not in archive.namelist():
        return
    encryption = _parse_member(archive, _ENCRYPTION, name)
    protected = {unquote(one.get("URI", "")) for one in encryption.iter() if local(one) == "CipherReference"}
    if protected & chapters:
        raise InputError(f"{name} is protected against copying (DRM): its chapters can't be read.")
