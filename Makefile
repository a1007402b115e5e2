# Every target sets up what it needs. PYTHON may name another Python 3.11 or later.
PYTHON ?= python3
BIN := .venv/bin
BUILD := $(BIN)/jupyter-book build . -W -n --keep-going
# Extras stay in a lock: pip would take the newest release for a package that is asked for with one.
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--upgrade --custom-compile-command "make lock" --quiet

.DEFAULT_GOAL := book
.PHONY: help book live setup test quick audit validators audit-all serve lab check format facts anchors bench bench-changes mutate links edition withdraw renew lock clean

# What each target is for, from the line of comment above it.
help:
	@awk '/^# /{said=substr($$0,3)} /^[a-z-]+:/{split($$1,t,":"); if(said) printf "make %-14s %s\n", \
		t[1], said; said=""} /^$$/{said=""}' Makefile

# Check the data, execute what changed, build the book, and say where it is.
book: .venv/ready
	@test ! -f _build/html || { echo "_build/html: a file is where a folder is needed; move it away" >&2; exit 1; }
	@echo "Building the book; only notebooks whose code or data changed are executed."
	@$(BUILD)
	@echo "Open $(CURDIR)/_build/html/book/index.html"

# The book is complete without.
# Fetch what a reader's browser needs to run the chapters, and build the book with it.
live: .venv/ready
	@$(BIN)/python tools/live.py
	@$(BUILD)

# What checks, tests and browsers need.
setup: .venv/dev
	@$(BIN)/python tools/browsers.py
	@# Without the parts, the tests that need them say so.
	-@$(BIN)/python tools/live.py

# Every rule, on a few pages of each kind.
test: setup
	@$(BIN)/python -m pytest

# One file: a chapter, a module, a table, a file of tests. make quick WHAT=book/constraint.md
quick: setup
	@$(BIN)/python tools/quick.py $(WHAT)

# Exact and slow: every page in every state, many tries.
audit: setup validators
	@$(BIN)/python -m pytest -m "audit and not audit_all"

# In an environment of their own: one wants another version of a package that Jupyter Book has.
# Install the validators of the crate and of Croissant.
validators: _build/validators/ready

_build/validators/ready: tests/validators/requirements.txt
	@$(PYTHON) -m venv _build/validators
	@_build/validators/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# What takes very long, run by hand; outcome, date and machine are written down.
audit-all: setup
	@$(BIN)/python -m pytest -m audit_all --record tests/audit-all.md

# Change the code in one place after another; tests/mutants.md says what no test notices, and why.
# By hand: it takes about an hour. One group: make mutate WHAT=verdicts
# Which changes of the code no test notices.
mutate: .venv/ready
	@test -d _build/mutate || $(BIN)/python -m venv _build/mutate
	@_build/mutate/bin/pip install --quiet --disable-pip-version-check mutmut==2.5.1
	@PYTHONPATH=$$(echo _build/mutate/lib/python3*/site-packages) $(BIN)/python tools/mutate.py $(WHAT)

# The book on this machine, at http://127.0.0.1:8000
serve: book
	@echo "Serving on http://127.0.0.1:8000/book/index.html (Ctrl+C ends it)"
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory _build/html

# The setting lives in .venv, not in your home; saving leaves headers as written (tools/saving.py).
# JupyterLab, where chapters open as notebooks on a double click.
lab: .venv/ready
	@$(BIN)/jupytext-config --settings-file .venv/share/jupyter/lab/settings/overrides.json \
		set-default-viewer markdown myst
	@PYTHONPATH=tools $(BIN)/jupyter lab --notebook-dir=book \
		--ContentsManager.pre_save_hook=saving.keep_headers

# Lint, format, types, cells, data package.
check: .venv/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python tools/cells.py
	@$(BIN)/frictionless validate data/datapackage.json

# Format files and the code cells of chapters.
format: .venv/dev
	@$(BIN)/ruff format .
	@$(BIN)/python tools/cells.py --fix

# Take the numbers of the built book as the reviewed ones; look at the difference before you commit it.
facts: book
	@$(BIN)/python tools/snapshot.py

# The model's draws per second, then builds against a stock Jupyter Book, which takes an hour; a
# short look: make bench BENCH="--runs 1 --sizes 1"
# Speed, against a stock Jupyter Book; an hour.
bench: .venv/dev book
	@$(BIN)/python tools/bench/model.py
	@$(BIN)/python tools/bench/run.py $(BENCH)

# What one sentence and one value cost against a cold build; a quarter of an hour.
bench-changes: .venv/dev
	@$(BIN)/python tools/bench/changes.py

# Add the addresses of the built book to the published ones, which a test keeps from disappearing.
anchors: book
	@$(BIN)/python tools/addresses.py

# Ask each source whether it is still there; asks other hosts, so no test does it.
links: .venv/ready
	@$(BIN)/python tools/links.py

# An edition in _editions/VERSION, beside earlier ones, with an archive for deposit.
edition: .venv/ready
	@$(BIN)/python tools/edition.py "$(VERSION)"

# Say beside an edition that it, or its one NUMBER, is withdrawn: REASON='what is wrong'
withdraw: .venv/ready
	@$(BIN)/python tools/edition.py "$(VERSION)" --withdraw "$(REASON)" --number "$(NUMBER)"

# Newer files of the publishers: fetched or taken FROM a folder, checked, derived, built, compared.
# ONLY=some files, DAY=2027-01-15, DRAFT=1 replaces tables though sentences no longer hold.
# Newer data, and what moves; FROM=folder, ONLY=files, DAY=2027-01-15, DRAFT=1
renew: .venv/dev
	@$(BIN)/python tools/renew.py $(if $(FROM),--from "$(FROM)") $(if $(ONLY),--only $(ONLY)) \
		$(if $(DAY),--day $(DAY)) $(if $(DRAFT),--draft)

# Both locks, with hashes; the second keeps to the versions of the first.
lock: .venv/dev
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt

# Remove what was built, and .venv.
clean:
	rm -rf _build .venv .pytest_cache .ruff_cache .mypy_cache

# What building and running takes; readers need no more.
.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or later is needed, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12")'
	@echo "Installing the locked environment into .venv (a minute or two)"
	@$(PYTHON) -m venv .venv
	@# As book/_ext/publish/downloads.py has it, where it says why.
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --require-hashes --no-deps -r requirements.txt --quiet
	@touch $@

# What checks, tests and benches take besides.
.venv/dev: .venv/ready requirements-dev.txt
	@echo "Installing the tools of checks and tests into .venv"
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --require-hashes --no-deps -r requirements-dev.txt --quiet
	@touch $@
