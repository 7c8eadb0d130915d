"""kill -9 at random moments of scripted editing: what was acknowledged is there when the project is opened again."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from aligner.review.editor import Editor
from aligner.review.project import Project
from aligner.review.rows import Row
from aligner.review.serving import bind, serve
from aligner.review.stretches import Stretches

KILLS = 50
LONGEST_WAIT = 0.06  # seconds from the first answer to the kill
PRELOADED = [
    "anyio._backends._asyncio",
    "starlette.applications",
    "starlette.concurrency",
    "starlette.responses",
    "uvicorn.lifespan.off",
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.h11_impl",
    "aligner.review.serving",
    "aligner.review.stretches",
]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")


def serve_until_killed(path: str, answer: Any) -> None:
    """Run the editor as the command does, in a process of its own."""
    with bind(0) as listening:
        serve(Editor(Project(path), Stretches()), listening, answer.send)


def edit_until_the_end(address: str, project: Project, generator: random.Random) -> Iterator[dict[str, Any]]:
    """Send one action after the other and yield the answers to those that were acknowledged, until it breaks off."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0, timeout=10)
    rows, revision = [row.id for row in project.rows], project.revision
    while True:
        action, number = generator.choice(["mark", "comment", "merge", "undo"]), generator.choice(rows)
        body = {"action": action, "row": number, "revision": revision, "state": "right", "text": f"note {revision}"}
        try:
            head = {"Content-Type": "application/json"}
            connection.request("POST", f"{parts.path}act", json.dumps(body), head)
            answer = connection.getresponse()
            content = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return
        if answer.status == 200:
            revision = content["revision"]
            rows[content["at"] : content["at"] + content["removed"]] = [row[0] for row in content["inserted"]]
            yield content


def killed_while_editing(context: Any, project: Project, generator: random.Random) -> list[dict[str, Any]]:
    """Edit through a server that is killed; what it had acknowledged."""
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=serve_until_killed, args=(str(project.path), sending))
    process.start()
    wait, killer, done = generator.uniform(0, LONGEST_WAIT), None, []
    for content in edit_until_the_end(receiving.recv(), project, generator):
        done.append(content)
        if killer is None:
            killer = Thread(target=lambda: (time.sleep(wait), os.kill(process.pid, signal.SIGKILL)))
            killer.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    return done


def test_kill_9_loses_nothing_that_was_acknowledged(make_project: Callable[..., Project], tmp_path: Path) -> None:
    path = make_project([(1, 1, 0.5)] * 400).path
    generator = random.Random(9)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    for _ in range(KILLS):
        before = Project(path)
        done = killed_while_editing(context, before, generator)
        expected = list(before.rows)
        for content in done:
            inserted = [Row.from_list(values) for values in content["inserted"]]
            expected[content["at"] : content["at"] + content["removed"]] = inserted
        after = Project(path)
        assert after.revision - done[-1]["revision"] in (0, 1)  # one may be stored whose answer did not come
        if after.revision == done[-1]["revision"]:
            assert after.rows == expected
        for project in (before, after):
            project.close()
    # SQLite leaves a journal that was not begun in earnest until the next change takes its place.
    assert {file.name for file in tmp_path.iterdir()} <= {path.name, f"{path.name}-journal"}
