"""Files found in folders and by patterns; an English and a Chinese one whose names differ only in that make a pair.

The files are sorted as Arrow columns, not as objects, which would take several times the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import groupby, islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

from aligner.corpus import store
from aligner.corpus.documents import DUPLICATE_ID, UNKNOWN_FORMAT, UNREADABLE, Entry, Part, Problem
from aligner.corpus.inputs.kinds import ARCHIVES, is_known, suffix_of
from aligner.corpus.inputs.names import without_language
from aligner.corpus.inputs.warc import pages, without_language_of_page
from aligner.errors import InputError

if TYPE_CHECKING:
    from pyarrow import Table

BATCH = 10_000  # files that are Python objects at a time
_WILDCARD = re.compile(r"[*?\[]")


class Found(NamedTuple):
    """A file of the input or a page of an archive.

    ``name`` is the path within the input or the address, ``key`` that without language and suffix; ``offset`` is where
    a page's record begins, or else -1, and ``group`` its site.
    """

    key: str
    name: str
    path: str
    offset: int
    language: str
    suffix: str
    size: int
    stamp: str
    group: str = ""
    problem: str = ""


def find_files(inputs: Sequence[str]) -> Iterator[Found]:
    """The files of all inputs, sorted by key and name, each once. Raises InputError for an input that is not there.

    All inputs are listed at once; what is returned only turns the list into objects.
    """
    import pyarrow as pa

    root = common_folder(inputs)
    found = (found for item in inputs for info in _files_of(item) for found in _found_in(info, root))
    schema = pa.schema([(name, pa.int64() if name in ("size", "offset") else pa.string()) for name in Found._fields])
    batches = []
    while rows := list(islice(found, BATCH)):
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        batches.append(pa.RecordBatch.from_arrays(columns, schema=schema))
    order = [(name, "ascending") for name in ("key", "name", "path", "offset")]
    table = pa.Table.from_batches(batches, schema).sort_by(order)
    return _each_once(table)


def _each_once(table: Table) -> Iterator[Found]:
    before = None
    for batch in table.to_batches(BATCH):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if values[2:4] != before:  # not given by two inputs
                yield Found(*values)
            before = values[2:4]


def _files_of(item: str) -> Iterator[store.FileInfo]:
    if info := store.file_info(item):
        yield info
    elif store.is_folder(item):
        yield from store.files_under(item)
    elif _WILDCARD.search(item):
        folder, pattern = _split_pattern(item)
        files = store.files_under(folder)
        matches = (info for info in files if _is_meant(info, info.path.removeprefix(f"{folder}/").split("/"), pattern))
        first = next(matches, None)
        if first is None:
            raise InputError(f"No file matches {item}. Check the pattern.")
        yield first
        yield from matches
    else:
        raise InputError(store.why_absent(item))


def fixed_part(item: str) -> str:
    """A file or folder itself, of a pattern the folder in front of the first wildcard."""
    return _split_pattern(item)[0] if _is_pattern(item) else item


def takes_in(item: str, path: str) -> bool:
    """Whether an input that is a folder or a pattern takes a file whose path begins there, were there such a file."""
    return _matches(path.split("/"), _split_pattern(item)[1]) if _is_pattern(item) else store.is_folder(item)


def _is_pattern(item: str) -> bool:
    return bool(_WILDCARD.search(item)) and not store.file_info(item) and not store.is_folder(item)


def _split_pattern(item: str) -> tuple[str, list[str]]:
    """The folder in front of the first wildcard, and the parts of the pattern."""
    parts = item.split("/")
    fixed = next(number for number, part in enumerate(parts) if _WILDCARD.search(part))
    return "/".join(parts[:fixed]) or ("/" if item.startswith("/") else "."), parts[fixed:]


def _is_meant(info: store.FileInfo, parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a file fits a pattern, or a folder that can't be read might hold one that does."""
    if info.problem.startswith(store.CLOSED):
        return any(_matches(parts, pattern[:count]) for count in range(1, len(pattern)))
    return _matches(parts, pattern)


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path fits a pattern; ``**`` stands for any number of folders."""
    if not pattern or not parts:
        return not pattern and not parts
    if pattern[0] == "**":
        return any(_matches(parts[skipped:], pattern[1:] or ["*"]) for skipped in range(len(parts)))
    return fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def common_folder(inputs: Sequence[str]) -> str:
    """The deepest folder that all inputs lie in: names and ids do not depend on where it is."""
    folders = []
    for item in inputs:
        whole = store.is_folder(item) or _is_pattern(item)
        folders.append(fixed_part(item).rstrip("/").split("/") if whole else item.split("/")[:-1])
    common = takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))
    return "/".join(names[0] for names in common)


def _found_in(info: store.FileInfo, root: str) -> Iterator[Found]:
    """A file, or the pages in it where it is an archive; what is wrong with an archive follows its sound pages."""
    readable = info.path.encode("utf-8", "backslashreplace").decode()
    if readable != info.path:
        info = store.FileInfo(readable, 0, "", "its name is not in UTF-8. Give it another")
    name = info.path.removeprefix(root).lstrip("/")
    suffix = suffix_of(name)
    if suffix.lower() in ARCHIVES and not (info.size or info.problem):
        info = replace(info, problem="the archive is empty")
    if suffix.lower() not in ARCHIVES or info.problem:
        key, language = without_language(name, suffix)
        yield Found(key, name, info.path, -1, language, suffix, info.size, info.stamp, problem=info.problem)
        return
    try:
        for page in pages(info.path):
            end = suffix_of(page.url)
            key, language, site = without_language_of_page(page.url, end)
            yield Found(key, page.url, info.path, page.offset, language, ".html", page.size, info.stamp, site)
    except InputError as error:
        yield Found(name, name, info.path, -1, "", suffix, info.size, info.stamp, problem=str(error).rstrip("."))


def file_entries(files: Iterable[Found]) -> Iterator[Entry]:
    """Documents from sorted files: an English and a Chinese file of one key are a pair, any other is one document.

    Where there are several of a language, those of one format are paired. A pair's id is the name that its files share.
    """
    for key, group in groupby(files, lambda found: found.key):
        everything = list(group)
        rest = list({found.name: found for found in reversed(everything)}.values())[::-1]
        again = [found for found in everything if found not in rest]  # pages that an archive holds twice
        only = len(rest) == 2
        while pair := _pair(rest):
            rest = [found for found in rest if found not in pair]
            name = key + ("" if only else pair[0].suffix)
            yield _entry(name if key else pair[0].name, pair)
        for found in rest:
            yield _entry(found.name, (found,))
        for found in again:
            problem = Problem(DUPLICATE_ID, f"{found.name} is in the archives more than once. The first is taken.")
            yield replace(_entry(found.name, (found,)), problem=problem)


def _pair(files: Sequence[Found]) -> tuple[Found, ...]:
    """An English and a Chinese file that belong together, in this order; empty where there is none, or no telling."""
    english, chinese = ([found for found in files if found.language == language] for language in ("en", "zh"))
    if len(english) == len(chinese) == 1:
        return english[0], chinese[0]
    for first in english:
        same = [[found for found in side if found.suffix == first.suffix] for side in (english, chinese)]
        if len(same[0]) == len(same[1]) == 1:
            return first, same[1][0]
    return ()


def _entry(name: str, files: Sequence[Found]) -> Entry:
    parts = tuple(Part(found.name, found.path, found.suffix, found.size, found.offset) for found in files)
    problem = next((Problem(UNREADABLE, f"{found.name}: {found.problem}.") for found in files if found.problem), None)
    if problem is None and not all(is_known(part.suffix) for part in parts):
        unknown = next(part for part in parts if not is_known(part.suffix))
        problem = Problem(UNKNOWN_FORMAT, f"{unknown.name} has an unknown format, {unknown.suffix!r}.")
    return Entry(name, parts, " ".join(found.stamp for found in files), files[0].group, problem)
