# Two commands do everything: `make report` runs the main job, `make test` runs every check.
PYTHON ?= python3
VENV   := .venv
READY  := $(VENV)/.ready
TESTED := $(VENV)/.tested

.PHONY: setup report test lint bench cluster fuzz survival sample weights train clean

report: setup  ## the main job, on the bundled sample of real AI works
	@echo "aequa: reading the bundled sample and writing the report to ./report"
	$(VENV)/bin/aequa report -o report
	@echo "aequa: open report/index.html in a browser"

test: $(TESTED) lint  ## lint, types and all tests; warnings from our own code are errors
	@echo "aequa: running the tests"
	$(VENV)/bin/python -m pytest -q

lint: setup
	@echo "aequa: checking style and types"
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

setup: $(READY)  ## .venv from nothing, every package pinned by hash

$(READY): requirements.lock pyproject.toml
	@echo "aequa: creating $(VENV) with the packages of requirements.lock (about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "aequa needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(TESTED): $(READY) requirements-test.lock
	@echo "aequa: adding what only tests need: Spark, pandas, Polars (some 500 MB)"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $(TESTED)

cluster: $(TESTED)  ## the cluster's tests in full: a Spark cluster on this machine, workers killed
	AEQUA_CLUSTER=full $(VENV)/bin/python -m pytest -q tests/cluster

fuzz: setup  ## 200,000 damaged inputs for every parser; half an hour
	$(VENV)/bin/python -m fuzz --inputs 200000

survival: setup  ## 200 runs killed at random moments, then all that a machine can do to a run
	AEQUA_KILLS=200 $(VENV)/bin/python -m pytest -q tests/survival

bench: setup  ## speed and memory against named alternatives; needs ../shared/data
	$(VENV)/bin/python -m benchmarks

sample: setup  ## draw the bundled sample again; needs ../shared/data
	$(VENV)/bin/python tools/draw_sample.py ../shared/data/works src/aequa/data

train: setup  ## train both tiers and write the model card again; needs ../shared/data, 90 minutes
	$(VENV)/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements-train.lock
	$(VENV)/bin/python -m aequa.training --data ../shared/data --encoder .training

weights: setup  ## the same but for the encoder, which stays as it is; five minutes
	$(VENV)/bin/python -m aequa.training --data ../shared/data

clean:
	rm -rf $(VENV) report out .mypy_cache .ruff_cache .pytest_cache .hypothesis
