"""What the page asks for: the project as it is, and actions, each stored before it is answered."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from aligner.errors import AlignerError, UsageError
from aligner.exporting import FORMATS, ExportReport
from aligner.exporting.learners import DOUBTFUL
from aligner.keeping import DEFAULT_MIN_CONFIDENCE
from aligner.review import actions
from aligner.review.chosen import export_project
from aligner.review.project import ConflictError, Project
from aligner.review.rows import SIDES, Change, Edit
from aligner.review.stretches import Stretches, stretches

LONGEST_TEXT = 20_000  # characters of an edited sentence or a comment

Request = Mapping[str, Any]


class Editor:
    """One project and the means to change it; its methods may be called from several threads.

    Raises UsageError for requests that make no sense, ConflictError for those that were made for another revision.
    """

    def __init__(self, project: Project, stretches: Stretches) -> None:
        self.project = project
        self.stretches = stretches
        self._lock = Lock()

    def state(self) -> dict[str, Any]:
        """All that the page shows: rows, texts, formats and what may be undone."""
        with self._lock:
            self.project.refresh()
            origin = self.project.origin
            return {
                "title": origin.title,
                "file": self.project.path.name,
                "codes": {"en": origin.en_code, "zh": origin.zh_code},
                "rows": [row.as_list() for row in self.project.rows],
                "texts": {side: [sentence.text for sentence in self.project.sentences[side]] for side in SIDES},
                "edited": [[*place, text] for place, text in self.project.edited.items()],
                "formats": [
                    {"suffix": suffix, "description": form.description}
                    for suffix, form in FORMATS.items()
                    if suffix != ".xliff"  # the same as .xlf
                ],
                "doubtful": DOUBTFUL,
                "least": DEFAULT_MIN_CONFIDENCE,
                "left_out": len(self.project.left_out()),
                **self._status(),
            }

    def _status(self) -> dict[str, Any]:
        undo, redo = self.project.next_steps()
        return {"revision": self.project.revision, "undo": undo, "redo": redo}

    def revision(self) -> int:
        """The latest revision, whichever window made it."""
        with self._lock:
            self.project.refresh()
            return self.project.revision

    def act(self, request: Request) -> dict[str, Any]:
        """Do what the page asks for; returns the change that it is to show."""
        with self._lock:
            revision = _number(request, "revision")
            if self.project.refresh() or revision != self.project.revision:
                raise ConflictError("The project was changed in another window; this one now shows it as it is.")
            change = self._do(request, revision)
            return {
                "at": change.at,
                "removed": len(change.removed),
                "inserted": [row.as_list() for row in change.inserted],
                "edits": [[edit.side, edit.number, edit.after] for edit in change.edits],
                "focus": change.focus,
                "label": change.label,
                **self._status(),
            }

    def _do(self, request: Request, revision: int) -> Change:
        name = _text(request, "action")
        if name == "undo":
            return self.project.undo(revision)
        if name == "redo":
            return self.project.redo(revision)
        if name not in _MAKERS:
            raise UsageError(f"{name!r} is no action.")
        change = _MAKERS[name](self, request)
        self.project.apply(change, revision)
        return change

    def warm(self, request: Request) -> dict[str, Any]:
        """Prepare for aligning around a row, if it still is there: the person looks at it."""
        with contextlib.suppress(AlignerError):  # what can't be loaded is told where it is asked for
            self.stretches.warm(self.project, actions.place_of(self.project.rows, _number(request, "row")))
        return {}

    def export(self, request: Request) -> tuple[str, bytes, ExportReport]:
        """The file that the page asks for, its name, and what its writer reports."""
        least = request.get("least")
        if least is not None and (not isinstance(least, int | float) or not 0 <= least <= 1):
            raise UsageError("The confidence must lie between 0 and 1.")
        with self._lock:
            self.project.refresh()
            return export_project(self.project, _text(request, "format"), least)


def _number(request: Request, name: str) -> int:
    value = request.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(f"The request lacks a number, {name}.")
    return value


def _text(request: Request, name: str, default: str | None = None) -> str:
    value = request.get(name, default)
    if not isinstance(value, str):
        raise UsageError(f"The request lacks a text, {name}.")
    if len(value) > LONGEST_TEXT:
        raise UsageError(f"A text may have up to {LONGEST_TEXT:,} characters.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise UsageError("The text holds half a character; type it anew.")
    return value


def _objects(request: Request, name: str) -> list[Request]:
    value = request.get(name)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise UsageError(f"The request lacks a list, {name}.")
    return value


def _choice(request: Request, name: str, choices: tuple[str, ...]) -> str:
    value = _text(request, name)
    if value not in choices:
        raise UsageError(f"{name} must be one of {', '.join(choices)}.")
    return value


def _merge(editor: Editor, request: Request) -> Change:
    return actions.merge(editor.project.rows, _number(request, "row"))


def _split(editor: Editor, request: Request) -> Change:
    rows, number = editor.project.rows, _number(request, "row")
    at = actions.place_of(rows, number)
    if "side" in request:
        side, count = _choice(request, "side", SIDES), _number(request, "count")
        return actions.split(rows, number, editor.stretches.split(editor.project, at, side, count))
    if max(len(rows[at].en), len(rows[at].zh)) < 2:
        return actions.split(rows, number, [])
    return actions.split(rows, number, editor.stretches.split(editor.project, at))


def _unlink(editor: Editor, request: Request) -> Change:
    return actions.unlink(editor.project.rows, _number(request, "row"))


def _link(editor: Editor, request: Request) -> Change:
    numbers = [_number(entry, "row") for entry in _objects(request, "rows")]
    if not numbers:
        raise UsageError("The request lacks the rows to link.")
    return actions.link(editor.project.rows, numbers)


def _move(editor: Editor, request: Request) -> Change:
    side = _choice(request, "side", SIDES)
    edge, way = _choice(request, "edge", ("start", "end")), _choice(request, "way", ("in", "out"))
    return actions.move(editor.project.rows, _number(request, "row"), side, edge, way)


def _mark(editor: Editor, request: Request) -> Change:
    return actions.mark(editor.project.rows, _number(request, "row"), _text(request, "state"))


def _drop(editor: Editor, request: Request) -> Change:
    return actions.drop(editor.project.rows, _number(request, "row"), request.get("dropped") is True)


def _comment(editor: Editor, request: Request) -> Change:
    return actions.comment(editor.project.rows, _number(request, "row"), _text(request, "text"))


def _edit(editor: Editor, request: Request) -> Change:
    """New texts for sentences of one row; one that is the original again is no edit any more."""
    project, number = editor.project, _number(request, "row")
    row = project.rows[actions.place_of(project.rows, number)]
    edits = []
    for entry in _objects(request, "texts"):
        side, sentence, text = _choice(entry, "side", SIDES), _number(entry, "number"), _text(entry, "text")
        if sentence not in row.side(side):
            raise UsageError("That sentence is no longer in this row.")
        if not text.strip():
            raise UsageError("A sentence can't be empty. Drop the row, or move the sentence away and drop its new row.")
        after = None if text == project.sentences[side][sentence].text else text
        edits.append(Edit(side, sentence, project.edited.get((side, sentence)), after))
    return actions.edit(number, edits)


def _realign(editor: Editor, request: Request) -> Change:
    """Align what lies around a row again; the stretches above and below a settled row are one change."""
    project, number = editor.project, _number(request, "row")
    rows, at = project.rows, actions.place_of(project.rows, number)
    found, problem = [], UsageError("All around this row is settled: there is nothing to align again.")
    for first, last in stretches(rows, at):
        try:
            found.append((first, last, editor.stretches.align(project, at, first, last)))
        except UsageError as error:
            problem = error
    if not found:
        raise problem
    return actions.realign(rows, number, found)


_MAKERS: dict[str, Callable[[Editor, Request], Change]] = {
    "merge": _merge,
    "split": _split,
    "unlink": _unlink,
    "link": _link,
    "move": _move,
    "mark": _mark,
    "drop": _drop,
    "comment": _comment,
    "edit": _edit,
    "align": _realign,
}
