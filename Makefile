# Two commands are enough: `make run` serves the platform, `make test` tests it.
# Needed: Python 3.11 or newer and the package registries. Everything else is brought along.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/django.po)
ARGS ?=
NAME ?= sweep

.PHONY: help setup run stop test mutants slow-test check fix browser-test bench messages lock

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */make \1\t/' | expand -t 20

setup: $(STAMPS)/project $(STAMPS)/assets $(STAMPS)/catalogues  ## Install everything into .venv and node_modules; nothing the second time

run: setup  ## Serve on http://127.0.0.1:8000/ (PORT, QINGHE_VAR and DATABASE_URL are heeded)
	@exec $(BIN)/qinghe run $(ARGS)

stop: setup  ## Stop what runs in the data folder
	@$(BIN)/qinghe stop

test: setup  ## Run the tests on a real PostgreSQL (ARGS="-k word" narrows)
	@$(BIN)/pytest -n 2 --dist worksteal -m "not browser and not slow" $(ARGS)

slow-test: setup  ## Races and crashes that take minutes: 64 takers, 20 rounds of kill -9
	@$(BIN)/pytest -m slow --timeout 0 $(ARGS)

mutants: setup  ## Break the contact rules on purpose, place by place, and count what the tests notice (ARGS="hours" narrows)
	@nice -n 10 $(BIN)/python -m tests.mutants $(ARGS)

check: setup  ## Lint, format, types, floors, migrations, translations, generated pages
	@failed=; \
	for step in \
		"ruff check ." \
		"ruff format --check ." \
		"mypy" \
		"lint-imports" \
		"python manage.py makemigrations --check --dry-run" \
		"python -m config.translations check" \
		"python -m config.docs check" \
	; do \
		echo "== $$step"; PATH="$(CURDIR)/$(BIN):$$PATH" $$step || failed="$$failed  $$step"$$'\n'; \
	done; \
	if [ -n "$$failed" ]; then printf 'Failed:\n%s' "$$failed"; exit 1; fi; \
	echo "Every check passed."

fix: setup  ## Format and repair what a program can
	@$(BIN)/ruff check --fix . || true
	@$(BIN)/ruff format .

browser-test: setup  ## Walk the journeys in Chromium, with pictures (PICTURES=no spares them) and accessibility rules
	@chromium="$${CHROMIUM:-$$(command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable || true)}"; \
	if [ -z "$$chromium" ]; then \
		echo "No Chromium here. Install it (Debian: apt-get install chromium fonts-noto-cjk), or name one: CHROMIUM=/path make browser-test" >&2; \
		exit 2; \
	fi; \
	CHROMIUM="$$chromium" $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 --timeout 2400 -m browser $(ARGS)

bench: setup  ## Measure one hot path (NAME=sweep)
	@$(BIN)/qinghe bench $(NAME) $(ARGS)

messages: setup  ## Bring the catalogues to the sentences of the source
	@$(BIN)/python -m config.translations update

lock: $(STAMPS)/python  ## Lock the dependencies anew: hashes, and no address of any registry
	@cd requirements && for name in base dev build node; do \
		case $$name in base) in="../pyproject.toml" ;; dev) in="../pyproject.toml --extra dev -c base.txt" ;; *) in="$$name.in" ;; esac; \
		../$(BIN)/uv pip compile --no-config --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --quiet $$in -o $$name.txt > /dev/null; \
	done

# -- how it gets here: a stamp per step, so that nothing is done twice ---------------------------

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Qinghe needs Python 3.11 or newer, and found none. Install it, or name one: make PYTHON=/path/to/python3.12 setup" >&2; \
		exit 2; \
	fi
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 2; }

$(STAMPS)/python: requirements/build.txt requirements/dev.txt | $(BIN)/python
	@echo "Installing the locked Python packages"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		-r requirements/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--no-build-isolation -r requirements/dev.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/project: pyproject.toml $(STAMPS)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index \
		--config-settings editable_mode=compat --editable .
	@touch $@

$(STAMPS)/node: package-lock.json package.json requirements/node.txt $(STAMPS)/python
	@echo "Installing the locked front-end packages"
	@if ! { command -v npm && node -e 'process.exit(+(process.versions.node.split(".")[0] < 20))'; } >/dev/null 2>&1; then \
		echo "No Node 20 or newer here; bringing one into .venv"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/node.txt; \
		export PATH="$(CURDIR)/$(BIN):$$PATH"; \
	fi; \
	npm ci --loglevel=error --no-progress
	@touch $@

$(STAMPS)/assets: $(STAMPS)/node config/assets.py qinghe/web/icons.py $(STAMPS)/project
	@$(BIN)/python -m config.assets
	@touch $@

$(STAMPS)/catalogues: $(CATALOGUES) $(STAMPS)/project
	@$(BIN)/python -m config.translations compile
	@touch $@
