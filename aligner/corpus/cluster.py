"""The engine of a cluster: Ray actors, each of which watches a process that aligns, as the engine of one machine does.

Blocks are handed out one by one to whichever actor is free, from the stream that the plan is; a block whose actor is
lost goes to another, and one that was stored before its actor was lost is not done again. Ray Data maps over blocks as
well, and gives the same bytes. It was measured and left, because it takes a data set and no stream: all blocks at once,
or some at a time, and then one document that runs into its time limit keeps the whole cluster waiting. And a block that
was on a lost node waits for that actor to start again, behind all others.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aligner.corpus import shards, store
from aligner.corpus.blocks import Block, BlockReport
from aligner.corpus.isolation import Supervisor
from aligner.corpus.local import cores
from aligner.corpus.manifest import versions
from aligner.corpus.worker import Job
from aligner.errors import AlignerError, UsageError

STARTING = 600.0  # seconds in which a first worker must start; a cluster that grows takes minutes
CONNECTING = 10.0
LOSSES = 10  # of workers, besides one for each: at one block, or before any of them started
OBJECT_STORE = 256 << 20  # bytes; the blocks that are handed out are all that is in it
SHARED = "All nodes need the same place to read and write: a network drive under one path, or a bucket such as s3://."


@contextlib.contextmanager
def ray_engine(address: str | None, workers: int | None) -> Iterator[RayEngine]:
    """Connect to a cluster, or start one on this machine for as long as the run lasts.

    ``address`` is ``host:port`` or ``auto``; Ray's own RAY_ADDRESS counts where none is given. Raises UsageError where
    Ray is not installed or the cluster can't be reached. What Ray says goes to its log files.
    """
    address = address or os.environ.get("RAY_ADDRESS")
    ray = _imported(local=not address)
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(stack.enter_context(Path(os.devnull).open("w"))))
        if address:
            stack.callback(ray.shutdown)
            _connect(ray, address)
            workers = workers or int(ray.cluster_resources().get("CPU", 1))
        else:
            workers = workers or cores()
            folder = stack.enter_context(_log_folder())
            stack.callback(ray.shutdown)  # before its folder goes
            own = {"num_cpus": workers, "object_store_memory": OBJECT_STORE, "include_dashboard": False}
            _init(ray, address="local", _temp_dir=folder, **own)
        yield RayEngine(ray, workers)


def _log_folder() -> tempfile.TemporaryDirectory[str]:
    """For Ray's log and sockets; not where macOS has such folders, as the path of a socket must be short."""
    place = "/tmp" if os.name == "posix" else None
    return tempfile.TemporaryDirectory(prefix="aligner-", dir=place, ignore_cleanup_errors=True)


def _imported(*, local: bool) -> Any:
    """Ray, told to send nothing home, to keep its log out of the terminal, and to stay on this machine if ``local``."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    if local:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # Ray's switch for 127.0.0.1 in place of the network
    else:  # give up after half a minute, not four, where something answers that is no cluster
        os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "2")
        os.environ.setdefault("RAY_py_gcs_connect_timeout_s", "5")
    try:
        import ray
    except ImportError as error:
        message = "--engine ray needs Ray, which is not installed. Install it: pip install 'bilingual-aligner[ray]'"
        raise UsageError(message) from error
    return ray


def _connect(ray: Any, address: str) -> None:
    host, _, port = address.rpartition(":")
    if "://" in address or not (address == "auto" or (host and port.isdecimal())):
        advice = "Give host:port or auto, on a machine of the cluster; or send the command there with: ray job submit"
        raise UsageError(f"{address} is no address of a Ray cluster. {advice}")
    if host:
        try:  # Ray itself does not say why it fails
            socket.create_connection((host, int(port)), CONNECTING).close()
        except (OSError, OverflowError) as error:
            raise UsageError(f"No Ray cluster answers at {address}: {error}. Check the address.") from error
    _init(ray, address=address)


def _init(ray: Any, **options: Any) -> None:
    try:
        with _silent(), _own_ending():
            ray.init(log_to_driver=False, logging_level="CRITICAL", **options)
    except (ConnectionError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise UsageError(f"The Ray cluster can't be used: {' '.join(reason)}") from error


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep what C++ writes to standard error from the terminal."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextlib.contextmanager
def _own_ending() -> Iterator[None]:
    """Keep Ray from taking over what a request to end does: it would print a stack and abort."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(frozen=True)
class RayEngine:
    """Runs blocks, and other maps over numbers, on the workers of a cluster."""

    ray: Any
    workers: int

    def __call__(self, blocks: Iterable[Block], job: Job) -> Generator[BlockReport, None, None]:
        """Do the blocks; reports come in the order in which blocks are done.

        Memory here: the documents of one block a worker. When the caller stops taking reports, the workers are ended.
        Raises AlignerError where no worker starts, or workers end again and again.
        """
        rest = iter(blocks)
        first = next(rest, None)
        if first is None:
            return
        crew = _Crew(self.ray, self.workers, _surroundings(job, first), self.ray.put(job))
        crew.lost.append(first)
        try:
            yield from crew.run(rest)
        finally:
            crew.dismiss()

    def share(self, task: Callable[[int], None], numbers: Iterable[int]) -> Iterator[None]:
        """Call ``task`` for each number somewhere; a task must be able to run twice."""
        call = self.ray.remote(num_cpus=1, max_retries=LOSSES)(_call)
        stored = self.ray.put(task)
        waiting = [call.remote(stored, str(Path.cwd()), number) for number in numbers]
        while waiting:
            done, waiting = self.ray.wait(waiting)
            _get(self.ray, done[0])
            yield


