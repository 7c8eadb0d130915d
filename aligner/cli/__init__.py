"""The command line: one thin file per command; only here is anything printed."""

from __future__ import annotations

import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command that the arguments name, and exit with its status."""
    _tidy_up_when_ended()
    try:
        from aligner.cli.app import app

        app(prog_name="aligner")
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # who reads the help, such as head, has seen enough
            end.code = 0
        raise
    except KeyboardInterrupt:  # before the command began: from then on the command itself says so
        print("aligner: interrupted.", file=sys.stderr)
        sys.exit(130)
    finally:
        _leave_at_once()


def _tidy_up_when_ended() -> None:
    """Let a closed terminal and a request to end go through every ``finally``, so that no partial file is left."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGHUP", "SIGTERM"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup has it ignored
            signal.signal(number, end)


def _leave_at_once() -> None:
    """From here on nothing is left to tidy up: a second Ctrl-C ends the wait for threads, and says nothing."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        number = getattr(signal, name, None)
        if number is not None and callable(signal.getsignal(number)):  # what is ignored stays so
            signal.signal(number, signal.SIG_DFL)
