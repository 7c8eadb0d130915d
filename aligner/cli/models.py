"""``aligner models``: which encoders there are, and the embedded one as a folder for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.failures import Debug, guarded

if TYPE_CHECKING:
    from aligner.embedding.catalogue import KnownModel

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")]

models = typer.Typer(rich_markup_mode=None)


@models.callback(invoke_without_command=True)
@guarded
def show(context: typer.Context) -> None:
    """List the encoders that are known, or export the embedded one."""
    if context.invoked_subcommand:
        return
    from aligner.embedding.catalogue import is_here, known_models

    for model in known_models():
        typer.echo("\n".join(_lines(model, is_here(model.name))) + "\n")
    typer.echo(_cache_line())
    typer.echo(
        "F1: strict, on six chapters of novels and on an academic text, each left out when the weights were fitted.\n"
        "Speed: sentences a second of processor time. Any other model of sentence-transformers can be named as well;\n"
        "mind its licence. The first use of a name fetches the model; without a network, fetch it on another machine:\n"
        "    hf download NAME --local-dir FOLDER\n"
        "copy FOLDER here, and give --model FOLDER."
    )


def _cache_line() -> str:
    from aligner.embedding.vector_cache import FOLDER_VARIABLE, OFF, cache_file

    path = cache_file()
    if path is None:
        return f"What other encoders make of sentences is not kept: {FOLDER_VARIABLE} is {OFF!r}."
    size = path.stat().st_size // 1_000_000 if path.is_file() else 0
    place = f"is kept in {path} ({size:,} MB)"
    return f"What other encoders make of sentences {place}; {FOLDER_VARIABLE} names another folder, or {OFF!r}."


def _lines(model: KnownModel, here: bool) -> Iterator[str]:
    yield f"{model.name} ({'on this disk' if here else 'not on this disk'})"
    size = f"{model.megabytes:,} MB, " if model.megabytes else ""
    yield f"    {size}{model.languages}, {model.dimension} dimensions, {model.licence}; {model.source}"
    if model.mac_dev and model.academic and model.sentences_a_second:
        copy = f", {model.measured_with}" if model.measured_with else ""
        speed = f"{model.sentences_a_second:,} sentences a second"
        yield f"    measured{copy}: F1 {model.mac_dev:.3f} and {model.academic:.3f}, {speed}"
    else:
        yield "    not measured"


@models.command(short_help="Write the embedded encoder as a sentence-transformers model.")
@guarded
def export(folder: Folder, *, debug: Debug = False) -> None:
    """Write the embedded encoder to DIR as a sentence-transformers model, to run it on a GPU or in other programs."""
    from aligner.embedding.export import export_bundled

    export_bundled(folder)
    typer.echo(f"Wrote {folder}. Load it with: SentenceTransformer({str(folder)!r}, trust_remote_code=True)", err=True)
