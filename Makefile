# Plain make and sh; works with GNU make, BSD make and dash. `make help` lists what there is.

PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
WORKERS ?= 2
PYTEST_ARGS ?=
SOAK ?= tests
BENCH_ARGS ?=
# Compiled modules make each start several times faster; some environments switch them off.
RUN = unset PYTHONDONTWRITEBYTECODE;

help: ## list the targets (what `make` alone does)
	@echo "make TARGET   (PYTHON=python3.12 picks another Python for setup)"
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /	/' | while IFS='	' read -r name text; \
	    do printf '  %-13s %s\n' "$$name" "$$text"; done

setup: $(READY) ## make .venv with everything pinned, once
$(READY): requirements/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	    echo "No '$(PYTHON)' found. Install Python 3.11 or newer, or say: make setup PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "$(PYTHON) is `$(PYTHON) --version 2>&1`; Cycles needs 3.11 or newer. Say: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "This Python has no venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(RUN) test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(RUN) $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(RUN) $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: setup ## a made-up school with its data, served, with lines to try
	$(RUN) $(BIN)/cycles demo

check: setup ## style, types and the direction of imports
	$(RUN) $(BIN)/ruff check
	$(RUN) $(BIN)/ruff format --check
	$(RUN) $(BIN)/mypy
	$(RUN) $(BIN)/lint-imports

test: setup browser ## all tests, on SQLite and a real PostgreSQL (one file: PYTEST_ARGS=tests/unit/test_x.py)
	$(RUN) $(BIN)/pytest -q -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

# No browser is downloaded for the tests: it is the computer's own, named by CYCLES_TEST_CHROMIUM or found.
browser: ## see that there is a Chromium for the tests of the pages; root on Debian gets it so
	@$(BIN)/python -m tests.pages.browser 2>/dev/null || { test "`id -u`" = 0 && command -v apt-get >/dev/null && \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; } || \
	    $(BIN)/python -m tests.pages.browser

screenshots: setup browser ## the pictures of docs/ anew, from the demo school on a day that stands still
	$(RUN) $(BIN)/python -m tests.pages.pictures

format: setup ## write the code the way `make check` wants it
	$(RUN) $(BIN)/ruff check --fix-only --quiet
	$(RUN) $(BIN)/ruff format

# Whose every branch some test takes: what decides, what is in the log, and who may do and see what.
PROVEN = src/cycles/engine/*,src/cycles/ledger/*,src/cycles/service/accesses.py,src/cycles/service/actors.py,src/cycles/service/exporting.py,src/cycles/service/guests.py,src/cycles/service/looks.py,src/cycles/service/samples.py,src/cycles/service/signing_in/*,src/cycles/service/tokens.py,api/cycles_api/auth.py

coverage: setup browser ## all tests, which lines none of them ran, and that engine, log and rights have none left
	$(RUN) $(BIN)/coverage erase
	$(RUN) $(BIN)/coverage run -m pytest -q -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)
	$(RUN) $(BIN)/coverage combine --quiet
	$(RUN) $(BIN)/coverage report
	$(RUN) $(BIN)/coverage report --include='$(PROVEN)' --fail-under=100

bench: $(VENV)/.bench ## measure the speed of this machine; nothing fails for being slow (some of it: BENCH_ARGS=--help)
	$(RUN) $(BIN)/python -m tests.bench $(BENCH_ARGS)

$(VENV)/.bench: $(READY) requirements/bench.txt
	$(RUN) $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $(VENV)/.bench

# Of two folders, one inside the other, pytest would read the outer one alone and pass by `soak`.
soak: $(VENV)/.mutation ## all tests with many more generated cases, and tests/soak (that alone: SOAK=tests/soak); takes long
	$(RUN) $(BIN)/pytest -q -n $(WORKERS) --dist worksteal --hypothesis-profile=soak \
	    -o norecursedirs='bench .* __pycache__' $(SOAK) $(PYTEST_ARGS)

$(VENV)/.mutation: $(READY) requirements/mutation.txt
	$(RUN) $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/mutation.txt
	@touch $(VENV)/.mutation

requirements: setup ## pin anew from pyproject.toml (UPGRADE=--upgrade takes the newest)
	$(RUN) $(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	$(RUN) $(BIN)/uv pip compile --quiet $(UPGRADE) pyproject.toml --extra postgres $(PIN) -o requirements/run.txt
	$(RUN) $(BIN)/uv pip compile --quiet $(UPGRADE) pyproject.toml --extra postgres --group dev $(PIN) -o requirements/dev.txt
	$(RUN) $(BIN)/uv pip compile --quiet $(UPGRADE) pyproject.toml --group bench --constraint requirements/dev.txt $(PIN) -o requirements/bench.txt
	$(RUN) $(BIN)/uv pip compile --quiet $(UPGRADE) pyproject.toml --group mutation --constraint requirements/dev.txt $(PIN) -o requirements/mutation.txt

PIN = --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean: ## remove .venv and all that was built or cached
	rm -rf $(VENV) build dist htmlcov .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find src api tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help setup demo check test browser screenshots format coverage bench soak requirements clean
