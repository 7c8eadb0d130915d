"""Projects of made-up sentences, and an editor served in this process."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from aligner.data import Alignment, Bead, Dropped, Sentence
from aligner.review.editor import Editor
from aligner.review.project import Origin, Project, create_project
from aligner.review.serving import bind, make_server
from aligner.review.stretches import Stretches

Kind = tuple[int, int, float]
Texts = tuple[Sequence[str], Sequence[str]]

PAGE = [
    ("The ferry leaves the harbour at seven in the morning.", "渡轮早上七点离开港口。"),
    ("Nobody had told the captain about the storm.", "没有人告诉船长有暴风雨。"),
    ("He drank his tea and looked at the sky.", "他喝着茶，看着天空。"),
    ("The passengers played cards in the saloon.", "乘客们在客舱里打牌。"),
    ("At noon the wind became stronger.", "中午风变大了。"),
    ("A child lost her red shoe on the deck.", "一个孩子在甲板上丢了红鞋子。"),
    ("The cook closed the kitchen.", "厨师关上了厨房。"),
    ("In the evening they saw the lights of the island.", "傍晚他们看见了岛上的灯光。"),
    ("Everyone was glad to be on land again.", "大家都很高兴又回到了陆地上。"),
    ("The captain went straight to bed.", "船长直接去睡觉了。"),
]


def alignment_of(kinds: Sequence[Kind], texts: Texts | None = None) -> Alignment:
    """An alignment whose beads have these numbers of sentences and confidences."""
    counts = [sum(kind[side] for kind in kinds) for side in (0, 1)]
    english, chinese = texts or ([f"Sentence {n}." for n in range(counts[0])], [f"句子{n}。" for n in range(counts[1])])
    sides = [
        tuple(Sentence(text, n, n, source=side) for n, text in enumerate(side_texts, 1))
        for side, side_texts in enumerate((english, chinese))
    ]
    beads, i, j = [], 0, 0
    for a, b, confidence in kinds:
        beads.append(Bead(tuple(range(i, i + a)), tuple(range(j, j + b)), confidence))
        i, j = i + a, j + b
    return Alignment(sides[0], sides[1], tuple(beads), (), (Dropped("Next page >>", 99, "a menu"),))


Make = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> Iterator[Make]:
    """Make a project of beads such as ``(1, 2, 0.5)`` and open it; with ``page`` of the sentences above."""
    with ExitStack() as stack:

        def make(
            kinds: Sequence[Kind], *, page: bool = False, name: str = "work", texts: Texts | None = None
        ) -> Project:
            path = tmp_path / f"{name}.aligner"
            texts = ([en for en, _ in PAGE], [zh for _, zh in PAGE]) if page else texts
            create_project(path, alignment_of(kinds, texts), Origin("work.txt"))
            project = Project(path)
            stack.callback(project.close)
            return project

        yield make


def _ask(
    address: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, method: str = ""
) -> tuple[int, Any]:
    """The status and the answer, read as JSON where it is; ``path`` beginning with / is taken as it is."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0, timeout=30)
    target = path if path.startswith("/") else parts.path + path
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    own = {"Content-Type": "application/json"} if data is not None else {}
    connection.putrequest(method or ("GET" if data is None else "POST"), target, skip_host="Host" in (headers or {}))
    for name, value in {**own, **(headers or {})}.items():
        connection.putheader(name, value)
    if data is not None:
        connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    is_json = answer.getheader("Content-Type", "").startswith("application/json")
    return answer.status, json.loads(content) if is_json else content


Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="session")
def editor() -> Editor:
    """One editor for all tests, which put their project into it: starting a server takes time."""
    return Editor(cast("Project", None), Stretches())


@pytest.fixture(scope="session")
def address(editor: Editor) -> Iterator[str]:
    """Where that editor is served."""
    with bind(0) as listening:
        server, address = make_server(editor, listening)
        thread = Thread(target=lambda: server.run(sockets=[listening]))
        thread.start()
        yield address
        server.should_exit = True
        thread.join()


@pytest.fixture
def ask() -> Ask:
    """Send a request and get the status and the answer."""
    return _ask
