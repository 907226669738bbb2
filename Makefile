# Everything runs in .venv, which `make setup` makes; every other target sets up first if needed.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUTF8 := 1

.PHONY: help setup demo test lint format release verify bench bench-engine clean

help:
	@echo "make setup         virtual environment in .venv with requirements.txt and this package"
	@echo "make demo          release, make up a class, grade it, write feedback and a report"
	@echo "make test          all tests            make lint    ruff and mypy"
	@echo "make release       source/ -> notebooks/ and dist/"
	@echo "make verify        prove the assignments and the grader right"
	@echo "make bench         speed of the batch-norm references      make bench-engine    of the engines"

setup: .venv/ready

.venv/ready: requirements.txt constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: setup
	$(BIN)/python -m autograder demo

test: setup
	$(BIN)/python -m pytest -n auto

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

release: setup
	$(BIN)/python -m autograder release

verify: setup
	$(BIN)/python -m autograder verify

bench: setup
	$(BIN)/python -m benchmarks.batch_norm

bench-engine: setup
	$(BIN)/python -m benchmarks.engine

clean:
	rm -rf .venv dist demo build *.egg-info
