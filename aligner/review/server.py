"""The web server of the editor: bound to this machine, and deaf to all but the page that it served itself.

A request must name this machine as its host, come from no other origin, and begin its path with a random token that
only the printed address holds. What it may ask for is a fixed table; no path of a request ever becomes a file's.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aligner.errors import AlignerError, OutputError
from aligner.review.editor import Editor
from aligner.review.project import ConflictError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASSETS = {
    "": ("index.html", "text/html; charset=utf-8"),
    "icon.svg": ("icon.svg", "image/svg+xml"),
    "review.css": ("review.css", "text/css; charset=utf-8"),
    **{
        f"{name}.js": (f"{name}.js", "text/javascript; charset=utf-8")
        for name in ("main", "store", "list", "row", "strip", "dialogs", "keys")
    },
}
LARGEST_REQUEST = 1_000_000  # bytes
TOKEN_BYTES = 24
HOSTS = ("127.0.0.1", "localhost")

# Nothing is loaded but what this server sends, whatever the texts may hold; no other page may show this one.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def new_token() -> str:
    """A random word that only who was told the address knows."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Guard:
    """Refuses what does not come from the page itself, and adds the headers that every answer has."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"{host}:{port}".encode() for host in HOSTS}
        self._origins = {b"http://" + host for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *own]
            await send(message)

        problem = self._problem(scope)
        if problem:
            from starlette.responses import PlainTextResponse

            await PlainTextResponse(f"{problem}\n", 403)(scope, receive, with_headers)
        else:
            await self._app(scope, receive, with_headers)

    def _problem(self, scope: Scope) -> str:
        headers = scope["headers"]
        hosts = [value for name, value in headers if name == b"host"]
        origins = [value for name, value in headers if name == b"origin"]
        sites = [value for name, value in headers if name == b"sec-fetch-site"]
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "This host name is not served here."
        if any(origin.lower() not in self._origins for origin in origins):
            return "Requests from other pages are refused."
        if scope["method"] not in ("GET", "HEAD") and any(site not in (b"same-origin", b"none") for site in sites):
            return "Requests from other pages are refused."
        first = scope["path"].split("/")[1] if "/" in scope["path"] else ""
        if not hmac.compare_digest(first.encode("utf-8", "replace"), self._token):
            return "The address lacks the token that aligner review printed. Open the whole address."
        return ""


def make_app(editor: Editor, token: str, port: int) -> Guard:
    """The application for one project, to be served at ``http://127.0.0.1:port/token/``."""
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route

    routes = [
        Route("/project", _json(editor.state)),
        Route("/revision", _json(lambda: {"revision": editor.revision()})),
        Route("/act", _answering(editor.act), methods=["POST"]),
        Route("/warm", _answering(editor.warm), methods=["POST"]),
        Route("/export", _exporting(editor), methods=["POST"]),
        Route("/{name}", _asset),
        Route("/", _asset),
    ]
    app: Starlette = Starlette(routes=[Mount(f"/{token}", routes=routes)])
    return Guard(app, token, port)


async def _asset(request: Request) -> Response:
    from starlette.responses import PlainTextResponse
    from starlette.responses import Response as Plain

    found = ASSETS.get(request.path_params.get("name", ""))
    if found is None:
        return PlainTextResponse("There is no such page.\n", 404)
    name, kind = found
    return Plain(resources.files("aligner.review").joinpath("assets", name).read_bytes(), media_type=kind)


def _json(make: Callable[[], Any]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        del request
        return await _guarded(lambda: run_in_threadpool(lambda: _reply(make())))

    return answer


def _answering(act: Callable[[dict[str, Any]], Any]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        async def work() -> Response:
            asked = await _body(request)
            return await run_in_threadpool(lambda: _reply(act(asked)))

        return await _guarded(work)

    return answer


def _exporting(editor: Editor) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import Response as Plain

        async def work() -> Response:
            name, data, report = await run_in_threadpool(editor.export, await _body(request))
            headers = {
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
                "X-Written": str(report.written),
                "X-Notes": quote("\n".join(report.notes)),
            }
            return Plain(data, media_type="application/octet-stream", headers=headers)

        return await _guarded(work)

    return answer


def _reply(content: Any, status: int = 200) -> Response:
    from starlette.responses import Response as Plain

    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return Plain(data, status, media_type="application/json")


class _RefusedError(AlignerError):
    """A request in no form that the page uses."""


async def _guarded(work: Callable[[], Awaitable[Response]]) -> Response:
    """What goes wrong on purpose as a message for the page: 409 where another window was faster."""
    try:
        return await work()
    except ConflictError as error:
        return _reply({"message": str(error)}, 409)
    except OutputError as error:
        return _reply({"message": str(error)}, 507)
    except AlignerError as error:
        return _reply({"message": str(error)}, 400)


async def _body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type") != "application/json":
        raise _RefusedError("The request is not JSON.")
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > LARGEST_REQUEST:
            raise _RefusedError("The request is too large.")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise _RefusedError("The request is not JSON.") from None
    if not isinstance(content, dict):
        raise _RefusedError("The request is no JSON object.")
    return content
