# Every target sets up what it needs in .venv, once; with nothing changed the second run installs nothing.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo gallery test fuzz coverage check bench pictures golden clean

demo: .venv/demos.stamp  ## the slide's toy network, stepped through
	$(BIN)/python -m demos toy_network

gallery: .venv/demos.stamp  ## every example, and the gallery of them: out/index.html
	$(BIN)/python -m demos all

test: .venv/dev.stamp  ## the whole test suite
	$(BIN)/python -m pytest

FUZZ ?= 60

fuzz: .venv/dev.stamp  ## random programs in every reading, for FUZZ seconds
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ)

coverage: .venv/dev.stamp  ## the same, and which lines and branches no test has reached
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage report

check: .venv/dev.stamp  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

breaks: .venv/dev.stamp  ## every demo on broken code: which claims nothing can make false; some seven minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.breaks

bench: .venv/dev.stamp  ## speed beside the peers; PyTorch and JAX take part where they are installed
	$(BIN)/python -m benchmarks

pictures: .venv/dev.stamp gallery  ## the pictures in the README; needs chromium
	$(BIN)/python -m demos toy_network --out docs >/dev/null
	$(BIN)/python -m demos.gallery.sheet out/index.html docs/gallery.png

golden: .venv/dev.stamp  ## the emitted code that the tests compare with
	$(BIN)/python tests/compiling/test_golden.py

clean:
	rm -rf .venv out .coverage

.venv/demos.stamp: pyproject.toml
	@echo "Setting up .venv, which takes about a minute, once."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[demos]'
	touch $@

.venv/dev.stamp: pyproject.toml .venv/demos.stamp
	$(BIN)/python -m pip install --quiet --editable '.[demos,dev]'
	touch $@
