# Everything a user does, in one command each. `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
STUDY ?= embedded

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help reproduce-table test test-fast lint format clean

help:  ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  VENV=.venv and PYTHON=python3 may be changed; STUDY=embedded names a file in conf/study/."

reproduce-table: $(VENV)/.installed  ## train and evaluate every method of a study, write its table
	$(BIN)/anomaly-fas train study=$(STUDY)
	$(BIN)/anomaly-fas table study=$(STUDY)

test: $(VENV)/.installed-dev  ## run the whole test suite
	$(BIN)/python -m pytest

test-fast: $(VENV)/.installed-dev  ## run the tests without the slow end-to-end ones
	$(BIN)/python -m pytest -m "not slow"

lint: $(VENV)/.installed-dev  ## check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the environment and everything that was computed
	rm -rf $(VENV) outputs build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or later is needed; name one with make PYTHON=python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV), which takes a minute or two"
	$(INSTALL) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV), which takes a minute or two"
	$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.installed
