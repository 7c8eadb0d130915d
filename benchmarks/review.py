"""How fast the review is on a long text: ``.venv/bin/python benchmarks/review.py [ROWS]``, 20,000 rows by default.

Prints a table of times in milliseconds: opening, storing actions, aligning again around a row with features that are
cold and warm, and, where Chromium is found, frames while the page scrolls. The text is the gold stories of the tests,
over and over.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

from aligner.data import Alignment, Bead, Sentence
from aligner.evaluation import read_gold_folder
from aligner.review import actions
from aligner.review.editor import Editor
from aligner.review.project import Origin, Project, create_project
from aligner.review.serving import bind, make_server
from aligner.review.stretches import Stretches

GOLD = Path(__file__).parent.parent / "tests" / "data" / "gold"
REPEATS = 20
SCROLL = """async () => {
  const scroller = document.getElementById('scroller'), times = [];
  for (let n = 0; n < 200; n++) {
    const start = performance.now();
    scroller.scrollTop += 150;
    await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times; }"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.aligner"
        alignment = long_alignment(count)
        show("make the project", [timed(lambda: create_project(path, alignment, Origin("long")))])
        show("open it", [timed(lambda: Project(path).close())])
        project = Project(path)
        editor = Editor(project, Stretches())
        show("send it to the page", [timed(lambda: json.dumps(editor.state()))])
        show("store a merge", [timed(lambda: merge(project, count // 2)) for _ in range(REPEATS)])
        show("undo it", [timed(lambda: project.undo(project.revision)) for _ in range(REPEATS)])
        timed(lambda: editor.warm({"row": 0}))  # loads the encoder and the dictionaries
        places = [1000 + 500 * n for n in range(REPEATS) if 1000 + 500 * n < count]
        show("align again, cold", [timed(partial(align, editor, at)) for at in places])
        editor.act({"action": "undo", "revision": project.revision})
        show("align again, warm", [timed(partial(align, editor, places[-1]))])
        if shutil.which("chromium"):
            scroll(editor)


def long_alignment(count: int) -> Alignment:
    texts = read_gold_folder(GOLD)
    english: list[Sentence] = []
    chinese: list[Sentence] = []
    beads: list[Bead] = []
    while len(beads) < count:
        text = texts[len(beads) % len(texts)]
        for source, target in sorted(bead for bead in text.beads if all(bead)):
            beads.append(
                Bead(
                    tuple(range(len(english), len(english) + len(source))),
                    tuple(range(len(chinese), len(chinese) + len(target))),
                    0.5 if len(beads) % 100 == 50 else 0.99,
                )
            )
            english += [Sentence(text.english[i], len(english) + n, len(english) + n) for n, i in enumerate(source, 1)]
            chinese += [Sentence(text.chinese[j], len(chinese) + n, len(chinese) + n) for n, j in enumerate(target, 1)]
    return Alignment(tuple(english), tuple(chinese), tuple(beads), (), ())


def merge(project: Project, at: int) -> None:
    project.apply(actions.merge(project.rows, project.rows[at].id), project.revision)


def align(editor: Editor, at: int) -> None:
    request = {"action": "align", "row": editor.project.rows[at].id, "revision": editor.project.revision}
    editor.act(request)


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - used)


def show(what: str, times: Sequence[tuple[float, float]]) -> None:
    clock, used = zip(*times, strict=True)
    print(f"{what:30}{median(clock):8.0f}{max(clock):8.0f}{median(used):12.0f}", flush=True)


def scroll(editor: Editor) -> None:
    from playwright.sync_api import sync_playwright

    with bind(0) as listening, sync_playwright() as playwright:
        server, address = make_server(editor, listening)
        thread = Thread(target=lambda: server.run(sockets=[listening]))
        thread.start()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})

        def load() -> None:
            page.goto(address)
            page.wait_for_selector(".row.current")

        show("load the page", [timed(load)])
        show("a frame while it scrolls", [(one, 0) for one in page.evaluate(SCROLL)])
        browser.close()
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    print(f"{'milliseconds':30}{'median':>8}{'most':>8}{'processor':>12}")
    main()
