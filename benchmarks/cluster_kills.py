"""Kill Ray workers, whole nodes and the command itself at random moments, and compare what comes out with a quiet run.

    .venv/bin/python benchmarks/cluster_kills.py [--documents 240] [--kills 5] [--seed 8]

Clusters of two nodes are started on this machine, on 127.0.0.1. The documents are the articles of tests/data, cut and
joined anew, so that no two are equal; blocks are of four documents, so that kills fall at all moments of a block.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT / "tests" / "data" / "articles"
NODE = {"num_cpus": 1, "object_store_memory": 100 << 20, "include_dashboard": False}
ENVIRONMENT = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # 127.0.0.1 only
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "2000",
}
COMMAND = "from aligner.corpus import blocks; blocks.FEWEST = 4; from aligner.cli import main; main()"


def write_documents(folder: Path, count: int) -> None:
    """Pages of both languages: a run of an article's lines in English, then the same in Chinese."""
    folder.mkdir()
    articles = [(path, path.with_suffix(".zh")) for path in sorted(ARTICLES.glob("*.en"))]
    for number in range(count):
        english, chinese = (path.read_text("utf-8") for path in articles[number % len(articles)])
        (folder / f"{number:05}.txt").write_text(f"Page {number}.\n{english}\n第{number}页。\n{chinese}", "utf-8")


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a corpus, hidden ones too, by its content."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextmanager
def two_nodes() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args=NODE)
    try:
        cluster.add_node(**NODE)
        yield cluster
    finally:
        cluster.shutdown()


def start(inputs: Path, output: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", COMMAND, "corpus", str(inputs), "-o", str(output), "--workers", "2", *options]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE)


def done(output: Path) -> int:
    return len(list(output.glob(".work/*/*.documents.parquet")))


def watchers(cluster: Any) -> list[int]:
    """The workers of all nodes, by their process ids."""
    raylets = {node.all_processes["raylet"][0].process.pid for node in cluster.list_all_nodes()}
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if b"ray::_Watcher" in (entry / "cmdline").read_bytes():
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                found += [int(entry.name)] if parent in raylets else []
        except (OSError, ValueError):
            continue
    return found


def kill_worker(cluster: Any, generator: random.Random) -> bool:
    victims = watchers(cluster)
    if victims:
        os.kill(generator.choice(victims), signal.SIGKILL)
    return bool(victims)


def kill_node(cluster: Any, generator: random.Random) -> bool:
    """Kill the node that is not the head, and give the cluster another in its place."""
    cluster.remove_node(sorted(cluster.worker_nodes, key=str)[0], allow_graceful=False)
    cluster.add_node(**NODE)
    return True


def disturbed(inputs: Path, output: Path, kills: int, generator: random.Random, kill: Callable[..., bool]) -> int:
    """One run in a cluster in which something is killed again and again; returns how often."""
    count = 0
    with two_nodes() as cluster:
        process = start(inputs, output, "--engine", "ray", "--address", cluster.address)
        while process.poll() is None and count < kills:
            before = done(output)
            while process.poll() is None and done(output) < before + 3:
                time.sleep(0.05)
            time.sleep(generator.uniform(0, 3))
            count += process.poll() is None and kill(cluster, generator)
        out, err = process.communicate()
        print((out + err).decode().strip().replace("\n", " | "), f"(status {process.returncode})")
    return count


def killed_commands(inputs: Path, output: Path, kills: int, generator: random.Random) -> int:
    """Runs with a cluster of their own, each killed but for the last, which finishes."""
    for _ in range(kills):
        process = start(inputs, output, "--engine", "ray")
        before = done(output)
        while process.poll() is None and done(output) < before + 2:
            time.sleep(0.05)
        time.sleep(generator.uniform(0, 3))
        process.kill()
        process.communicate()
    start(inputs, output, "--engine", "ray").communicate()
    return kills


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=240)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    generator = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder, "in")
        write_documents(inputs, options.documents)
        start(inputs, Path(folder, "quiet")).communicate()
        quiet = hashes(Path(folder, "quiet"))
        for name, kill in (("worker", kill_worker), ("node", kill_node)):
            count = disturbed(inputs, Path(folder, name), options.kills, generator, kill)
            print(f"{name}: {count} kills, same bytes: {hashes(Path(folder, name)) == quiet}", flush=True)
        count = killed_commands(inputs, Path(folder, "command"), options.kills, generator)
        print(f"command: {count} kills, same bytes: {hashes(Path(folder, 'command')) == quiet}", flush=True)


if __name__ == "__main__":
    main()
