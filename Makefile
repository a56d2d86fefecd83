# Every target sets up .venv by itself on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# make check A=pynet TASK="linear.forward relu" SUBMISSION=path SEED=1 PROFILE=quick ISOLATION=plain ARGS="--report-json r.json"
CHECK_FLAGS = $(if $(SUBMISSION),--submission "$(SUBMISSION)") $(foreach t,$(TASK),--task $(t)) $(if $(SEED),--seed $(SEED)) \
	$(if $(PROFILE),--profile $(PROFILE)) $(if $(ISOLATION),--isolation $(ISOLATION)) $(ARGS)

.PHONY: help check grade test truth attacks lint demo bench clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

check: $(READY) ## grade student/ (A=pynet TASK=... SUBMISSION=... SEED=... PROFILE=... narrow it)
	@$(BIN)/checker check $(A) $(CHECK_FLAGS)

grade: $(READY) ## grade a class: A=pynet SUBMISSIONS=path OUT=grades/pynet (ARGS="--roster ..." for more)
	@$(BIN)/checker grade "$(A)" "$(SUBMISSIONS)" --out "$(or $(OUT),grades/$(A))" $(foreach t,$(TASK),--task $(t)) \
		$(if $(SEED),--seed $(SEED)) $(if $(PROFILE),--profile $(PROFILE)) $(if $(ISOLATION),--isolation $(ISOLATION)) $(ARGS)

test: $(READY) ## run the tests
	@$(BIN)/pytest -n auto

truth: $(READY) ## grade every fixture under many seeds (an hour or so)
	@$(BIN)/pytest -n auto -m slow

attacks: $(READY) ## hostile submissions, all of them (ARGS="-k bubblewrap" for one isolation)
	@$(BIN)/pytest -n auto -m attack tests/attacks $(ARGS)

lint: $(READY) ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

demo: $(READY) ## a checker that passes wrong code, beside this one
	@$(BIN)/python -m fixtures.demo.weak_checker

bench: $(READY) ## measure the cost of grading
	@$(BIN)/python -m bench.grading
	@$(BIN)/python -m bench.homeworks
	@$(BIN)/python -m bench.batch

clean: ## remove the environment and all caches
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..."; exit 1; }
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@
