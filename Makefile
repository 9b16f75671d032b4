# One command for each habit; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# How many files of tests run side by side; each takes services of its own, about 1 GB of memory.
WORKERS ?= 3

# As root of Debian from its packages, with all that it needs; else by Playwright, for this account alone.
GET_CHROMIUM := if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; \
  then apt-get update --quiet=2 && DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes chromium; \
  else $(BIN)/playwright install chromium; fi

.DEFAULT_GOAL := help
.PHONY: help install demo test browser faults memory fuzz nightly licences sbom audit lint type format check clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/installed ## Install what is needed into .venv, from the lock file

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed: install it, or name it, as in make $(MAKECMDGOALS) PYTHON=python3.12." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV), which takes a minute or two"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || { \
	  echo "The locked packages could not be installed: check the network and the disk, then run make again." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install ## Show the whole platform at work on an invented local authority's school year
	@$(BIN)/joinedup demo

test: install ## Run every test ring on services that the tests start themselves
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

browser: install ## Fetch a Chromium for the tests of the pages, where the machine has none
	@$(BIN)/python -m tests.chromium || $(GET_CHROMIUM)

fuzz: install ## Break files and messages in ever new ways, for about an hour
	@JOINEDUP_FUZZ=long $(BIN)/python -m pytest tests/fuzz --timeout 0 --numprocesses 2
	@JOINEDUP_FUZZ=long $(BIN)/python -m pytest tests/integration/dashboard/test_api.py tests/integration/producers/test_gateway.py -k no_question --timeout 0
	@$(BIN)/python -m tests.fuzz.guided

faults: install ## Break every part of the platform in turn and print what came of it
	@$(BIN)/python -m tests.faults

memory: install ## Measure what memory the processes take over growing backlogs and a slow store
	@$(BIN)/python -m tests.faults.memory
	@$(BIN)/python -m tests.faults.slow_store

nightly: install ## Run in full what every run has in part, for hours: workers that die in ever new orders, whole years, the benchmark
	@JOINEDUP_FUZZ=long $(BIN)/python -m pytest --timeout 0 -m "nightly or not nightly" \
	  tests/model tests/property tests/unit/journey/duties tests/contract/store/test_same_history.py \
	  tests/faults tests/integration/join/test_exactly_once.py \
	  tests/integration/stack/test_peers.py
	@$(BIN)/joinedup bench

licences: install ## Write the page of the licences of all parts
	@$(BIN)/python -m supply.page

sbom: install ## Write the bill of materials (CycloneDX) of this checkout into dist
	@$(BIN)/python -m supply.bom

audit: install ## Ask OSV whether any part is known to have a fault; says so where it cannot ask
	@$(BIN)/python -m supply.faults

lint: install ## Check style and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports

type: install ## Check types
	@$(BIN)/mypy

format: install ## Put the code into its one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

check: lint type test ## All of it, as CI does

clean: ## Stop the local stack and remove all that was installed, fetched or stored
	@if [ -x $(BIN)/python ] && [ -d .local ]; then $(BIN)/python -m stack.clean .local; fi
	@rm -rf .local $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
