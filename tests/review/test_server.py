"""The server: what the page may ask, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from aligner.errors import UsageError
from aligner.review.editor import Editor
from aligner.review.project import Project
from aligner.review.serving import bind

Ask = Callable[..., tuple[int, Any]]


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], editor: Editor) -> Project:
    """The project that the editor holds while a test runs."""
    editor.project = make_project([(1, 1, 0.9), (1, 1, 0.5), (1, 1, 0.4)])
    return editor.project


def test_the_page_and_its_parts(address: str, ask: Ask) -> None:
    for name, sign in (("", b"<title>"), ("review.css", b"--paper"), ("main.js", b"import"), ("icon.svg", b"<svg")):
        status, content = ask(address, name)
        assert (status, sign in content) == (200, True)


def test_the_project_and_an_action(address: str, ask: Ask, project: Project) -> None:
    status, state = ask(address, "project")
    assert (status, state["revision"], len(state["rows"])) == (200, 0, 3)
    assert state["texts"]["zh"][1] == "句子1。"
    status, change = ask(address, "act", {"action": "merge", "row": 1, "revision": 0})
    assert (status, change["revision"], change["undo"]) == (200, 1, "merge")
    assert change["inserted"] == [[1, [1, 2], [1, 2], None, "right", False, ""]]
    assert Project(project.path).rows == project.rows


def test_a_stale_window_is_told(address: str, ask: Ask) -> None:
    ask(address, "act", {"action": "merge", "row": 1, "revision": 0})
    status, answer = ask(address, "act", {"action": "mark", "row": 0, "state": "right", "revision": 0})
    assert (status, "another window" in answer["message"]) == (409, True)


@pytest.mark.parametrize(
    "path",
    ["/", "/project", "/wrong-token/", "/wrong-token/project", "//", "/%2e%2e/project", "/../project", "/project/"],
)
def test_without_the_token_nothing_is_told(address: str, ask: Ask, path: str) -> None:
    status, content = ask(address, path)
    assert (status, content) == (
        403,
        b"The address lacks the token that aligner review printed. Open the whole address.\n",
    )


def test_a_token_with_something_more_or_less_is_wrong(address: str, ask: Ask) -> None:
    path = urlsplit(address).path
    for wrong in (path[:-2] + "/project", path[:-1] + "x/project", path.upper() + "project", path[:-1] + "%00/project"):
        assert ask(address, wrong)[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1:80.evil.example", ""])
def test_a_foreign_host_is_refused(address: str, ask: Ask, host: str) -> None:
    assert ask(address, "project", headers={"Host": host})[0] in (400, 403)


def test_two_hosts_are_refused(address: str, ask: Ask) -> None:
    own = urlsplit(address).netloc
    assert ask(address, "project", headers={"Host": own})[0] == 200
    assert ask(address, "project", headers={"Host": own, "host": "evil.example"})[0] in (400, 403)


def test_localhost_is_this_machine_too(address: str, ask: Ask) -> None:
    port = urlsplit(address).port
    origin = f"http://localhost:{port}"
    headers = {"Host": f"localhost:{port}", "Origin": origin}
    assert ask(address, "act", {"action": "merge", "row": 0, "revision": 0}, headers=headers)[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "file://"])
def test_a_foreign_origin_is_refused(address: str, ask: Ask, project: Project, origin: str) -> None:
    status, _ = ask(address, "act", {"action": "merge", "row": 1, "revision": 0}, headers={"Origin": origin})
    assert (status, project.revision) == (403, 0)


def test_a_request_from_another_site_is_refused(address: str, ask: Ask, project: Project) -> None:
    body, headers = {"action": "merge", "row": 1, "revision": 0}, {"Sec-Fetch-Site": "cross-site"}
    assert (ask(address, "act", body, headers=headers)[0], project.revision) == (403, 0)


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "..%2f..%2fpyproject.toml",
        "%2e%2e/%2e%2e/etc/passwd",
        "main.js/../../server.py",
        "assets/main.js",
        "..\\server.py",
        "work.aligner",
        "%2fetc%2fpasswd",
        "main.js%00.html",
    ],
)
def test_paths_that_lead_elsewhere_find_nothing(address: str, ask: Ask, path: str) -> None:
    status, content = ask(address, path)
    assert status in (403, 404)
    assert b"import" not in content


NONSENSE: list[dict[str, Any]] = [
    {"action": "merge"},
    {"action": "merge", "row": True},
    {"action": "merge", "row": 99},
    {"action": "fly"},
    {"action": "mark", "row": 0, "state": "great"},
    {"action": "move", "row": 0, "side": "fr", "edge": "end", "way": "in"},
    {"action": "link", "rows": []},
    {"action": "link", "rows": [1]},
    {"action": "edit", "row": 0, "texts": [{"side": "en", "number": 2, "text": "x"}]},
    {"action": "edit", "row": 0, "texts": [{"side": "en", "number": 0, "text": " "}]},
    {"action": "edit", "row": 0, "texts": "x"},
    {"action": "comment", "row": 0, "text": "x" * 20_001},
    {"action": "comment", "row": 0, "text": "\ud800"},
    {"action": "split", "row": 0, "side": "en", "count": 1},
    {"action": "undo"},
]
GARBLED = [b"not JSON", b"[]", b"\xff", b"[" * 100_000, b"{}", b'{"action":"merge","revision":"0"}']


@pytest.mark.parametrize("body", [*GARBLED, *(json.dumps({**request, "revision": 0}).encode() for request in NONSENSE)])
def test_requests_that_make_no_sense_are_refused(address: str, ask: Ask, project: Project, body: bytes) -> None:
    status, answer = ask(address, "act", body)
    assert (status, project.revision) == (400, 0)
    assert answer["message"].endswith(".")


def test_only_json_is_taken(address: str, ask: Ask, project: Project) -> None:
    body = json.dumps({"action": "merge", "row": 1, "revision": 0}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert ask(address, "act", body, headers={"Content-Type": kind})[0] == 400
    assert project.revision == 0


def test_a_huge_request_is_refused(address: str, ask: Ask) -> None:
    assert ask(address, "act", b"x" * 1_500_000)[0] == 400


def test_other_methods_are_refused(address: str, ask: Ask) -> None:
    assert ask(address, "act")[0] in (404, 405)
    assert ask(address, "project", {"x": 1})[0] == 405
    assert ask(address, "project", method="DELETE")[0] == 405


def test_every_answer_has_the_headers_that_keep_it_safe(address: str) -> None:
    import http.client

    parts = urlsplit(address)
    for path in (parts.path, "/", f"{parts.path}nothing"):
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        policy = answer.getheader("Content-Security-Policy") or ""
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Referrer-Policy") == "no-referrer"
        connection.close()


def test_it_listens_on_this_machine_only() -> None:
    with bind(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
        with pytest.raises(UsageError, match="Leave --port out"):
            bind(listening.getsockname()[1])
