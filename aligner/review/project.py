"""A saved project: one SQLite file with the sentences, the beads, what a person decided, and the history of it.

The format is described in docs/review.md. Every action is one transaction; the file is complete after each, so that
nothing that was acknowledged is lost when the program or the machine stops. A revision number goes up with every
change: who writes says which one he saw, and is refused where it is not the latest.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aligner.data import Alignment, Bead, Dropped, Sentence
from aligner.errors import AlignerError, InputError, OutputError, UsageError
from aligner.exporting.files import check_writable, write_file
from aligner.exporting.unicode import replace_surrogates
from aligner.review.rows import ALIGNED_AGAIN, SIDES, WRONG, Change, Edit, Ids, Row

APPLICATION = 0x416C676E  # "Algn", in the file's header
VERSION = 1
PATIENCE = 10.0  # seconds to wait for another program that is writing
_MAGIC = b"SQLite format 3\0"

SCHEMA = """
CREATE TABLE info (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sentences (
  side TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, edited TEXT, line INTEGER NOT NULL,
  last_line INTEGER NOT NULL, after TEXT NOT NULL, paragraph INTEGER NOT NULL, source INTEGER NOT NULL,
  noise TEXT NOT NULL, cue_start INTEGER, cue_end INTEGER, PRIMARY KEY (side, number)
) WITHOUT ROWID;
CREATE TABLE dropped (text TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL, source INTEGER NOT NULL);
CREATE TABLE beads (
  id INTEGER PRIMARY KEY, place INTEGER NOT NULL, en TEXT NOT NULL, zh TEXT NOT NULL, confidence REAL,
  state TEXT NOT NULL, dropped INTEGER NOT NULL, comment TEXT NOT NULL
);
CREATE TABLE history (
  number INTEGER PRIMARY KEY, time TEXT NOT NULL, label TEXT NOT NULL, change TEXT NOT NULL, undone INTEGER NOT NULL
);
"""


class ConflictError(AlignerError):
    """Somebody else has changed the project since; what was asked for was not done."""


@dataclass(frozen=True)
class Origin:
    """What a project was made from: a title, the codes of its languages, and a hash of the input."""

    title: str
    en_code: str = "en-US"
    zh_code: str = "zh-CN"
    digest: str = ""


def is_project(path: str | Path) -> bool:
    """Whether a file is a project, by its first bytes."""
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(72)
    except (OSError, ValueError):
        return False
    return head.startswith(_MAGIC) and int.from_bytes(head[68:72], "big") == APPLICATION


def create_project(path: str | Path, alignment: Alignment, origin: Origin) -> None:
    """Write a new project with the beads of an alignment, English first; it appears whole or not at all.

    Raises OutputError.
    """
    check_writable(path)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(f"PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION}; {SCHEMA}")
        info = {"title": origin.title, "en_code": origin.en_code, "zh_code": origin.zh_code, "digest": origin.digest}
        info |= {"created": _now(), "revision": "0"}
        connection.executemany("INSERT INTO info VALUES (?, ?)", info.items())
        swapped = alignment.source_language == "zh"
        texts = (alignment.target, alignment.source) if swapped else (alignment.source, alignment.target)
        for side, sentences in zip(SIDES, texts, strict=True):
            values = (_sentence_values(side, number, sentence) for number, sentence in enumerate(sentences))
            connection.executemany("INSERT INTO sentences VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        dropped = ((_storable(entry.text), entry.line, entry.reason, entry.source) for entry in _left_out(alignment))
        connection.executemany("INSERT INTO dropped VALUES (?, ?, ?, ?)", dropped)
        _insert(connection, [_row(number, bead, swapped) for number, bead in enumerate(alignment.beads)], 0)
        connection.commit()
        data = connection.serialize()
    write_file(path, lambda stream: stream.write(data))


def _row(number: int, bead: Bead, swapped: bool) -> Row:
    source, target = tuple(map(int, bead.source)), tuple(map(int, bead.target))
    english, chinese = (target, source) if swapped else (source, target)
    return Row(number, english, chinese, round(float(bead.confidence), 4))


def _left_out(alignment: Alignment) -> Iterator[Dropped]:
    """What was dropped before sentences were made of it: all entries but those that hold nothing but sentences."""
    on_line: dict[tuple[int, int], list[str]] = {}
    for sentence in (*alignment.source, *alignment.target):
        on_line.setdefault((sentence.source, sentence.line), []).append("".join(sentence.text.split()))
    for entry in alignment.dropped:
        rest = "".join(entry.text.split())
        for text in on_line.get((entry.source, entry.line), ()):
            rest = rest.replace(text, "", 1)
        if rest:
            yield entry


def _sentence_values(side: str, number: int, sentence: Sentence) -> tuple[Any, ...]:
    start, end = sentence.cue or (None, None)
    place = (sentence.line, sentence.last_line, sentence.after, sentence.paragraph, sentence.source, sentence.noise)
    return (side, number, _storable(sentence.text), *place, start, end)


def _storable(text: str) -> str:
    """SQLite can't hold halves of characters, which some broken files have; they become U+FFFD."""
    return replace_surrogates(text)[0]


def _sentence(values: tuple[Any, ...]) -> Sentence:
    *place, start, end = values
    text, line, last_line, after, paragraph, source, noise = place
    return Sentence(text, line, last_line, after, paragraph, source, noise, None if start is None else (start, end))


def _insert(connection: sqlite3.Connection, rows: Sequence[Row], at: int) -> None:
    values = (
        (r.id, place, json.dumps(r.en), json.dumps(r.zh), r.confidence, r.state, r.dropped, r.comment)
        for place, r in enumerate(rows, at)
    )
    connection.executemany("INSERT INTO beads VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Project:
    """An open project; what it holds is in memory, and every change is in the file before it is in memory.

    ``rows`` are the beads in order, ``sentences`` those of both sides as they were read, ``edited`` other texts that a
    person gave them, by side and number. Raises InputError for a file that is no project, or a damaged one.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not is_project(path):
            raise InputError(f"{path} is no project of aligner review.")
        try:
            # Without isolation_level transactions begin where the code says so.
            self._connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise InputError(f"{path} can't be opened: {error}.") from error
        try:
            self._connection.executescript("PRAGMA trusted_schema=OFF; PRAGMA synchronous=FULL;")
            if self._connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                raise InputError(f"{path} was saved by a newer version of aligner. Open it with that one.")
            self._load()
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            self.close()
            raise InputError(f"{path} can't be opened as a project: {error}. Is it damaged?") from error
        except InputError:
            self.close()
            raise

    def _load(self) -> None:
        self._read_sentences()
        self.info: dict[str, str] = {}
        self.rows: list[Row] = []
        self.edited: dict[tuple[str, int], str] = {}
        self.refresh()
        _check(self.rows, self.sentences)

    def _read_sentences(self) -> None:
        self.sentences: dict[str, tuple[Sentence, ...]] = {}
        for side in SIDES:
            found = self._connection.execute(
                "SELECT text, line, last_line, after, paragraph, source, noise, cue_start, cue_end FROM sentences"
                " WHERE side = ? ORDER BY number",
                (side,),
            )
            self.sentences[side] = tuple(map(_sentence, found))

    def close(self) -> None:
        """Close the file; everything is in it already."""
        self._connection.close()

    @property
    def revision(self) -> int:
        """How many changes were made, undoing and redoing among them."""
        return int(self.info["revision"])

    @property
    def origin(self) -> Origin:
        """What the project was made from."""
        return Origin(*(self.info[name] for name in ("title", "en_code", "zh_code", "digest")))

    def text(self, side: str, number: int) -> str:
        """A sentence's text, as it was edited or as it was read."""
        return self.edited.get((side, number), self.sentences[side][number].text)

    def left_out(self) -> list[Dropped]:
        """The lines of the input that are in no sentence."""
        return [
            Dropped(*row)
            for row in self._connection.execute("SELECT text, line, reason, source FROM dropped ORDER BY rowid")
        ]

    def rejected(self) -> set[tuple[Ids, Ids]]:
        """Beads that were marked wrong and have since been replaced by aligning again."""
        query = "SELECT change FROM history WHERE label = ? AND undone = 0"
        changes = (json.loads(content) for (content,) in self._connection.execute(query, (ALIGNED_AGAIN,)))
        removed = (Row.from_list(values) for change in changes for values in change["removed"])
        return {(row.en, row.zh) for row in removed if row.state == WRONG}

    def refresh(self) -> bool:
        """Read again what another window has changed; returns whether it has."""
        info = dict(self._connection.execute("SELECT name, value FROM info"))
        if info == self.info:
            return False
        self._connection.execute("BEGIN")  # so that all of it is of one moment
        try:
            self._read_state()
        finally:
            self._connection.execute("COMMIT")
        return True

    def _read_state(self) -> None:
        self.info = dict(self._connection.execute("SELECT name, value FROM info"))
        found = self._connection.execute(
            "SELECT id, en, zh, confidence, state, dropped, comment FROM beads ORDER BY place"
        )
        self.rows = [
            Row(number, tuple(json.loads(en)), tuple(json.loads(zh)), confidence, state, bool(dropped), comment)
            for number, en, zh, confidence, state, dropped, comment in found
        ]
        edited = self._connection.execute("SELECT side, number, edited FROM sentences WHERE edited IS NOT NULL")
        self.edited = {(side, number): text for side, number, text in edited}

    def next_steps(self) -> tuple[str, str]:
        """What undo and redo would take back and do again; empty where there is nothing."""
        undo, redo = self._last(), self._next_undone()
        return (undo[1] if undo else "", redo[1] if redo else "")

    def _last(self) -> tuple[int, str, str] | None:
        return self._entry("undone = 0 ORDER BY number DESC")

    def _next_undone(self) -> tuple[int, str, str] | None:
        return self._entry("undone = 1 ORDER BY number")

    def _entry(self, which: str) -> tuple[int, str, str] | None:
        query = f"SELECT number, label, change FROM history WHERE {which} LIMIT 1"  # one of the two above
        found: tuple[int, str, str] | None = self._connection.execute(query).fetchone()
        return found

    def apply(self, change: Change, revision: int) -> None:
        """Do and store a change that was made for this revision; raises ConflictError where there is a newer one.

        What had been undone can't be redone any more. Raises OutputError where the file can't be written.
        """
        with self._writing(revision) as connection:
            connection.execute("DELETE FROM history WHERE undone = 1")
            content = json.dumps(change.as_object(), ensure_ascii=False)
            connection.execute(
                "INSERT INTO history (time, label, change, undone) VALUES (?, ?, ?, 0)", (_now(), change.label, content)
            )
            self._store(change)
        self._remember(change)

    def undo(self, revision: int) -> Change:
        """Take the last change back and return what that did."""
        return self._step(revision, self._last, undone=1)

    def redo(self, revision: int) -> Change:
        """Do again what was undone last and return what that did."""
        return self._step(revision, self._next_undone, undone=0)

    def _step(self, revision: int, find: Any, *, undone: int) -> Change:
        with self._writing(revision) as connection:
            entry = find()
            if entry is None:
                raise UsageError(f"There is nothing to {'undo' if undone else 'redo'}.")
            number, label, content = entry
            change = Change.from_object(label, json.loads(content))
            change = change.reversed() if undone else change
            connection.execute("UPDATE history SET undone = ? WHERE number = ?", (undone, number))
            self._store(change)
        self._remember(change)
        return change

    @contextmanager
    def _writing(self, revision: int) -> Iterator[sqlite3.Connection]:
        """One transaction, begun by a check that nobody has written since ``revision``."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                found = connection.execute("SELECT value FROM info WHERE name = 'revision'").fetchone()
                if int(found[0]) != revision or revision != self.revision:
                    raise ConflictError("The project was changed in another window; this one now shows it as it is.")
                yield connection
                connection.execute("UPDATE info SET value = ? WHERE name = 'revision'", (str(revision + 1),))
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:  # something failed
                    connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise OutputError(f"{self.path} can't be written: {error}. Nothing was changed.") from error

    def _store(self, change: Change) -> None:
        connection = self._connection
        connection.executemany("DELETE FROM beads WHERE id = ?", [(row.id,) for row in change.removed])
        moved = len(change.inserted) - len(change.removed)
        if moved:
            end = change.at + len(change.removed)
            connection.execute("UPDATE beads SET place = place + ? WHERE place >= ?", (moved, end))
        _insert(connection, change.inserted, change.at)
        for edit in change.edits:
            place = (edit.after, edit.side, edit.number)
            connection.execute("UPDATE sentences SET edited = ? WHERE side = ? AND number = ?", place)

    def _remember(self, change: Change) -> None:
        self.rows[change.at : change.at + len(change.removed)] = change.inserted
        for edit in change.edits:
            self._set_text(edit)
        self.info["revision"] = str(self.revision + 1)

    def _set_text(self, edit: Edit) -> None:
        if edit.after is None:
            self.edited.pop((edit.side, edit.number), None)
        else:
            self.edited[edit.side, edit.number] = edit.after


def _check(rows: Sequence[Row], sentences: Mapping[str, Sequence[Sentence]]) -> None:
    """Raise ValueError unless every sentence is in exactly one row."""
    for side in SIDES:
        found = sorted(number for row in rows for number in row.side(side))
        if found != list(range(len(sentences[side]))):
            raise ValueError("its beads do not hold every sentence once")
