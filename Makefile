# The commands of a checkout. Needs make and python3 (3.11 or newer); everything else is made or found by the targets.

PYTHON ?= python3
PORT ?= 8000
DATA ?= ./.jalon
SPEED ?=
ARGS ?=
# Tests wait for processes and browsers more than they reckon.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))

BIN := .venv/bin
ENGINES := medusa vendure
FAST := not browser and not postgres and not slow
# A file's tests stay together: what it sets up for all of them is set up once.
PYTEST := $(BIN)/python -m pytest --numprocesses "$(WORKERS)" --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help demo test test-engines test-fast check format docs screenshots migration bench wheel lock clean
export PYTHON

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## try Jalon: a small shop with moving parcels (PORT=8000 DATA=./.jalon SPEED=)
	@scripts/install.sh run
	@exec scripts/foreground.sh $(BIN)/jalon demo --port "$(PORT)" --data "$(DATA)" $(if $(SPEED),--speed "$(SPEED)")

test: ## everything a test needs, then all tests (ARGS= for pytest, WORKERS= processes)
	@scripts/install.sh dev
	@scripts/programs.sh postgresql chromium nginx
	@[ -z "$(JALON_TEST_ENGINES)" ] || scripts/engines.sh $(ENGINES)
	@$(MAKE) --no-print-directory check
	@$(PYTEST) $(ARGS)

test-engines: ## install real shop software (Medusa, Vendure) from npm and drive it through whole orders
	@scripts/install.sh dev
	@scripts/programs.sh postgresql
	@JALON_TEST_ENGINES=needed scripts/engines.sh $(ENGINES)
	@$(BIN)/python -m pytest -m shop_engine $(ARGS)

test-fast: ## the tests that need no browser, no PostgreSQL and little time
	@scripts/install.sh dev
	@$(PYTEST) -m "$(FAST)" $(ARGS)

check: ## formatting, lint, types, who may import whom, vendored files
	@scripts/install.sh dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --quiet tests/architecture/test_vendored.py

format: ## write the formatting that `make check` asks for
	@scripts/install.sh dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: ## write docs/settings.md, carriers.md, personal-data.md and the tables of shopify.md anew
	@scripts/install.sh dev
	@$(BIN)/python scripts/settings_page.py
	@$(BIN)/python scripts/carriers_page.py
	@$(BIN)/python scripts/personal_data_page.py
	@$(BIN)/python scripts/shopify_page.py

screenshots: ## write docs/screenshots anew: every kind of page of the demonstration, in Chromium
	@scripts/install.sh dev
	@scripts/programs.sh chromium
	@$(BIN)/python -m scripts.screenshots

migration: ## write the next migration from what the tables lack: NAME="what it does"
	@scripts/install.sh dev
	@$(BIN)/python scripts/new_migration.py "$(NAME)"

bench: ## measure, with ARGS=--quick roughly; installs nginx with nchan and PostgreSQL where it may
	@scripts/install.sh dev
	@scripts/programs.sh postgresql nginx nchan
	@$(BIN)/python -m tests.benchmarks $(ARGS)

wheel: ## build dist/jalon-*.whl and the source archive
	@scripts/install.sh dev
	@rm -rf dist
	@$(BIN)/python -m hatchling build

lock: ## choose library versions anew and write them, with hashes, to the lock files
	@scripts/install.sh dev
	@scripts/lock.sh

clean: ## remove what these targets made, the demo's data excepted
	rm -rf .venv dist build bench.json .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