def _get(ray: Any, reference: Any) -> Any:
    """The result; raises what was raised at the other end, as it was raised there."""
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None


@dataclass
class _Crew:
    """The actors of a run: idle ones, and what each of the others is doing; None for starting."""

    ray: Any
    workers: int
    surroundings: Surroundings
    stored_job: Any
    idle: list[Any] = field(default_factory=list)
    busy: dict[Any, tuple[Any, Block | None]] = field(default_factory=dict)
    lost: list[Block] = field(default_factory=list)
    losses: Counter[int | None] = field(default_factory=Counter)

    def run(self, blocks: Iterator[Block]) -> Iterator[BlockReport]:
        """Hand out blocks until all are done."""
        for _ in range(self.workers):
            self._hire()
        while True:
            while self.idle and (block := self.lost.pop() if self.lost else next(blocks, None)):
                actor = self.idle.pop()
                self.busy[actor.run.remote(block)] = actor, block
            working = any(block for _, block in self.busy.values())
            if self.idle and not working:
                return
            done, _ = self.ray.wait(list(self.busy), timeout=None if working else STARTING)
            if not done:
                raise AlignerError(f"The cluster started no worker in {STARTING:g} seconds. Has it a free processor?")
            if report := self._result(done[0]):
                yield report

    def dismiss(self) -> None:
        """End all actors; the processes that they watch notice."""
        for actor in (*self.idle, *(actor for actor, _ in self.busy.values())):
            self.ray.kill(actor)

    def _hire(self) -> None:
        actor = self.ray.remote(num_cpus=1)(_Watcher).remote(self.stored_job)
        self.busy[actor.ready.remote(self.surroundings)] = actor, None

    def _result(self, reference: Any) -> BlockReport | None:
        actor, block = self.busy.pop(reference)
        number = block.number if block else None
        try:
            report: BlockReport | None = _get(self.ray, reference)
        except self.ray.exceptions.RayActorError as error:
            self._replace(actor, block, error)
            return None
        self.losses.pop(number, None)
        self.idle.append(actor)
        return report

    def _replace(self, actor: Any, block: Block | None, error: Exception) -> None:
        """Have another do what a lost actor did."""
        if "creation task" in str(error):  # which does nothing but import
            reason = str(error).strip().splitlines()[-1]
            raise UsageError(f"A node can't load aligner ({reason}). {_same(self.surroundings.versions)}") from error
        number = block.number if block else None
        self.losses[number] += 1
        if self.losses[number] > LOSSES + self.workers:
            what = "before they begin" if block is None else f"at block {number}"
            advice = "Try fewer --workers, or less --worker-memory; the same command then goes on."
            raise AlignerError(f"Workers of the cluster are lost again and again, {what}. {advice}") from error
        if block:
            self.lost.append(block)
        self.ray.kill(actor)  # one that can't be reached may still be there
        self._hire()


@dataclass(frozen=True)
class Surroundings:
    """What an actor must find where it runs: versions, and paths; ``folder`` is where relative paths begin."""

    versions: dict[str, str]
    folder: str
    paths: tuple[str, ...]

    def check(self) -> None:
        """Go to the folder, and raise UsageError for what is not there."""
        node = socket.gethostname()
        if versions() != self.versions:
            raise UsageError(f"The node {node} has {_named(versions())}. {_same(self.versions)}")
        _enter(self.folder)
        for path in self.paths:
            if not (store.is_folder(path) or store.file_info(path)):
                raise UsageError(f"The node {node} does not see {path}. {SHARED}")


def _surroundings(job: Job, first: Block) -> Surroundings:
    """With a file of the first documents, for all that they are not."""
    paths = (part.path for entry in first.entries if not entry.problem for part in entry.parts if part.text is None)
    found = next((path for path in paths if store.file_info(path)), None)
    return Surroundings(versions(), str(Path.cwd()), (job.folder, *filter(None, (found, job.settings.weights))))


def _named(found: dict[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in found.items())


def _same(wanted: dict[str, str]) -> str:
    return f"Install {_named(wanted)} on all nodes, as here."


def _enter(folder: str) -> None:
    with contextlib.suppress(OSError):
        os.chdir(folder)


class _Watcher:
    """A Ray actor. What documents do to the process that it watches does not reach Ray."""

    def __init__(self, job: Job) -> None:
        sys.modules["__main__"].__file__ = None  # that process would load Ray, for nothing
        self._job = job
        self._supervisor = Supervisor(job, threading.Event())

    def ready(self, surroundings: Surroundings) -> None:
        surroundings.check()

    def run(self, block: Block) -> BlockReport:
        """Do a block, unless an actor that was lost had done it."""
        return shards.stored_report(self._job.folder, block.number) or self._supervisor.run(block)


def _call(task: Callable[[int], None], folder: str, number: int) -> None:
    _enter(folder)
    task(number)
