"""Documents that are ZIP archives, opened with limits: a small file may unpack to more than a machine holds.

``zipfile`` never unpacks more of a member than its directory entry says, so that looking at the directory is enough.
"""

from __future__ import annotations

import io
import zipfile
import zlib
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


def open_archive(data: bytes, name: str, kind: Kind) -> ZipFile:
    """Open the archive after checking it. Raises InputError for what is no archive of that kind, or would grow."""
    require(data, name, kind)
    try:
        archive = ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged(name, kind) from error
    members = archive.infolist()
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise InputError(f"{name} is protected by a password. Save it without one.")
    largest = max((member.file_size for member in members if member.filename.lower().endswith(_TEXT)), default=0)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > UNPACKED_LIMIT or largest > TEXT_LIMIT:
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


def damaged(name: str, kind: Kind) -> InputError:
    """The error for a file that ends too early or was changed."""
    return InputError(f"{name} is damaged or cut off: it can't be opened as {kind.label}. Get a whole copy of it.")
