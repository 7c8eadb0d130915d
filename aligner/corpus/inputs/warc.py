"""Pages of web archives (WARC), each by its address and its place in the archive; read by the library warcio."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from aligner.corpus import store
from aligner.corpus.inputs.names import is_mark, language_of_mark, without_language
from aligner.data import Language
from aligner.errors import InputError
from aligner.reading import SIZE_LIMIT

_PAGES = ("text/html", "application/xhtml+xml")
_PACKINGS = ("", "identity", "gzip", "x-gzip", "deflate")  # Content-Encoding; of others warcio gives what was sent
_ASKED = re.compile(r"(?:^|(?<=&))(lang|language|locale|hl)=([^&]*)")  # the part of an address that chooses a language


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its address, where its record begins, and how many bytes it takes."""

    url: str
    offset: int
    size: int


def pages(path: str) -> Iterator[Page]:
    """The pages that a server answered with, in the order of the archive. Raises InputError for a damaged archive."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        with store.open_input(path) as stream:
            archive = ArchiveIterator(stream)
            for record in archive:
                if record.rec_type != "response" or record.http_headers is None:
                    continue
                kind = record.http_headers.get_header("Content-Type") or ""
                found = record.http_headers.get_statuscode() == "200" and kind.split(";")[0].strip().lower() in _PAGES
                if found:
                    yield Page(
                        record.rec_headers.get_header("WARC-Target-URI"), archive.get_record_offset(), record.length
                    )
    except (ArchiveLoadFailed, OSError, ValueError, AttributeError) as error:
        nameless = isinstance(error, AttributeError)  # what warcio raises then
        reason = "an answer has no address" if nameless else " ".join(str(error).split())
        raise InputError(f"the archive can't be read to its end: {reason}") from error


def read_page(path: str, offset: int) -> bytes:
    """What the server sent as the page. Raises InputError, also for half a page, or one that can't be unpacked."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    try:
        with store.open_input(path) as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream)))
            data: bytes = record.content_stream().read(SIZE_LIMIT + 1)
            while record.raw_stream.read(1 << 20):  # to the end of what should be there
                pass
    except (ArchiveLoadFailed, OSError, ValueError, StopIteration) as error:
        raise InputError(f"{path}: the record at byte {offset} can't be read: {error}") from error
    if record.raw_stream.limit:
        raise InputError(f"{path}: the archive ends, or is damaged, within this page. Fetch it again.")
    packing = (record.http_headers.get_header("Content-Encoding") or "").lower()
    if packing not in _PACKINGS and b"<" not in data[:1024]:  # some archives keep the name of what they unpacked
        raise InputError(f"{path}: this page is packed by {packing}, which can't be unpacked here.")
    return data


def without_language_of_page(url: str, suffix: str) -> tuple[str, Language, str]:
    """The address without its marks of a language, the language, and the site: the host without such a mark.

    >>> without_language_of_page("https://a.org/en/x.html", ".html")
    ('//a.org/x', 'en', 'a.org')
    >>> without_language_of_page("https://zh.a.org/x.html?page=2&lang=zh-CN", ".html")
    ('//a.org/x.html?page=2&lang=', 'zh', 'a.org')
    >>> without_language_of_page("https://a.org/x", "")
    ('https://a.org/x', '', 'a.org')
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # as it happens on the web: http://[/
        return url, "", url
    host, languages = parts.netloc.lower(), set()
    label, _, rest = host.partition(".")
    site = rest if "." in rest and (is_mark(label) or label == "www") else host
    if site != host and label != "www":
        languages.add(language_of_mark(label))
    path, language = without_language(parts.path.strip("/"), suffix)
    languages.add(language)
    query = parts.query
    for name, value in _ASKED.findall(query):
        if is_mark(value):
            languages.add(language_of_mark(value))
            query = query.replace(f"{name}={value}", f"{name}=")
    languages.discard("")
    if len(languages) != 1:
        return url, "", site
    return urlunsplit(("", site, path, query, "")), languages.pop(), site
