"""Functions that are loaded when they are first called: all readers and writers together take longer than one page."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def later(module: str, function: str) -> Callable[..., Any]:
    """Stand for a function of a module, such as ``"aligner.reading.pdf"``, that is imported at the first call."""

    def call(*arguments: object) -> Any:
        return getattr(import_module(module), function)(*arguments)

    return call
