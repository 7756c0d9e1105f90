# Everything a person types. Needs python3.11, make, and the package registries at the first `make setup`.

# The system's own before another on the path: distributions build theirs with the compiler's profile, and the
# same work takes a fifth less. One that cannot make a virtual environment is passed over.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null && echo /usr/bin/python3.11 || echo python3.11)
DATA ?= ./var
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
UV := $(or $(shell command -v uv 2>/dev/null),$(BIN)/uv)
CANDOUR := $(BIN)/candour
DONE := $(VENV)/.done
PYTEST := $(BIN)/python -m pytest
FOLDERS := spec golden unit generative contract integration fault browser
LOCK := pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11

.PHONY: help setup run test lint check bench clean clean-data lock assets test-simulation $(addprefix test-,$(FOLDERS))
.DELETE_ON_ERROR:

help:
	@echo "make setup   prepare .venv and the parts that run beside it (once; quick afterwards)"
	@echo "make run     start everything with the examples loaded"
	@echo "make test    all tests; one folder: make test-spec, test-unit, ..."
	@echo "make test-simulation   eighteen months of five providers, some minutes more"
	@echo "make lint    ruff, mypy, import-linter"
	@echo "make check   the same, and the quick tests"
	@echo "make bench   measure; writes var/bench.json"
	@echo "make clean   remove what was built; the data in $(DATA) stays"
	@echo "make clean-data   remove the data in $(DATA), after asking"
	@echo "make lock    resolve the lock files anew"

setup: $(DONE)-parts assets

$(DONE)-venv:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not here. Install Python 3.11, or name yours: make setup PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c 'import sys; assert sys.version_info[:2] == (3, 11)' 2>/dev/null || { rm -rf $(VENV); echo "$(PYTHON) is not Python 3.11"; exit 1; }
	@touch $@

# Where the machine has no uv, pip brings one into .venv; what uv installs is checked against the lock's hashes.
$(DONE)-uv: $(DONE)-venv
	@$(UV) --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

$(DONE)-packages: $(DONE)-uv requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements-dev.lock
	@touch $@

$(DONE)-candour: $(DONE)-packages pyproject.toml
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(DONE)-parts: $(DONE)-candour embedded/jgo.lock.toml embedded/registry.lock.toml
	$(CANDOUR) fetch
	@touch $@

assets: $(DONE)-candour
	@$(BIN)/python -m views.assets

run: setup
	$(CANDOUR) up --demo --port $(PORT) --data $(DATA)

test: setup
	$(BIN)/python -m tests

$(addprefix test-,$(FOLDERS)): test-%: setup
	$(PYTEST) tests/$*

test-simulation: setup
	CANDOUR_SIMULATE=whole $(PYTEST) tests/integration/whole/test_simulate.py

lint: $(DONE)-candour
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(PYTEST) --quiet tests/spec tests/unit

bench: setup
	@mkdir -p var
	$(BIN)/python -m tests.bench

clean:
	rm -rf build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf views/static/built views/node_modules
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
	rm -rf $(VENV)

clean-data:
	@printf 'All reports in $(DATA) will be gone. Type yes to go on: '; read answer; test "$$answer" = yes
	rm -rf $(DATA)

# Names and hashes only: neither lock says from where.
lock: $(DONE)-uv
	$(UV) $(LOCK) --extra embedded pyproject.toml -o requirements.lock
	$(UV) $(LOCK) --extra embedded --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(BIN)/python -m embedded.lock
