"""Runs on Ray, in clusters of this machine: the same bytes as here, whatever is killed, and clear errors."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from aligner.corpus import blocks, cluster, isolation, shards
from aligner.corpus.cluster import RayEngine, Surroundings, ray_engine
from aligner.corpus.local import run_local
from aligner.corpus.run import build_corpus
from aligner.errors import OutputError, UsageError
from tests.conftest import ROOT
from tests.corpus.light import serve_lightly
from tests.corpus.test_run import fill, hashes, outcomes, request

pytestmark = [
    pytest.mark.skipif(find_spec("ray") is None, reason="needs Ray: pip install 'bilingual-aligner[ray]'"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]

ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # 127.0.0.1 only
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "1000",
}
NODE = {"object_store_memory": 100 << 20, "include_dashboard": False}


def lighten() -> None:
    """Make Ray's workers watch processes that load no encoder."""
    isolation.serve = serve_lightly


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A cluster of one node with two processors, whose workers do not align."""
    environment = {"PYTHONPATH": str(ROOT)}
    runtime = {"worker_process_setup_hook": f"{__name__}.lighten", "env_vars": environment}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (ENVIRONMENT | environment).items():
            patch.setenv(name, value)
        patch.setenv("RAY_JOB_CONFIG_JSON_ENV_VAR", json.dumps({"runtime_env": runtime}))
        from ray.cluster_utils import Cluster

        nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, **NODE})
        try:
            yield nodes
        finally:
            nodes.shutdown()


@pytest.fixture(scope="module")
def engine(nodes: Any) -> Iterator[RayEngine]:
    with ray_engine(nodes.address, 2) as engine:
        yield engine


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that do not align here either, and blocks of two documents."""
    monkeypatch.setattr(isolation, "serve", serve_lightly)
    monkeypatch.setattr(blocks, "FEWEST", 2)


def here(work: Any, job: Any) -> Any:
    return run_local(work, job, 1)


def many(folder: Path, count: int = 60) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"{number}\n数{number}", "utf-8")
    return folder


def test_ray_is_not_imported_unless_it_is_asked_for() -> None:
    code = "import sys, aligner.cli.corpus, aligner.corpus.cluster; sys.exit('ray' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_command_gives_the_same_bytes_on_ray(tmp_path: Path) -> None:
    fill(tmp_path / "in")
    build_corpus(request(tmp_path / "in", tmp_path / "here"), here)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    options = ["in", "-o", "there", "--engine", "ray", "--workers", "1", "--timeout", "600"]
    command = [sys.executable, "-m", "aligner", "corpus", *options]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["Documents:", "Wrote"]
    assert hashes(tmp_path / "there") == hashes(tmp_path / "here")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many documents as ``in``, and the corpus of them as ``out``, made here."""
    place = tmp_path_factory.mktemp("quiet")
    many(place / "in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(isolation, "serve", serve_lightly)
        patch.setattr(blocks, "FEWEST", 2)
        build_corpus(request(place / "in", place / "out"), here)
    return place


def test_poisonous_documents_are_set_aside_as_here(tmp_path: Path, light: None, engine: RayEngine) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "crash", "memory", "z"):
        (tmp_path / "in" / name).write_text(name if len(name) > 1 else f"{name}\n数", "utf-8")
    build_corpus(request(tmp_path / "in", tmp_path / "out"), RayEngine(engine.ray, 1), share=engine.share)
    assert outcomes(tmp_path / "out") == {
        **dict.fromkeys("az", "aligned"),
        "crash": "crash",
        "memory": "out of memory",
    }


def stopping_after(count: int, engine: Any) -> Any:
    def run(work: Any, job: Any) -> Any:
        for number, report in enumerate(engine(work, job), 1):
            yield report
            if number == count:
                raise KeyboardInterrupt

    return run


def watchers(raylet: int) -> list[int]:
    """The actors of a node, by their process ids."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if b"ray::_Watcher" in (entry / "cmdline").read_bytes():
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                found += [int(entry.name)] if parent == raylet else []
        except (OSError, ValueError):
            continue
    return found


def raylet_of(node: Any) -> int:
    return int(node.all_processes["raylet"][0].process.pid)


