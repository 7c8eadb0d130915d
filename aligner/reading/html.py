"""HTML: pages as browsers save them, in one file (MHTML) too. Nothing that a page refers to is fetched or run."""

from __future__ import annotations

import re

from aligner.data import Document
from aligner.errors import EncodingError, InputError, UsageError
from aligner.reading.encodings import Decoded, decode
from aligner.reading.gathering import Gathering
from aligner.reading.page_text import gather_page, parse_html

HTML_LIMIT = 50_000_000
"""Characters in one page, which take about 1 GB of memory when parsed."""

_HEAD = 4096  # bytes in which a page names its encoding; the HTML standard asks for it within 1,024
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)|<\?xml[^>]*encoding=[\"']([\w.-]+)", re.I)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_WESTERN = ("iso-8859-1", "latin1", "us-ascii", "ascii")  # what pages say that were never asked


def read_html(data: bytes, name: str, encoding: str | None, source: int, charset: str | None = None) -> Document:
    """Read a page; line numbers count its paragraphs. ``charset`` is the encoding that its envelope names, if any.

    Raises what ``decode`` does, and InputError for a page that is too large.
    """
    decoded = _decode(data, name, encoding, charset)
    if len(decoded.text) > HTML_LIMIT:
        raise InputError(f"{name} is too long for a page (over {HTML_LIMIT:,} characters). Save its text as .txt.")
    gathering = Gathering(source)
    root = parse_html(decoded.text, name)
    if root is not None:
        gather_page(root, gathering)
    return gathering.document(name, decoded.encoding, decoded.warnings)


def read_mhtml(data: bytes, name: str, encoding: str | None, source: int) -> Document:
    """Read a page saved as a single file, of which only the first HTML part is the page. Raises as ``read_html``."""
    from email import message_from_bytes

    try:
        message = message_from_bytes(data)
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        content = page.get_payload(decode=True) if page is not None else None
        charset = page.get_content_charset() if page is not None else None
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError) as error:
        raise InputError(f"{name} is damaged: its parts can't be told apart. Save the page again.") from error
    if not isinstance(content, bytes):
        raise InputError(f"{name} holds no web page. Save the page as HTML, or check the file's suffix.")
    return read_html(content, name, encoding, source, charset)


def _decode(data: bytes, name: str, encoding: str | None, charset: str | None) -> Decoded:
    """By the user's word, as UTF-8 where it is that, by the envelope's or the page's own word, or by what fits.

    Pages keep their word when they are saved in another encoding, and no other text is sound UTF-8 by accident.
    """
    if encoding is None and not data.startswith(_MARKS) and not _is_utf8(data):
        declared = _DECLARED.search(data[:_HEAD])
        in_page = (declared[1] or declared[2]).decode("ascii") if declared else None
        for said in (charset, in_page):
            if said is None or said.lower() in _WESTERN:
                continue
            try:
                return decode(data, name, said)
            except (EncodingError, UsageError):
                pass
    return decode(data, name, encoding)


def _is_utf8(data: bytes) -> bool:
    try:
        return not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False
