"""Archives that are the same whenever and wherever they are written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP archive can name


def write_zip(stream: BinaryIO, members: Iterable[tuple[str, bytes]], stored: tuple[str, ...] = ()) -> None:
    """Write the named members in their order, compressed except those in ``stored``; the stream may be a pipe."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, data in members:
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    stream.write(memory.getvalue())
