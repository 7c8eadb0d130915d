"""Made-up lines of the kinds that surround an article: ``furniture.json``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _everything() -> dict[str, Any]:
    text = Path(__file__).with_name("furniture.json").read_text("utf-8")
    return dict(json.loads(text))


def furniture(kind: str) -> Any:
    """What the file holds of one kind: lists by language, or a list of pairs."""
    return _everything()[kind]
