"""``aligner convert``: pairs from one format to another."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.align import AUTOMATIC, Encoding, First, Pinyin, Quiet, ZhCode, dated
from aligner.cli.failures import Debug, guarded, say
from aligner.errors import NoParallelTextError, UsageError

if TYPE_CHECKING:
    from aligner.converting import Findings
    from aligner.data import Unit
    from aligner.exporting import ExportSettings

SAMPLE = 200  # pairs that are looked at to tell Simplified from Traditional

Input = Annotated[
    str, typer.Argument(metavar="IN", show_default=False, help="A file of pairs; its suffix tells which.")
]
Output = Annotated[str, typer.Argument(metavar="OUT", show_default=False, help="Written in the format of its suffix.")]
EnCode = Annotated[str, typer.Option(metavar="CODE", help="The English language code in OUT, for that of IN.")]


@guarded
def convert(
    source: Input,
    output: Output,
    *,
    en_code: EnCode = AUTOMATIC,
    zh_code: ZhCode = AUTOMATIC,
    encoding: Encoding = None,
    first: First = "en",
    pinyin: Pinyin = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Turn a file of pairs into another format: TMX into XLSX, JSONL into Parquet, and so on.

    The pairs are read and written one by one, so that files of any size can be converted.
    """
    from aligner.cli.inputs import check_outputs
    from aligner.cli.summary import counted, print_warnings
    from aligner.converting import Findings, check_input, input_paths, read_units
    from aligner.exporting import check_output, export_units

    check_input(source)
    check_output(output)
    check_outputs([output], [str(path) for path in input_paths(source)])
    chosen = {name: code for name, code in (("en", en_code), ("zh", zh_code)) if code != AUTOMATIC}
    _settings(chosen)  # a wrong code is refused before any work
    findings = Findings()
    units = read_units(source, findings, encoding)
    sample = list(islice(units, SAMPLE))
    if not sample:
        notes = f" ({'; '.join(findings.notes())})" if findings.notes() else ""
        raise NoParallelTextError(f"no pair found in {source}: nothing to convert{notes}.")
    labels = replace(_labels(source, sample, findings, chosen), first=first, pinyin=pinyin)
    report = export_units(chain(sample, units), output, dated(labels, output))
    if not quiet:
        say(f"Wrote {report.path} ({counted(report.written, 'pair')})")
        print_warnings(findings.warnings)
        for note in findings.notes():
            say(f"Note on {source}: {note}")
        for note in report.notes:
            say(f"Note on {report.path}: {note}")


def _labels(source: str, sample: list[Unit], findings: Findings, chosen: dict[str, str]) -> ExportSettings:
    """The language codes that were chosen, or that the file has, or that its text speaks for; and its title."""
    from aligner.scoring.script import chinese_code

    found = {"en": _usable("en", findings.en_code), "zh": _usable("zh", findings.zh_code)}
    guessed = {"zh": chinese_code(unit.zh for unit in sample)}
    codes = guessed | {name: code for name, code in found.items() if code} | chosen
    return replace(_settings(codes), title=findings.title or Path(source).name)


def _settings(codes: dict[str, str]) -> ExportSettings:
    from aligner.exporting import ExportSettings

    usual = ExportSettings()
    return ExportSettings(codes.get("en", usual.en_code), codes.get("zh", usual.zh_code))


def _usable(language: str, code: str) -> str:
    """A code as it stands in a file, if it can stand in another."""
    code = code.replace("_", "-")
    try:
        _settings({language: code})
    except UsageError:
        return ""
    return code
