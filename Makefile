# Two commands do everything: `make demo` and `make test`. Both set up a virtual environment first.
VENV ?= .venv
export PYTHON  # empty: the newest interpreter that works
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export MPLBACKEND := Agg

.PHONY: demo test check types pytest bench format setup clean

demo: setup  ## the main job on real anatomy: a table here, a page in runs/lsvd/report.html
	$(BIN)/wellposed run lsvd --preset quick --out runs/lsvd --overwrite

test: check  ## all checks and all tests

check: setup  ## format, lint, types, floors, tests, doctests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(MAKE) --no-print-directory --jobs 2 types pytest

types: setup
	$(BIN)/basedpyright

pytest: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal tests wellposed --doctest-modules

bench: $(VENV)/.bench  ## speed beside the peers, in one run
	$(BIN)/python benchmarks/radon.py
	$(BIN)/python benchmarks/neural_ode.py
	$(BIN)/python benchmarks/ot_flow.py $(OT_FLOW)
	$(BIN)/python benchmarks/gem_convolution.py

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	python=$${PYTHON:-$$(scripts/find_python)} && "$$python" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e ".[check,test,groups,mesh,simulate]"
	touch $@

$(VENV)/.bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[bench]"
	touch $@

clean:
	rm -rf $(VENV) runs .pytest_cache
