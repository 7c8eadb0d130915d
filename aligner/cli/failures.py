"""How a command ends when it fails: one line on standard error, an exit status, and no traceback unless asked for."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Annotated, NoReturn, ParamSpec

import typer

from aligner.errors import AlignerError

BAD_INPUT = 2
UNEXPECTED = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended
DEBUG_VARIABLE = "ALIGNER_DEBUG"

Debug = Annotated[bool, typer.Option("--debug", help="Show a traceback if something goes wrong.")]
Parameters = ParamSpec("Parameters")

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0))}
_CONTROL |= dict.fromkeys(map(ord, "\t\n\r"), " ")


def guarded(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Turn what a command raises into its message and exit status; its option ``debug`` adds the traceback."""

    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        debug = bool(kwargs.get("debug") or os.environ.get(DEBUG_VARIABLE))
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except AlignerError as error:
            _fail(str(error), error.exit_status, debug)
        except BrokenPipeError:
            _discard_output()  # who reads the output, such as head, has seen enough
        except KeyboardInterrupt:
            _fail("interrupted.", INTERRUPTED, debug)
        except MemoryError:
            _fail("not enough memory. Split the input and align the parts.", BAD_INPUT, debug)
        except Exception as error:
            _fail(_report_request(error), UNEXPECTED, debug)

    return run


def printable(text: str) -> str:
    r"""The text in one line, control characters as escapes: no file's name or content may steer the terminal.

    >>> print(printable("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    return text.translate(_CONTROL)


def say(message: str) -> None:
    """Print one line on standard error; where that is closed, the message is lost and the work goes on."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(printable(message) + "\n")
        sys.stderr.flush()


def _fail(message: str, status: int, debug: bool) -> NoReturn:
    if debug:
        traceback.print_exc()
    _discard_output()
    say(f"aligner: {message}")
    raise SystemExit(status)


def _report_request(error: Exception) -> str:
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"unexpected error ({what}). Please report it; {DEBUG_VARIABLE}=1 shows where it happened."


def _discard_output() -> None:
    """Send what is left in standard output's buffer nowhere, so that closing it can't fail again."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
