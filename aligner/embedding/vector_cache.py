"""Sentence vectors on disk, so that what a slow model has encoded once is not encoded again.

One SQLite file holds the vectors of all models. SQLite, which comes with Python, does what is easily done wrong: two
processes may use the file at once, and what was written is whole after a crash. A row's key is a hash of the model and
the text, so that no text is kept. A cache that can't be used costs time and nothing else: every failure of the file
counts as "not there".
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from aligner.arrays import FloatArray

FOLDER_VARIABLE = "ALIGNER_CACHE"
OFF = "off"
FILE_NAME = "embeddings.sqlite"
MOST_BYTES = 1 << 30  # 340,000 vectors of 768 dimensions
KEPT_SHARE = 0.8  # of MOST_BYTES when room is made, so that this is seldom needed
PATIENCE = 5.0  # seconds to wait while another process writes
KEYS_PER_QUERY = 500  # SQLite allows 999 parameters in its oldest versions
_DAY = 86400

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL, day INTEGER NOT NULL)"


def cache_file() -> Path | None:
    """Where vectors are kept: in the folder that ALIGNER_CACHE names, by default that of the system for caches.

    None where ALIGNER_CACHE is ``off``, or where there is no place.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen == OFF:
        return None
    try:
        return (Path(chosen) if chosen else _system_folder() / "aligner") / FILE_NAME
    except RuntimeError:  # a user without a home
        return None


def _system_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


class VectorCache:
    """The vectors of one model, by text; ``model`` is whatever tells it from others."""

    def __init__(self, path: Path, model: str, dimension: int, *, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._model = hashlib.blake2b(f"{model} {dimension}".encode()).digest()
        self._dimension = dimension
        self._most_bytes = most_bytes

    def get(self, texts: Sequence[str]) -> dict[str, FloatArray]:
        """The vectors that are known, each of shape (dimension,)."""
        texts_by_key = {self._key(text): text for text in texts}
        found: dict[str, FloatArray] = {}

        def read(connection: sqlite3.Connection) -> None:
            today, stale = _today(), []
            for key, blob, day in _rows(connection, list(texts_by_key)):
                if len(blob) == 4 * self._dimension:
                    found[texts_by_key[key]] = np.frombuffer(blob, "<f4").astype(np.float32)
                if day < today:
                    stale.append((today, key))
            connection.executemany("UPDATE vectors SET day = ? WHERE key = ?", stale)

        self._with_file(read)
        return found

    def put(self, texts: Sequence[str], vectors: FloatArray) -> None:
        """Keep the vectors of texts, shape (len(texts), dimension), in one transaction; the oldest make room."""
        today = _today()
        rows = [
            (self._key(text), vector.astype("<f4").tobytes(), today)
            for text, vector in zip(texts, vectors, strict=True)
        ]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            self._make_room(connection)

        self._with_file(write)

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=self._model).digest()

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """Delete the rows that were used longest ago where the file has grown too large; SQLite reuses the space."""
        size = _used_bytes(connection)
        if size > self._most_bytes:
            (count,) = connection.execute("SELECT COUNT(*) FROM vectors").fetchone()
            surplus = int(count * (1 - KEPT_SHARE * self._most_bytes / size)) + 1
            oldest = "SELECT rowid FROM vectors ORDER BY day, rowid LIMIT ?"
            connection.execute(f"DELETE FROM vectors WHERE rowid IN ({oldest})", (surplus,))

    def _with_file(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do the work in one transaction; a file that is no database is removed, any other failure passed over."""
        with contextlib.suppress(OSError, sqlite3.Error):
            try:
                with _opened(self._path) as connection:
                    work(connection)
            except sqlite3.OperationalError:  # locked for too long, write-protected, disk full
                raise
            except sqlite3.DatabaseError:  # damaged, or something else altogether
                self._path.unlink()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as connection, connection:
        connection.execute(_SCHEMA)
        yield connection


def _rows(connection: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes, int]]:
    for low in range(0, len(keys), KEYS_PER_QUERY):
        some = keys[low : low + KEYS_PER_QUERY]
        places = ",".join("?" * len(some))
        yield from connection.execute(f"SELECT key, vector, day FROM vectors WHERE key IN ({places})", some)


def _today() -> int:
    return int(time.time()) // _DAY


def _used_bytes(connection: sqlite3.Connection) -> int:
    page_count, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((page_count - free) * size)