def test_a_killed_worker_loses_and_doubles_nothing(
    tmp_path: Path, quiet: Path, light: None, nodes: Any, engine: RayEngine
) -> None:
    """In a run that the other engine began."""
    wanted = request(quiet / "in", tmp_path / "there")
    with pytest.raises(KeyboardInterrupt):
        build_corpus(wanted, stopping_after(5, here))
    stored = {path: path.stat().st_mtime_ns for path in tmp_path.glob("there/.work/*/*.parquet")}
    assert len(stored) >= 15
    generator, killed, done = random.Random(8), [], []

    def killing(work: Any, job: Any) -> Any:
        for report in engine(work, job):
            done.append(report.number)
            if len(done) in (3, 10):
                victim = generator.choice(watchers(raylet_of(nodes.head_node)))
                killed.append(threading.Timer(generator.uniform(0, 0.05), os.kill, (victim, signal.SIGKILL)))
                killed[-1].start()
            if len(done) == 20:
                assert all(path.stat().st_mtime_ns == before for path, before in stored.items())
            yield report

    build_corpus(wanted, killing)
    assert len(killed) == 2
    assert len(done) == len(set(done)) >= 20
    assert hashes(tmp_path / "there") == hashes(quiet / "out")
    assert not list((tmp_path / "there").rglob("*.tmp"))


def test_a_killed_node_loses_and_doubles_nothing(
    tmp_path: Path, quiet: Path, light: None, nodes: Any, engine: RayEngine
) -> None:
    node = nodes.add_node(num_cpus=1, **NODE)
    seen = []

    def killing(work: Any, job: Any) -> Any:
        for report in RayEngine(engine.ray, 3)(work, job):
            if not seen and (victims := watchers(raylet_of(node))):
                seen.extend(victims)
                nodes.remove_node(node, allow_graceful=False)
            yield report

    build_corpus(request(quiet / "in", tmp_path / "there"), killing)
    assert seen
    assert hashes(tmp_path / "there") == hashes(quiet / "out")


def test_a_block_that_a_lost_worker_had_stored_is_known(tmp_path: Path, light: None) -> None:
    folder = many(tmp_path / "in", 4)
    with pytest.raises(KeyboardInterrupt):
        build_corpus(request(folder, tmp_path / "out"), stopping_after(2, here))
    (work,) = tmp_path.glob("out/.work/*/")
    report = shards.stored_report(str(work), 1)
    assert report == blocks.BlockReport(1, 2)
    assert shards.stored_report(str(work), 2) is None


def test_what_can_not_be_written_ends_the_run(tmp_path: Path, light: None, engine: RayEngine) -> None:
    folder = many(tmp_path / "in", 4)

    def unwritable(work: Any, job: Any) -> Any:
        blocks = list(work)
        Path(job.folder, "0000001.pairs.parquet").mkdir()
        return RayEngine(engine.ray, 1)(blocks, job)

    with pytest.raises(OutputError, match=r"0000001\.pairs\.parquet can't be written"):
        build_corpus(request(folder, tmp_path / "out"), unwritable)


class Counting:
    """A task for ``share`` that leaves a file for each number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def count(self, number: int) -> None:
        if number == 99:
            raise OutputError("no room.")
        (self.folder / str(number)).touch()


def test_other_work_is_shared_out(tmp_path: Path, engine: RayEngine) -> None:
    assert len(list(engine.share(Counting(tmp_path).count, range(5)))) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2", "3", "4"]
    with pytest.raises(OutputError, match="no room"):
        list(engine.share(Counting(tmp_path).count, [99]))


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("127.0.0.1:1", r"No Ray cluster answers at 127\.0\.0\.1:1: .*refused\. Check the address\."),
        ("ray://127.0.0.1:10001", r"ray://127\.0\.0\.1:10001 is no address .* ray job submit"),
        ("nonsense", "nonsense is no address of a Ray cluster"),
    ],
)
def test_an_address_where_there_is_no_cluster(address: str, message: str) -> None:
    with pytest.raises(UsageError, match=message), ray_engine(address, 1):
        pass


def test_without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"Install it: pip install 'bilingual-aligner\[ray\]'"), ray_engine(None, 1):
        pass


def test_what_an_actor_must_find_where_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Surroundings(cluster.versions(), str(tmp_path), (str(tmp_path),)).check()
    with pytest.raises(UsageError, match=r"does not see elsewhere\. All nodes need the same place"):
        Surroundings(cluster.versions(), str(tmp_path), ("elsewhere",)).check()
    with pytest.raises(UsageError, match=r"has aligner .* Install aligner 9\.9 on all nodes"):
        Surroundings({"aligner": "9.9"}, str(tmp_path), ()).check()
