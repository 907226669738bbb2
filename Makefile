# Everything runs in .venv, which `make setup` makes; every other target sets up first if needed.
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadgroup
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUTF8 := 1
# Images often forbid bytecode; every process, and a test run starts hundreds, would then compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo check quick test lint format release translate verify pictures bench bench-engine clean fuzz

help:
	@echo "make setup         virtual environment in .venv with requirements.txt and this package"
	@echo "make demo          release, make up a class, grade it, write feedback and a report"
	@echo "make check         between edits: lint, types, the tests that take no minute"
	@echo "make test          all tests"
	@echo "make lint          ruff and mypy        make format  what ruff can repair"
	@echo "make release       source/ -> notebooks/ and dist/"
	@echo "make translate     texts -> the catalogues of other languages (a new one: LANGUAGE=fr)"
	@echo "make verify        prove the assignments and the grader right"
	@echo "make fuzz          feed the readers of hostile data for five minutes"
	@echo "make pictures      the pictures of the docs, from a made-up class (needs Chromium)"
	@echo "make bench         speed of the batch-norm references      make bench-engine    of the engines"

setup: .venv/ready
	@:

.venv/ready: requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or \
	    sys.exit("This needs Python 3.11 or newer. Name one: make PYTHON=python3.12 ...")'
ifdef UV
	@"$(UV)" venv --quiet --allow-existing --python "$(PYTHON)" .venv
	@"$(UV)" pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.txt -e .
else
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt -e .
endif
	@$(BIN)/python -m autograder mark --add-to-jupyterlab > /dev/null
	@touch $@

demo: setup
	$(BIN)/python -m autograder demo

check: setup
	@$(MAKE) --no-print-directory --jobs 2 lint quick

quick: setup
	$(PYTEST) -m "not (browser or kernel or slow)"

test: setup
	$(PYTEST)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

release: setup
	$(BIN)/python -m autograder release

translate: setup
	$(BIN)/python -m autograder.translation.update $(LANGUAGE)

verify: setup
	$(BIN)/python -m autograder verify

fuzz: setup
	$(BIN)/python -m tests.fuzz --minutes 5

pictures: setup
	$(BIN)/python -m tests.make_pictures

bench: setup
	$(BIN)/python -m benchmarks.batch_norm

bench-engine: setup
	$(BIN)/python -m benchmarks.engine

clean:
	rm -rf .venv dist demo build *.egg-info
