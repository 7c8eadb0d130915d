"""Converting: files of pairs, read one pair at a time, so that files of any size go from format to format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from aligner.converting.fields import Findings
from aligner.converting.jsonl import read_jsonl
from aligner.converting.moses import read_moses
from aligner.converting.parquet import read_parquet
from aligner.converting.tables import read_csv, read_tsv
from aligner.converting.texts import where_unreadable
from aligner.converting.units import read_tmx, read_xliff
from aligner.converting.xlsx import read_xlsx
from aligner.data import Unit
from aligner.errors import InputError, UsageError
from aligner.exporting import output_paths
from aligner.reading import XLIFF_SUFFIXES

__all__ = ["READERS", "Findings", "check_input", "input_paths", "read_units"]

Reader = Callable[[Path, Findings, str | None], Iterator[Unit]]
"""Called with the path, what is to be filled in, and the encoding if the user named one."""

READERS: dict[str, Reader] = {
    ".tsv": read_tsv,
    ".csv": read_csv,
    ".xlsx": read_xlsx,
    ".tmx": read_tmx,
    **dict.fromkeys(XLIFF_SUFFIXES, read_xliff),
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
    ".moses": read_moses,
}


def check_input(path: str | Path) -> Reader:
    """The reader for the path's suffix; raises UsageError for an unknown one and InputError where there is no file."""
    reader = READERS.get(Path(path).suffix.lower())
    if reader is None:
        raise UsageError(f"{path} is in no known format of pairs. Its suffix may be {', '.join(READERS)}.")
    for file in input_paths(path):
        if file.is_dir():
            raise InputError(f"{file} is a folder. Name a file in it.")
        if not file.exists():
            raise InputError(f"{file} does not exist. Check the name.")
    return reader


def input_paths(path: str | Path) -> list[Path]:
    """The files that reading ``path`` reads: itself, or ``NAME.en`` and ``NAME.zh`` for ``NAME.moses``."""
    return output_paths(path)


def read_units(path: str | Path, findings: Findings, encoding: str | None = None) -> Iterator[Unit]:
    """The pairs of a file in the format of its suffix; ``findings`` is filled in on the way.

    ``encoding`` is that of a text file, found out by default. Pairs of which one side is blank are passed over and
    counted. Raises what ``check_input`` does, UsageError for an unknown encoding, and InputError for a file that can't
    be read or is damaged, which may show only after some of the pairs.
    """
    reader = check_input(path)
    try:
        for unit in reader(Path(path), findings, encoding):
            if unit.en.strip() and unit.zh.strip():
                yield unit
            else:
                findings.passed_over["pairs with an empty side"] += 1
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(where_unreadable(input_paths(path), error)) from error
