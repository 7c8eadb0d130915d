"""Documents that are ZIP archives, opened with limits: a small file may unpack to more than a machine holds.

``zipfile`` never unpacks more of a member than its directory entry says, so that looking at the directory is enough.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from typing import BinaryIO
from zipfile import ZipFile

from aligner.errors import InputError
from aligner.reading.kinds import Kind, require

MOST_MEMBERS = 20_000
UNPACKED_LIMIT = 512 << 20
"""Bytes of all members together, pictures too."""
TEXT_LIMIT = 128 << 20
"""Bytes of one member that holds text; parsed, it takes some ten times as much memory."""

_TEXT = (".xml", ".rels", ".opf", ".ncx", ".xhtml", ".html", ".htm")
_ENCRYPTED = 0x1
# The addresses of Office Open XML's strict form, which Office writes when asked to, and of the usual one.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/"


def open_archive(stream: BinaryIO, name: str, kind: Kind, *, limit: int | None = None) -> ZipFile:
    """Open the archive after checking it; ``limit`` is for what is read piece by piece, in place of the usual limits.

    Raises InputError for what is no archive of that kind, or would grow.
    """
    require(stream, name, kind)
    try:
        archive = ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged(name, kind) from error
    members = archive.infolist()
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise InputError(f"{name} is protected by a password. Save it without one.")
    largest = max((member.file_size for member in members if member.filename.lower().endswith(_TEXT)), default=0)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > (limit or UNPACKED_LIMIT) or largest > (limit or TEXT_LIMIT):
        raise InputError(
            f"{name} would unpack to {unpacked >> 20:,} MiB in {len(members):,} parts, which is more than a document "
            "should. It is refused; if you trust it, save its text as .txt."
        )
    return archive


def read_member(archive: ZipFile, member: str, name: str, kind: Kind) -> bytes:
    """One member's bytes; KeyError where there is none of that name. Raises InputError for damage."""
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise damaged(name, kind) from error


def usual_form(archive: ZipFile, stream: BinaryIO, name: str, kind: Kind) -> BinaryIO:
    """The stream of an Office document's archive, rewritten if it is in the strict form, which few programs read."""
    try:
        strict = _STRICT.search(read_member(archive, "_rels/.rels", name, kind))
    except KeyError:
        strict = None
    if not strict:
        stream.seek(0)
        return stream
    rewritten: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115, it is closed when nobody reads it any more
    with ZipFile(rewritten, "w") as new:
        for member in archive.namelist():
            content = read_member(archive, member, name, kind)
            new.writestr(member, _STRICT.sub(_USUAL, content) if member.lower().endswith(_TEXT) else content)
    rewritten.seek(0)
    return rewritten


def damaged(name: str, kind: Kind) -> InputError:
    """The error for a file that ends too early or was changed."""
    return InputError(f"{name} is damaged or cut off: it can't be opened as {kind.label}. Get a whole copy of it.")
