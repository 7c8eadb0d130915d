# `make demo` and `make test` each work as the first command in a fresh clone; they need Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt
SEED := seeds/000_d7a3e98a9e6f6cf5.txt
COMPILED := $(wildcard aligner/*.h aligner/*/*.c)

.PHONY: demo test check format clean

demo: $(VENV)/.installed
	mkdir -p demo-output
	$(BIN)/aligner align $(SEED) -o demo-output/seed.tmx -o demo-output/seed.tsv
	$(BIN)/aligner align $(SEED)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

# What CI runs.
check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist demo-output .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info

# The stamps make a second call quick: they are renewed only when the dependencies or what is compiled change.
$(VENV)/.installed: pyproject.toml constraints.txt $(COMPILED)
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt $(COMPILED)
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable '.[dev]'
	touch $@ $(VENV)/.installed
