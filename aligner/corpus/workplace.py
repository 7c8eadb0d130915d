"""The folder of a run: what lies where, whose it is, and whether what is there can be gone on with."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aligner.corpus import store
from aligner.corpus.blocks import division
from aligner.corpus.documents import Entry
from aligner.corpus.inputs.files import fixed_part, takes_in
from aligner.corpus.plan import differences, forget_parts, write_plan
from aligner.corpus.settings import hash_of
from aligner.errors import InputError, UsageError

WORK = ".work"  # readers of Parquet folders pass over names that begin with a dot
RESULTS = ("manifest.json", "pairs", "dropped", "documents", "matches", "report.html", "corpus.tmx", "corpus.tsv")
_LOCK, _CLAIM, _STATE = "lock", "claim", "run.json"


@dataclass(frozen=True)
class Workplace:
    """The paths in the output folder of a run; ``claim`` tells a bucket's run from a later one there."""

    folder: str
    claim: str = field(default_factory=lambda: uuid4().hex)

    def path(self, *names: str) -> str:
        """Something of the finished corpus."""
        return store.join(self.folder, *names)

    def work(self, *names: str) -> str:
        """Something that is needed until the corpus is finished, or to know it again."""
        return store.join(self.folder, WORK, *names)

    @property
    def plan(self) -> str:
        """The list of documents."""
        return self.work("plan.parquet")

    @property
    def matched(self) -> str:
        """The list of documents that were matched."""
        return self.work("matched.parquet")

    @property
    def matches(self) -> str:
        """The table of matches."""
        return self.work("matches.parquet")

    @property
    def manifest(self) -> str:
        """What says that the corpus is complete: it is written last."""
        return self.path("manifest.json")

    @property
    def finished(self) -> bool:
        """Whether the corpus is complete."""
        return store.file_info(self.manifest) is not None


def check_apart(place: Workplace, inputs: Sequence[str]) -> None:
    """Raise UsageError where the output would be in the input, and be read by the next run, or the input in the output.

    A pattern that takes in nothing of what a run writes may have the output in its folder.
    """
    folder = _real(place.folder)
    written = [name if "." in name else f"{name}/part-00000.parquet" for name in RESULTS]
    for item in inputs:
        base = _real(fixed_part(item))
        if base.is_relative_to(folder) and base != folder:
            raise UsageError(f"The input {item} lies in {place.folder}. Choose another folder for the corpus.")
        if not folder.is_relative_to(base):
            continue
        inside = folder.relative_to(base)
        if any(takes_in(item, (inside / name).as_posix()) for name in written):
            raise UsageError(f"{place.folder} lies in the input {item}. Choose a folder outside of it.")


def _real(path: str) -> Path:
    return Path(path if store.is_remote(path) else os.path.realpath(path))


@contextmanager
def locked(place: Workplace) -> Iterator[None]:
    """Keep a second run out of the folder while one is at work there; in a bucket, which knows no locks, take it over.

    Raises UsageError for a folder in use or with other things in it, and OutputError where it can't be written.
    """
    strange = _strange(place)
    if strange and store.file_info(place.work(_STATE)) is None:
        raise UsageError(f"{place.folder} holds other things, such as {strange[0]}. Choose a new or empty folder.")
    store.make_folder(place.work())
    if store.is_remote(place.folder):
        store.write_file(place.work(_CLAIM), lambda stream: stream.write(place.claim.encode()))
        yield
        return
    from filelock import FileLock, Timeout

    lock = FileLock(place.work(_LOCK), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise UsageError(f"Another run is at work in {place.folder}. Wait for it, or choose another folder.") from error
    except OSError as error:
        raise store.failed(place.folder, error) from error
    with lock:
        yield


def check_claim(place: Workplace) -> None:
    """Raise UsageError where another run has taken a bucket over, so that no two of them remove or finish anything."""
    if store.is_remote(place.folder) and store.read_bytes(place.work(_CLAIM)) != place.claim.encode():
        raise UsageError(f"Another run has begun in {place.folder}, and goes on with what is done. Wait for that one.")


def _strange(place: Workplace) -> list[str]:
    """What is in a folder that no run has begun in, and would be removed if one did."""
    unfinished = (_LOCK, _CLAIM, _STATE + store.UNFINISHED)  # of a run that was killed before it began
    here = [name for name in store.names_in(place.folder) if name != WORK]
    return here + [f"{WORK}/{name}" for name in store.names_in(place.work()) if name not in unfinished]


def begin(place: Workplace, entries: Iterable[Entry], described: dict[str, Any], *, fresh: bool) -> dict[str, Any]:
    """List the input, and make sure that what an earlier run left in the folder belongs to the same run.

    Returns the state that is stored: settings, what identifies the input, and a key made of them. Raises
    UsageError, saying what changed, where it does not; ``fresh`` removes it instead. Raises InputError for no document.
    """
    begun = store.file_info(place.work(_STATE)) and not fresh
    before = store.read_json(place.work(_STATE)) if begun else None
    if not before:
        _clear(place)
    listed = place.work("listed.parquet") if before else place.plan
    identity = write_plan(listed, entries)
    if not identity.documents:
        raise InputError("There is no document in the input. Files whose names begin with a dot are passed over.")
    state = {"settings": described, "input": asdict(identity), "blocks": division()}
    state["key"] = hash_of(state)
    if not before:
        store.write_json(place.work(_STATE), state)
        store.make_folder(place.work(str(state["key"])))
        return state
    if before != state:
        raise UsageError(_what_changed(place, before, state, listed))
    store.remove_file(listed)
    return state


def _clear(place: Workplace) -> None:
    """Remove what an earlier run left, after a mark that tells the next run to do so should this one be killed here."""
    store.write_json(place.work(_STATE), {})
    kept = (_LOCK, _CLAIM, _STATE)
    for name in (*RESULTS, *(f"{WORK}/{name}" for name in store.names_in(place.work()) if name not in kept)):
        _remove(place.path(name))


def tidy(place: Workplace, key: str) -> None:
    """Remove what a finished corpus needs no more; what tells whether its input changed stays."""
    if store.is_folder(place.work(key)):
        forget_parts(place.plan)
        store.remove_file(place.matched)
        store.remove_file(place.matches)
        store.remove_folder(place.work(key))


def _what_changed(place: Workplace, before: dict[str, Any], now: dict[str, Any], listed: str) -> str:
    changes = []
    if before["settings"] != now["settings"]:
        names = [name for name, value in now["settings"].items() if before["settings"].get(name) != value]
        changes.append(f"other settings ({', '.join(names)})")
    if before["input"] != now["input"]:
        changes.append(f"another input: {differences(place.plan, listed)}")
    advice = "Choose another folder, or begin again there with --fresh"
    return f"{place.folder} was begun with {' and '.join(changes)}. {advice}."


def _remove(path: str) -> None:
    if store.is_folder(path):
        store.remove_folder(path)
    else:
        store.remove_file(path)
