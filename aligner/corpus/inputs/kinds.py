"""What a file of the input is, by its name: a document that can be read, a table of documents, or an archive."""

from __future__ import annotations

from pathlib import PurePosixPath

from aligner.corpus.inputs.names import is_mark
from aligner.reading import READERS

TABLES = (".parquet", ".jsonl", ".jsonl.gz", ".jsonl.zst")
ARCHIVES = (".warc", ".warc.gz")
_COMPOUND = tuple(suffix for suffix in (*TABLES, *ARCHIVES) if suffix.count(".") > 1)


def suffix_of(name: str) -> str:
    """The suffix that tells the format, as it is written; "" also where it is the mark of a language, as in ``x.en``.

    >>> suffix_of("a/x.en.TXT"), suffix_of("x.jsonl.gz"), suffix_of("x.zh"), suffix_of("x.y/x")
    ('.TXT', '.jsonl.gz', '', '')
    """
    for suffix in _COMPOUND:
        if name.lower().endswith(suffix):
            return name[-len(suffix) :]
    suffix = PurePosixPath(name).suffix
    return "" if is_mark(suffix.removeprefix(".")) else suffix


def is_known(suffix: str) -> bool:
    """Whether files with that suffix can be read."""
    return suffix.lower() in (*READERS, *TABLES)
