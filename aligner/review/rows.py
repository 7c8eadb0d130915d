"""Rows, the beads of a project with what a person decided about them, and changes that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

OPEN, RIGHT, WRONG = "", "right", "wrong"
STATES = (OPEN, RIGHT, WRONG)
SIDES = ("en", "zh")
ALIGNED_AGAIN = "align again"  # the label of that action in the history

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One bead: the sentences of both sides, counted from 0, and what is known and decided about it.

    ``confidence`` is the aligner's, None where a person made the bead or left it behind by moving a sentence away.
    ``state`` is ``"right"`` for a bead that a person confirmed or made, ``"wrong"``, or empty while nobody has looked.
    """

    id: int
    en: Ids
    zh: Ids
    confidence: float | None
    state: str = OPEN
    dropped: bool = False
    comment: str = ""

    def side(self, name: str) -> Ids:
        """The sentences of ``"en"`` or ``"zh"``."""
        return self.en if name == "en" else self.zh

    def with_side(self, name: str, ids: Ids) -> Row:
        """The row with other sentences on one side, in their order."""
        ordered = tuple(sorted(ids))
        return replace(self, en=ordered) if name == "en" else replace(self, zh=ordered)

    @property
    def empty(self) -> bool:
        """Whether no sentence is left in it."""
        return not self.en and not self.zh

    def as_list(self) -> list[Any]:
        """For JSON: id, English, Chinese, confidence, state, dropped, comment."""
        return [self.id, self.en, self.zh, self.confidence, self.state, self.dropped, self.comment]

    @classmethod
    def from_list(cls, values: list[Any]) -> Row:
        """The row that ``as_list`` wrote."""
        number, english, chinese, *rest = values
        return cls(number, tuple(english), tuple(chinese), *rest)


@dataclass(frozen=True, slots=True)
class Edit:
    """Another text for one sentence; None is the text as it was read."""

    side: str
    number: int
    before: str | None
    after: str | None

    def as_list(self) -> list[Any]:
        """For JSON: side, number, the text before and after."""
        return [self.side, self.number, self.before, self.after]


@dataclass(frozen=True, slots=True)
class Change:
    """What one action does: the rows from place ``at`` on that it replaces, by which, and the texts it edits.

    ``focus`` and ``back`` are the rows to show after it is done and after it is undone.
    """

    label: str
    at: int = 0
    removed: tuple[Row, ...] = ()
    inserted: tuple[Row, ...] = ()
    edits: tuple[Edit, ...] = ()
    focus: int = -1
    back: int = -1

    def reversed(self) -> Change:
        """The change that takes this one back."""
        edits = tuple(Edit(edit.side, edit.number, edit.after, edit.before) for edit in self.edits)
        return Change(self.label, self.at, self.inserted, self.removed, edits, self.back, self.focus)

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "at": self.at,
            "removed": [row.as_list() for row in self.removed],
            "inserted": [row.as_list() for row in self.inserted],
            "edits": [edit.as_list() for edit in self.edits],
            "focus": self.focus,
            "back": self.back,
        }

    @classmethod
    def from_object(cls, label: str, values: dict[str, Any]) -> Change:
        """The change that ``as_object`` wrote."""
        return cls(
            label,
            values["at"],
            tuple(map(Row.from_list, values["removed"])),
            tuple(map(Row.from_list, values["inserted"])),
            tuple(Edit(*edit) for edit in values["edits"]),
            values["focus"],
            values["back"],
        )
