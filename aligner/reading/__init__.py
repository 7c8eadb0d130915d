"""Reading: one function per input format, one table; a Document comes out whatever the format and encoding."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from aligner.data import Document
from aligner.errors import InputError
from aligner.reading.markdown import read_markdown
from aligner.reading.txt import read_sentence_lines, read_txt

__all__ = ["READERS", "SIZE_LIMIT", "read_bytes", "read_document", "read_sentences"]

Reader = Callable[[bytes, str, str | None, int], Document]
"""Called with the file's bytes, its name for messages, the encoding named by the user, and the ``source``."""

READERS: dict[str, Reader] = {
    "": read_txt,
    ".txt": read_txt,
    ".text": read_txt,
    ".md": read_markdown,
    ".markdown": read_markdown,
}

SIZE_LIMIT = 1 << 30
"""Bytes in one file; more is a corpus rather than a document, and would not fit in an ordinary laptop's memory."""


def read_document(path: str | Path, *, encoding: str | None = None, source: int = 0) -> Document:
    """Read a file in the format that its suffix names.

    ``encoding`` is by default found out, and reported in the document's warnings unless it is UTF-8. ``source`` is 1
    for the second of two inputs. An empty file gives a document without lines. Raises InputError for a path that can't
    be read, an unknown suffix, binary or too much data, EncodingError, and UsageError for an unknown encoding.
    """
    data = _read_file(path)
    return read_bytes(data, str(path), suffix=Path(path).suffix, encoding=encoding, source=source)


def read_bytes(
    data: bytes, name: str, *, suffix: str = ".txt", encoding: str | None = None, source: int = 0
) -> Document:
    """Read what a file would hold, such as standard input; ``name`` stands for it in messages.

    Raises what ``read_document`` does.
    """
    reader = READERS.get(suffix.lower())
    if reader is None:
        known = ", ".join(sorted(filter(None, READERS)))
        raise InputError(f"{name} has an unknown format, {suffix!r}. Convert it to one of these: {known}.")
    _check_size(len(data), name)
    return reader(data, name, encoding, source)


def read_sentences(path: str | Path, *, encoding: str | None = None, source: int = 0) -> Document:
    """Read a text file of any suffix with one sentence a line; ``lines[n]`` is the sentence with index n, blank or not.

    Raises what ``read_document`` does, except for the suffix.
    """
    return read_sentence_lines(_read_file(path), str(path), encoding, source)


def _read_file(path: str | Path) -> bytes:
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            _check_size(status.st_size, name)
            # A pipe or device has no size, and may have no end.
            data = file.read() if stat.S_ISREG(status.st_mode) else file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise InputError(f"{name} does not exist. Check the path.") from error
    except IsADirectoryError as error:
        raise InputError(f"{name} is a folder. Name a file in it.") from error
    except PermissionError as error:
        raise InputError(f"{name} can't be opened: no permission to read it.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{name} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    _check_size(len(data), name)
    return data


def _check_size(size: int, name: str) -> None:
    if size > SIZE_LIMIT:
        raise InputError(f"{name} is larger than {SIZE_LIMIT >> 20:,} MiB. Split it and align the parts.")
