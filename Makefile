# Every command of the workflow. `make` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header

.PHONY: help venv demo test check lint types layers docs translations messages migrations unit postgres e2e fates faults specs bench lock clean

help: ## List the commands
	@grep -hE '^[a-z0-9_-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

venv: $(DEV) ## Make .venv with everything for development

demo: $(RUN) ## Try Ponte with a sandbox store (ARGS="--port 8001 --skus 2000")
	@exec $(BIN)/ponte demo $(ARGS)

test: $(DEV) ## Everything that must hold: checks, all tests on both databases, browser, faults
	@tools/test

check: lint types layers docs translations migrations ## The checks that need no test run

lint: $(DEV) ## Style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## Types
	$(BIN)/mypy

layers: $(DEV) ## The import rule
	$(BIN)/lint-imports

docs: $(DEV) ## docs/problems.md says what the texts say, docs/connectors what the connectors can do
	$(BIN)/python tools/problem_docs.py --check
	$(BIN)/python tools/connector_docs.py --check

translations: $(DEV) ## Every text is there in three languages
	$(BIN)/python tools/messages.py check

messages: $(DEV) ## Bring the translation files up to date (needs gettext)
	$(BIN)/python tools/messages.py gather
	$(BIN)/python tools/messages.py compile

migrations: $(DEV) ## The models and the migrations agree
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	PONTE_DATA=$$folder DJANGO_SETTINGS_MODULE=ponte.settings $(BIN)/python -m django makemigrations --check --dry-run

unit: $(DEV) ## Tests on SQLite (ARGS="tests/domain -k retry")
	@tools/test unit $(ARGS)

postgres: $(DEV) ## Tests of what touches the database, on a private PostgreSQL
	@tools/test postgres $(ARGS)

e2e: $(DEV) ## Tests in a real Chromium
	@tools/test e2e $(ARGS)

fates: $(DEV) ## Every result of the demo against what its sandbox knows
	@tools/test fates $(ARGS)

faults: $(DEV) ## Kill and stop real processes, count what is lost (ARGS="kills --kills 200")
	@tools/test faults $(ARGS)

specs: $(DEV) ## Connectors and fakes against the marketplaces' OpenAPI (SPECS=FOLDER, ARGS="--only amazon --prism")
	@tools/test specs $(SPECS) $(ARGS)

bench: $(RUN) ## Measure this machine (ratios against a bare loop)
	$(BIN)/ponte bench ingest
	$(BIN)/ponte bench pipeline

lock: $(DEV) ## Write the lock files anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(LOCK) $(UPGRADE) --extra dev -o requirements.lock pyproject.toml requirements-build.in
	$(LOCK) $(UPGRADE) -c requirements.lock -o requirements-run.lock pyproject.toml requirements-build.in

clean: ## Remove what the commands above made, but no data (.ponte)
	rm -rf $(VENV) .ponte-demo build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements-run.lock pyproject.toml
	@tools/venv $(PYTHON) $(VENV) requirements-run.lock
	@touch $@

$(DEV): requirements.lock pyproject.toml
	@tools/venv $(PYTHON) $(VENV) requirements.lock
	@touch $@ $(RUN)
