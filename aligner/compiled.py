"""Compiled parts of the package, each with a counterpart in numpy that does the same where there was no C compiler."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def load_compiled(name: str) -> ModuleType | None:
    """The compiled module, such as ``"aligner.embedding._sparse"``; None where it was not built at installation."""
    try:
        return import_module(name)
    except ImportError:
        return None
