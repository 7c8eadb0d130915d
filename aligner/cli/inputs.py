"""What a command is given: its inputs, its outputs, and a glossary."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from aligner.data import Document
from aligner.errors import InputError, UsageError

STDIN = "-"
STDIN_NAME = "standard input"
_CHINESE = re.compile("[\u3400-\u9fff]")
_MARK_UP = re.compile(
    rb"[^<W]{0,3}(?:<\?xml[^>]*>)?\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+|<)(tmx|xliff|html)\b", re.I | re.S
)


def check_inputs(inputs: Sequence[str], sentences: bool) -> None:
    """Raise UsageError for inputs that do not fit together."""
    if len(inputs) > 2:
        message = f"{len(inputs)} inputs are too many."
        raise UsageError(f"{message} Give one file that holds both languages, or one English and one Chinese file.")
    if sentences and len(inputs) < 2 and not _is_table(inputs[0]):
        raise UsageError("--sentences needs two inputs, one English and one Chinese, with a sentence on each line.")
    if len(inputs) == 2 and inputs[0] == inputs[1] == STDIN:
        raise UsageError("Standard input can be read only once. Give one of the texts as a file.")
    if len(inputs) == 2 and STDIN not in inputs and _same_file(inputs[0], inputs[1]):
        raise UsageError(f"{inputs[0]} is given twice. Give it once if it holds both languages.")


def check_outputs(outputs: Sequence[str], inputs: Sequence[str]) -> None:
    """Raise UsageError for an output that would overwrite an input or another output."""
    from aligner.exporting import output_paths
    from aligner.exporting.files import is_special

    files = []
    for output in outputs:
        if not is_special(output):
            parts = output_paths(output)
            files += [str(part) for part in parts] if len(parts) > 1 else [output]  # as the user wrote it
    for first, second in combinations(files, 2):
        if _same_file(first, second):
            raise UsageError(f"{second} is named for two outputs. Give each a file of its own.")
    for output in files:
        if any(name != STDIN and _same_file(output, name) for name in inputs):
            raise UsageError(f"{output} is an input and would be overwritten. Choose another name for the output.")


def _is_table(name: str) -> bool:
    """Whether a file holds both languages side by side, row by row."""
    from aligner.reading import TABLES

    return Path(name).suffix.lower() in TABLES


def _same_file(first: str, second: str) -> bool:
    try:
        return Path(first).resolve() == Path(second).resolve() or Path(first).samefile(second)
    except (OSError, ValueError, RuntimeError):
        return False


def read_inputs(inputs: Sequence[str], sentences: bool, encoding: str | None) -> list[Document]:
    """Read one or two inputs, ``-`` being standard input; with ``sentences``, a sentence a line, blank lines kept.

    One table or translation memory with ``sentences`` gives two documents, a cell a line.
    """
    from aligner.reading import read_document, read_parallel, read_sentences

    if sentences and len(inputs) == 1:
        return list(read_parallel(inputs[0], encoding=encoding))
    read = read_sentences if sentences else read_document
    return [
        _read_stdin(sentences, encoding, source) if name == STDIN else read(name, encoding=encoding, source=source)
        for source, name in enumerate(inputs)
    ]


def _read_stdin(sentences: bool, encoding: str | None, source: int) -> Document:
    from aligner.reading import SIZE_LIMIT, read_bytes
    from aligner.reading.kinds import kind_of
    from aligner.reading.txt import read_sentence_lines

    if sys.stdin is None:
        raise InputError("Standard input is closed. Name a file instead.")
    data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    if sentences:
        return read_sentence_lines(data, STDIN_NAME, encoding, source)
    kind = kind_of(io.BytesIO(data))  # without a suffix, the first bytes tell documents from text
    suffix = kind.suffix if kind else _suffix_of_text(data)
    return read_bytes(data, STDIN_NAME, suffix=suffix, encoding=encoding, source=source)


def _suffix_of_text(data: bytes) -> str:
    """``".tmx"``, ``".xliff"`` or ``".html"`` for what begins as such files do; "" for other text."""
    start = data[:1000].replace(b"\0", b"")  # in UTF-16 every second byte of it is 0
    found = _MARK_UP.match(start)
    return f".{found[1].decode().lower()}" if found else ""


def read_glossary(path: str, *, quiet: bool = False) -> dict[str, tuple[str, ...]]:
    """Read lines of a Chinese term and its English translations, parted by tabs, or by commas as in CSV.

    Either column may be the Chinese one. Several translations stand in columns of their own or are parted by ``;``.
    Blank lines, lines that begin with ``#``, and a first line of column titles are passed over. What is doubtful about
    the file is told as of an input, unless ``quiet``. Raises InputError.
    """
    from aligner.cli.summary import print_warnings
    from aligner.reading import read_sentences

    document = read_sentences(path)
    warnings = list(document.warnings)
    if document.encoding != "utf-8":  # the first says so, and names an option that is for the inputs
        warnings[0] = f"{path}: read as {document.encoding} (not UTF-8); save it in UTF-8 if its terms come out wrong"
    if not quiet:
        print_warnings(warnings)
    terms: dict[str, tuple[str, ...]] = {}
    rows = _rows(line.text for line in document.lines)
    for place, (number, cells) in enumerate(rows):
        chinese = [cell for cell in cells if _CHINESE.search(cell)]
        english = [part.strip() for cell in cells if cell not in chinese for part in cell.split(";") if part.strip()]
        if len(chinese) == 1 and english:
            terms[chinese[0]] = (*terms.get(chinese[0], ()), *english)
        elif chinese or place > 0:
            message = "expected a Chinese term, a tab and its English translation"
            raise InputError(f"{path}, line {number}: {message}, such as: 联络办公室<TAB>liaison office.")
    return terms


def _rows(lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            cells = line.split("\t") if "\t" in line else next(csv.reader([line]))
            yield number, [cell.strip() for cell in cells if cell.strip()]
