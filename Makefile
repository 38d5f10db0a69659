# What people do with a checkout. Needs only Python 3.11+, make and, the first time, a network.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := $(shell sh scripts/find-python.sh)
VENV := .venv/bin
SETUP := $(PYTHON) scripts/setup.py
# Two processes on two cores halve the time of the tests; more gain nothing on a small machine.
TEST_PROCESSES ?= 2
TESTS ?= tests
SOURCES := src tests benchmarks scripts

.PHONY: help setup demo test check format docs bench bench-dispatch bench-guard bench-matching bench-translation conformance-lt screenshots clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

setup: ## Install the locked environment and what the system lacks
	@$(SETUP) demo

demo: setup ## Run a demonstration on http://127.0.0.1:8000 (LINKBRIDGE_PORT changes the port)
	@exec $(VENV)/linkbridge demo

test: ## Run all tests; installs Chromium, PostgreSQL, fonts and voices when it may
	@$(SETUP) test
	@$(VENV)/python scripts/offline.py $(VENV)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal $(TESTS)

check: ## Check format, lint, types and import contracts
	@$(SETUP) environment
	$(VENV)/ruff format --check $(SOURCES)
	$(VENV)/ruff check $(SOURCES)
	$(VENV)/mypy
	$(VENV)/lint-imports --no-logo

format: ## Format the code and fix what can be fixed safely
	@$(SETUP) environment
	$(VENV)/ruff format $(SOURCES)
	$(VENV)/ruff check --fix $(SOURCES)

docs: ## Bring the tables of settings and commands in docs/ up to date
	@$(SETUP) environment
	@$(VENV)/python scripts/reference.py

bench: ## Measure requests a second and latencies against an empty route
	@$(SETUP) bench
	@$(VENV)/python -m benchmarks

bench-translation: ## Measure translation beside Argos Translate and LibreTranslate, on the same models
	@$(SETUP) environment
	@$(VENV)/python -m benchmarks.translation
	@$(VENV)/python -m benchmarks.translation.flores
	@$(VENV)/python -m benchmarks.translation.soak

bench-dispatch: ## Measure bookings, first rings, matching and the board, on SQLite and PostgreSQL
	@$(SETUP) bench
	@$(VENV)/python -m benchmarks.dispatch

bench-matching: ## Measure whether the chat finds the phrase that answers, and what is urgent
	@$(SETUP) bench
	@$(VENV)/python -m benchmarks.matching

conformance-lt: ## Run LibreTranslate's own tests and two of its clients against /lt
	@$(SETUP) environment
	@$(VENV)/python -m benchmarks.translation.conformance

bench-guard: ## Measure what the guard finds and whom it blames wrongly
	@$(SETUP) bench
	@$(VENV)/python -m benchmarks.guard

screenshots: ## Take pictures of the main pages in five scripts, into screenshots/
	@$(SETUP) test
	@$(VENV)/python -m pytest -m screenshots -q tests/e2e

clean: ## Remove what was built; the demo's data in var/ stays
	rm -rf .venv .tools build dist screenshots .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
