"""Serving the editor until it is told to end: a port of this machine, the address, and a browser that shows it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from aligner.errors import UsageError
from aligner.review.editor import Editor
from aligner.review.server import make_app, new_token

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
PATIENCE = 1  # seconds for requests that are under way when it ends


def bind(port: int) -> socket.socket:
    """A listening socket on this machine, on any free port for 0; raises UsageError where the port can't be had."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"Port {port} can't be used: {reason}. Leave --port out for a free one.") from error
    return listening


def make_server(editor: Editor, listening: socket.socket) -> tuple[uvicorn.Server, str]:
    """A server for the socket, to be run with it, and the address at which it will answer."""
    import uvicorn

    port, token = listening.getsockname()[1], new_token()
    config = uvicorn.Config(
        make_app(editor, token, port),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    return uvicorn.Server(config), f"http://{HOST}:{port}/{token}/"


def serve(editor: Editor, listening: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; ``ready`` is called with the address, which can be opened at once."""
    server, address = make_server(editor, listening)
    ready(address)  # the socket listens already: the first request waits in its queue
    server.run(sockets=[listening])


def open_browser(address: str) -> bool:
    """Show the address in a browser with windows; false where there is none."""
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser:  # one for the terminal, which would take it over
        return False
    return browser.open(address)
