"""What a file really is, told by its first bytes: a wrong suffix gets a message that names the right one."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from aligner.errors import InputError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of binary file; ``suffix`` is empty for those that can't be read."""

    label: str
    suffix: str = ""


PDF = Kind("a PDF document", ".pdf")
DOCX = Kind("a Word document", ".docx")
XLSX = Kind("an Excel workbook", ".xlsx")
EPUB = Kind("an EPUB book", ".epub")

_ARCHIVE = Kind("a ZIP archive")
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG", Kind("a PNG image")),
    (b"\xff\xd8\xff", Kind("a JPEG image")),
    (b"GIF8", Kind("a GIF image")),
    (b"PK\x03\x04", _ARCHIVE),
    (b"\x1f\x8b", Kind("a gzip archive")),
    (b"7z\xbc\xaf\x27\x1c", Kind("a 7-Zip archive")),
    (b"Rar!\x1a", Kind("a RAR archive")),
    (b"\xd0\xcf\x11\xe0", Kind("an old or password-protected Word, Excel or PowerPoint document")),
    (b"\x7fELF", Kind("a program")),
)
_MEMBERS = (
    ("word/", DOCX),
    ("xl/", XLSX),
    ("META-INF/container.xml", EPUB),
    ("ppt/", Kind("a PowerPoint presentation")),
    ("content.xml", Kind("an OpenDocument file")),
)
_SAVE_AS_TEXT = "Save it as plain text in UTF-8 first."


def kind_of(stream: BinaryIO) -> Kind | None:
    """The kind of a binary file, read from its start; None for text and for what is not known."""
    start = stream.read(8)
    stream.seek(0)
    kind = next((kind for magic, kind in _MAGIC if start.startswith(magic)), None)
    return _kind_of_archive(stream) if kind == _ARCHIVE else kind


def _kind_of_archive(stream: BinaryIO) -> Kind:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return _ARCHIVE
    return next((kind for start, kind in _MEMBERS if any(name.startswith(start) for name in names)), _ARCHIVE)


def require(stream: BinaryIO, name: str, wanted: Kind) -> None:
    """Raise InputError, naming the right suffix, where the bytes are of another kind than the file's suffix says.

    An archive of no known kind passes: what is wrong with it shows when it is opened.
    """
    kind = kind_of(stream)
    if kind == wanted or (kind == _ARCHIVE and wanted is not PDF):
        return
    if kind is None:
        require_bytes(stream, name)
        raise InputError(f"{name} is not {wanted.label}, or is damaged at its start. Check the file and its suffix.")
    raise InputError(f"{name} is {kind.label}, not {wanted.label}. {_advice(kind, wanted)}")


def require_bytes(stream: BinaryIO, name: str) -> None:
    """Raise InputError for a file of no bytes at all; the stream is at its start before and after."""
    if not stream.read(1):
        raise InputError(f"{name} is empty. Get a whole copy of it.")
    stream.seek(0)


def require_text(stream: BinaryIO, name: str) -> None:
    """Raise InputError for a binary file of a known kind, naming the right suffix if there is one that it lacks."""
    kind = kind_of(stream)
    if kind is not None:
        advice = _SAVE_AS_TEXT if name.lower().endswith(kind.suffix) else _advice(kind)
        raise InputError(f"{name} is a binary file (looks like {kind.label}). {advice}")


def _advice(kind: Kind, wanted: Kind | None = None) -> str:
    """What to do with a file of this kind where another was expected, plain text if ``wanted`` is None."""
    if kind.suffix:
        return f"Give it the suffix {kind.suffix}."
    if wanted:
        return f"Save it as {wanted.suffix}, without a password."
    return _SAVE_AS_TEXT
