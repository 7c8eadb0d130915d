"""The shape of the code: which module may import which, how big things may grow, and what an import may cost."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "aligner"
MODULES = sorted(PACKAGE.rglob("*.py"))

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_POSITIONAL = 6

STAGES = ("reading", "cleaning", "segmentation", "embedding", "scoring", "search", "crossing", "keeping", "exporting")
LAYERS = (
    ("data", "errors", "arrays", "later", "compiled", "threads"),
    ("chinese", "cedict", "languages", "formulas"),  # knowledge of the language that several stages may use
    STAGES,
    ("pipeline",),
    ("aligner",),  # the public API in aligner/__init__.py
    ("converting", "corpus", "review", "evaluation", "training"),
    ("cli",),
    ("__main__",),
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
MAY_IMPORT_ITS_LIKE = ("corpus", "review", "evaluation", "training")

HEAVY = (
    "docx",
    "genanki",
    "jieba",
    "lxml",
    "numpy",
    "openpyxl",
    "pyarrow",
    "pypdfium2",
    "pypinyin",
    "pysubs2",
    "ray",
    "scipy",
    "sentence_transformers",
    "starlette",
    "torch",
    "transformers",
    "uvicorn",
    "xlsxwriter",
)
NEVER_AT_TOP_LEVEL = ("ray", "sentence_transformers", "torch", "transformers")

FOREIGN_PATH = re.compile(r"(?<![\w.:/~-])(?:/(?:home|root|work|Users|mnt)/\w|[A-Z]:\\Users\\)")


def module_name(path: Path) -> str:
    """``aligner/reading/text.py`` is ``aligner.reading.text``, a package's ``__init__.py`` the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """The part of the package that a module belongs to; ``"aligner"`` is the public API."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def imported_modules(tree: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    """Every module that the code imports, wherever it does so: at the top, in a function, by ``import_module``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, module, is_package)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value)


def _imported_from(node: ast.ImportFrom, module: str, is_package: bool) -> Iterator[str]:
    base = node.module or ""
    if node.level:
        package = module.split(".") if is_package else module.split(".")[:-1]
        above = package[: len(package) - node.level + 1]
        base = ".".join([*above, *([base] if base else [])])
    for alias in node.names:
        # "from aligner import data" names a module, "from aligner import align_text" the public API.
        yield f"{base}.{alias.name}" if base == "aligner" and alias.name in RANK else base


def wrong_imports(source: str, module: str, is_package: bool = False) -> list[str]:
    """The parts of aligner that a module imports and may not."""
    importer = part_of(module)
    wrong = []
    for imported in imported_modules(ast.parse(source), module, is_package):
        if imported.split(".")[0] != "aligner":
            continue
        part = part_of(imported)
        among_equals = importer in MAY_IMPORT_ITS_LIKE and part in MAY_IMPORT_ITS_LIKE
        if part != importer and RANK[part] >= RANK[importer] and not among_equals:
            wrong.append(part)
    return wrong


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, nested ones too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def positional_count(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The parameters that can be given by position, without ``self`` and ``cls``."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return len([name for name in names if name not in ("self", "cls")])


def top_level_imports(source: str) -> set[str]:
    """The packages that are imported as soon as the module is."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def loaded_by(statement: str) -> set[str]:
    """The heavy packages that a fresh interpreter has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


each_module = pytest.mark.parametrize("path", MODULES, ids=module_name)


@each_module
def test_every_module_has_its_place_in_a_layer(path: Path) -> None:
    assert part_of(module_name(path)) in RANK, "name the new part of the package in LAYERS"


@each_module
def test_imports_point_one_way(path: Path) -> None:
    wrong = wrong_imports(path.read_text("utf-8"), module_name(path), path.name == "__init__.py")
    assert not wrong, f"{module_name(path)} must not import {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("aligner.data", "from aligner.errors import InputError"),
        ("aligner.search", "from aligner.scoring.features import score"),
        ("aligner.search", "def lazily():\n    import aligner.scoring"),
        ("aligner.search", "import importlib\nimportlib.import_module('aligner.scoring')"),
        ("aligner.reading.text", "from ..cleaning import language"),
        ("aligner.reading.text", "from aligner import cleaning"),
        ("aligner.cleaning", "from aligner import align_text"),
        ("aligner.pipeline", "from aligner.evaluation import read_gold"),
        ("aligner.evaluation", "from aligner.cli import main"),
    ],
)
def test_a_wrong_import_is_seen(module: str, source: str) -> None:
    assert wrong_imports(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("aligner.search", "import numpy\nfrom aligner.data import Bead"),
        ("aligner.reading.text", "from .encodings import decode\nfrom ..errors import InputError"),
        ("aligner.pipeline", "from aligner import reading, cleaning"),
        ("aligner.training", "from aligner.evaluation import read_gold"),
        ("aligner.cli.align", "from aligner import align_file"),
    ],
)
def test_a_right_import_passes(module: str, source: str) -> None:
    assert not wrong_imports(source, module)


@each_module
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < MAX_MODULE_LINES


@each_module
def test_functions_stay_small(path: Path) -> None:
    for function in functions(path.read_text("utf-8")):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        assert lines <= MAX_FUNCTION_LINES, f"{function.name} has {lines} lines"
        count = positional_count(function)
        assert count <= MAX_POSITIONAL, f"{function.name} takes {count} positional parameters"


def test_long_functions_and_parameter_lists_are_seen() -> None:
    source = "class A:\n    def f(self, a, b, /, c, *, d):\n" + "        pass\n" * 60
    (function,) = functions(source)
    assert (function.end_lineno or 0) - function.lineno + 1 == 61
    assert positional_count(function) == 3


@each_module
def test_torch_is_never_imported_at_the_top_of_a_module(path: Path) -> None:
    assert top_level_imports(path.read_text("utf-8")).isdisjoint(NEVER_AT_TOP_LEVEL)


@pytest.mark.parametrize("module", ["aligner", "aligner.cli", "aligner.reading"])
def test_importing_is_cheap(module: str) -> None:
    assert not loaded_by(f"import {module}")


def test_a_dear_import_is_seen() -> None:
    assert loaded_by("import numpy") == {"numpy"}


def project_files() -> list[Path]:
    """The files that git keeps; every file of the package and the tests where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    return [path for folder in (PACKAGE, ROOT / "tests") for path in folder.rglob("*") if path.is_file()]


def test_no_file_names_a_path_of_one_machine() -> None:
    for path in project_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        found = FOREIGN_PATH.search(content.decode("utf-8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"


@pytest.mark.parametrize("folder", ["home", "root", "work", "Users", "mnt"])
def test_a_path_of_one_machine_is_seen(folder: str) -> None:
    assert FOREIGN_PATH.search(f"see /{folder}/anna/texts")
    assert not FOREIGN_PATH.search(f"https://example.com/{folder}/page")
    assert not FOREIGN_PATH.search(f"seeds/{folder}/page")


def normal(name: str) -> str:
    """A distribution's name as the index compares it: ``ast_serialize`` is ``ast-serialize``."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert all(re.fullmatch(r"[\w.]+", version) for version in pins.values()), "exact and without a local part"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = itertools.chain(project["dependencies"], *project["optional-dependencies"].values())
    names = {normal(re.split(r"[<>=!~\[; ]", requirement)[0]) for requirement in wanted}
    assert names <= {normal(name) for name in pins}
