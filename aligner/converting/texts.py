"""Text files that are read piece by piece: their encoding is told by the user, or found out from the beginning."""

from __future__ import annotations

import codecs
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from aligner.converting.fields import Findings
from aligner.errors import InputError
from aligner.reading.encodings import Decoded, decode, misfit

SAMPLE = 1 << 18  # bytes: a multiple of what a character takes in UTF-16 and UTF-32


def open_text(path: Path, findings: Findings, encoding: str | None, newline: str = "\n") -> tuple[TextIO, str]:
    """The text, without a byte order mark, and the beginning of it.

    What is not UTF-8 is told in the findings. Raises UsageError for an unknown encoding, EncodingError for text that is
    in none, and InputError for what is no text.
    """
    stream = path.open("rb")
    try:
        again = stream.seekable()  # a pipe can't be read twice: it is taken for UTF-8 unless the user says otherwise
        decoded = _decoded(stream.read(SAMPLE) if again else b"", path, encoding)
        codec = decoded.encoding if again or decoded.encoding != "utf-8" else "utf-8-sig"
        if again:
            stream.seek(0)
        text = io.TextIOWrapper(stream, codec, newline=newline)
        if again and text.read(1) != "\ufeff":
            text.seek(0)
    except BaseException:
        stream.close()
        raise
    if encoding is None and decoded.encoding != "utf-8":
        findings.warnings += decoded.warnings[:1]
    return text, decoded.text


def _decoded(start: bytes, path: Path, encoding: str | None) -> Decoded:
    try:
        return decode(start, str(path), encoding)
    except InputError:
        if encoding is not None:
            raise
        try:  # a file of pairs may hold any character, NUL too; what is UTF-8 is no binary file
            return Decoded(codecs.getincrementaldecoder("utf-8")().decode(start), "utf-8")
        except UnicodeDecodeError:
            pass
        raise


def where_unreadable(files: Sequence[Path], error: UnicodeDecodeError) -> str:
    """Which of the files is not in its encoding, and where, in a sentence."""
    encoding = error.encoding
    for file in files:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    line.decode(encoding)
                except UnicodeDecodeError as found:
                    where = misfit(line, found, number)
                    return f"{file} is not in {encoding.upper()}: {where}. Save it in UTF-8, or mend that line."
    return f"{files[0]} is not in {encoding.upper()}. Save it in UTF-8."
