"""Tables of documents, TSV, JSON Lines or Parquet: manifests that name files, datasets whose columns hold texts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from aligner.corpus import store
from aligner.corpus.documents import EMPTY, MISSING, UNREADABLE, Entry, Part, Problem
from aligner.corpus.inputs.kinds import suffix_of
from aligner.errors import InputError, UsageError
from aligner.exporting.unicode import replace_surrogates

if TYPE_CHECKING:
    from pyarrow import RecordBatch

BATCH = 256  # rows of a Parquet file that are in memory at a time
LONGEST_LINE = 1 << 28  # bytes: a book's text is a hundredth of it
_PACKED = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True)
class Columns:
    """The names of a table's columns: a document has a ``path`` or two, a bilingual ``text``, or ``en`` and ``zh``."""

    id: str = "id"
    path: str = "path"
    path2: str = "path2"
    text: str = "text"
    en: str = "en"
    zh: str = "zh"

    @classmethod
    def named(cls, pairs: Mapping[str, str]) -> Columns:
        """With other names for some. Raises UsageError for what is no column."""
        known = [field.name for field in fields(cls)]
        if wrong := [name for name in pairs if name not in known]:
            raise UsageError(f"{wrong[0]!r} is no column that is read. Choose of {', '.join(known)}.")
        return cls(**pairs)

    def hold_documents(self, names: list[str]) -> bool:
        """Whether a table with these columns says where the documents are, or holds them."""
        return self.path in names or self.text in names or (self.en in names and self.zh in names)


def is_manifest(path: str, columns: Columns) -> bool:
    """Whether a TSV file's first line says that it is a table of documents, and not one of sentences."""
    with store.open_input(path) as stream:
        names = stream.readline(1 << 16).decode("utf-8-sig", "replace").rstrip("\r\n").split("\t")
    return columns.path in names or (columns.id in names and columns.hold_documents(names))


def table_entries(table: Part, stamp: str, columns: Columns) -> Iterator[Entry]:
    """The documents of a table, in its order. A table, or a row, that can't be read is an entry with a problem.

    Raises UsageError for a table without the columns.
    """
    number = 0
    try:
        for number, row in enumerate(_rows(table, columns), 1):
            yield _entry(row, f"{table.name}:{number}", table, columns, stamp)
        if not number:
            yield Entry(table.name, (table,), stamp, problem=Problem(EMPTY, f"{table.name} holds no document."))
    except InputError as error:
        place = f"{table.name}:{number + 1}"
        yield Entry(place, (Part(place),), stamp, problem=Problem(UNREADABLE, str(error)))


def _rows(table: Part, columns: Columns) -> Iterator[dict[str, Any] | Problem]:
    suffix = table.suffix.lower()
    if suffix == ".parquet":
        return _parquet_rows(table, columns)
    return _tsv_rows(table, columns) if suffix == ".tsv" else _jsonl_rows(table, columns)


def _parquet_rows(table: Part, columns: Columns) -> Iterator[dict[str, Any] | Problem]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with store.open_input(table.path) as stream, ParquetFile(stream) as file:
            names = file.schema_arrow.names
            _require(columns, names, table.name)
            wanted = [getattr(columns, field.name) for field in fields(columns)]
            for batch in file.iter_batches(BATCH, columns=[name for name in wanted if name in names]):
                yield from _sound_rows(batch, table.name)
    except (ArrowException, OSError) as error:
        raise InputError(f"{table.name} is no sound Parquet file: {error}") from error


def _sound_rows(batch: RecordBatch, table: str) -> list[dict[str, Any] | Problem]:
    try:
        return list(batch.to_pylist())
    except UnicodeDecodeError as error:
        if len(batch) == 1:
            return [Problem(UNREADABLE, f"{table} holds text that is not in UTF-8: {error}.")]
        return [row for place in range(len(batch)) for row in _sound_rows(batch.slice(place, 1), table)]


def _jsonl_rows(table: Part, columns: Columns) -> Iterator[dict[str, Any] | Problem]:
    checked = False
    for number, line in enumerate(_lines(table), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Problem(UNREADABLE, f"{table.name}, line {number} is no sound JSON: {error}.")
            continue
        if isinstance(row, dict) and not checked:
            _require(columns, list(row), table.name)
            checked = True
        yield row if isinstance(row, dict) else Problem(UNREADABLE, f"{table.name}, line {number} is no JSON object.")


def _tsv_rows(table: Part, columns: Columns) -> Iterator[dict[str, Any] | Problem]:
    names: list[str] = []
    for line in _lines(table):
        cells = line.decode("utf-8-sig" if not names else "utf-8", "replace").rstrip("\r\n").split("\t")
        if not names:
            names = cells
            _require(columns, names, table.name)
        elif any(cells):
            yield dict(zip(names, cells, strict=False))


def _lines(table: Part) -> Iterator[bytes]:
    """The lines of a text file, unpacked on the way where it is packed."""
    import pyarrow as pa

    packed = next((name for end, name in _PACKED.items() if table.suffix.lower().endswith(end)), "")
    with store.open_input(table.path) as stream:
        source = io.BufferedReader(pa.CompressedInputStream(stream, packed)) if packed else stream
        try:
            while line := source.readline(LONGEST_LINE):
                yield line
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{table.name} can't be read to its end: {error}.") from error


def _require(columns: Columns, names: list[str], table: str) -> None:
    if columns.hold_documents(names):
        return
    wanted = f"{columns.path}, {columns.text}, or {columns.en} and {columns.zh}"
    raise UsageError(f"{table} has no column {wanted}, only {', '.join(names)}. Name them, as in --column text=body.")


def _entry(row: dict[str, Any] | Problem, place: str, table: Part, columns: Columns, stamp: str) -> Entry:
    if isinstance(row, Problem):
        return Entry(place, (Part(place),), stamp, problem=row)
    given = row.get(columns.id)
    name = place if given in (None, "") else replace_surrogates(str(given))[0]
    if row.get(columns.path):
        paths = [replace_surrogates(str(row[column]))[0] for column in (columns.path, columns.path2) if row.get(column)]
        try:
            return _entry_of_files(name, paths, table)
        except InputError as error:  # an address that leads nowhere
            return Entry(name, tuple(map(Part, paths)), problem=Problem(MISSING, str(error)))
    two = columns.en in row and columns.zh in row
    wanted = [columns.en, columns.zh] if two else [columns.text]
    texts = [row.get(column) for column in wanted]
    if without := [column for column, text in zip(wanted, texts, strict=True) if not isinstance(text, str)]:
        problem = Problem(UNREADABLE, f"{place}: there is no text in the column {without[0]}.")
        return Entry(name, (Part(place),), stamp, problem=problem)
    sound = [replace_surrogates(str(text))[0] for text in texts]
    return Entry(name, tuple(Part(place, size=len(text.encode()), text=text) for text in sound), stamp)


def _entry_of_files(name: str, paths: list[str], table: Part) -> Entry:
    """Files that a manifest names, by paths from the folder in which it lies."""
    folder = table.path.rpartition("/")[0]
    parts, stamps, missing = [], [], []
    for path in paths:
        whole = path if store.is_remote(path) or path.startswith("/") or not folder else f"{folder}/{path}"
        info = store.file_info(whole)
        parts.append(Part(path, whole, suffix_of(path), info.size if info else 0))
        stamps.append(info.stamp if info else "")
        missing += [] if info else [path]
    problem = Problem(MISSING, f"{missing[0]} does not exist. Check {table.name}.") if missing else None
    return Entry(name, tuple(parts), " ".join(stamps), problem=problem)
