# Needs git, make, python3 (3.11 or later) and python3-venv; everything else goes into .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The distribution's own interpreter where it will do: it is built with profile-guided optimisation, which those that
# stand before it on the path often are not (preparing a declaration takes a sixth more, docs/decisions/0005).
fit = $(1) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(1)
PYTHON ?= $(or $(shell $(call fit,/usr/bin/python3)),python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS ?=
# pytest says 5 when nothing was collected; a marker that nothing carries yet is no failure.
some = $(BIN)/python -m pytest -q -m $(1) $(ARGS) || test $$? -eq 5
.PHONY: help setup up check test stories bench lock clean

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: $(VENV)/installed ## Make .venv with the locked dependencies

up: $(VENV)/installed ## Start the whole platform (ARGS="--port 9000 --data /srv/sw")
	@$(BIN)/singlewindow up $(ARGS)

check: $(VENV)/installed-dev ## Format, lint, types, layers, laws of the house
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy src/singlewindow
	$(BIN)/lint-imports
	$(BIN)/python -m tools.house

test: $(VENV)/installed-dev ## Every test: unit, integration, contracts two at a time, then chaos alone, then two browsers
	$(BIN)/python -m pytest -q -n auto -m "not chaos and not story" $(ARGS)
	$(call some,chaos)
	$(call some,story -n auto)

stories: $(VENV)/installed-dev ## The browser stories alone
	$(call some,story -n auto)

bench: $(VENV)/installed-dev ## Measure every promise beside its naive twin (ARGS="journal")
	$(BIN)/python -m bench $(ARGS)

lock: $(VENV)/installed ## Renew both locks from the .in files
	$(PIP) install uv
	for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate \
	    --python-version 3.11 --output-file $$name.lock $$name.in || exit 1; done

clean: ## Remove .venv and caches; data stays
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# The package is used where it lies: a path file and a two-line program need no build tools.
$(VENV)/installed: requirements.lock
	@echo "建立运行环境 · making $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@echo "$(CURDIR)/src" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/singlewindow.pth"
	@printf '#!/bin/sh\nexec "$(CURDIR)/$(BIN)/python" -m singlewindow.server "$$@"\n' > $(BIN)/singlewindow
	@chmod 755 $(BIN)/singlewindow
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
