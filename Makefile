# Two commands for a newcomer: `make demo` runs the example, `make test` runs every check.
# Both set up .venv first, from the hash-pinned constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LIVE ?=
FRESH ?=
KEEP ?=
VARIANT ?=
AGENT ?=
FIRST ?= .first

.PHONY: demo first test lint system constraints clean

demo: $(VENV)/.installed
	$(BIN)/tasks-md demo $(if $(LIVE),--live) $(if $(FRESH),--fresh) $(if $(KEEP),--keep) \
		$(if $(VARIANT),--variant $(VARIANT)) $(if $(AGENT),--agent $(AGENT))

# A backlog of three items to look around with: a remote and a configuration in $(FIRST).
first: $(VENV)/.installed
	sh examples/first/prepare.sh $(FIRST)

# The tests drive the Prefect UI in a real browser, and run the real Claude Code, which comes by npm.
# Many of them wait for a server or a process, so one more goes on than there are processors.
WORKERS := $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -lt 4 ] && echo $$((n + 1)) || echo 4)

test: PROGRAMS = chromium npm
test: lint
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadfile \
		--no-loadscope-reorder --durations=20

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What Debian has to provide. Root gets it installed; anybody else is told the command.
system:
	@PYTHON="$(PYTHON)" sh deployments/system-packages.sh $(PROGRAMS)

# constraints.txt is complete, so nothing is left to resolve (older pips cannot, with hashes and extras).
$(VENV)/.installed: pyproject.toml constraints.txt | system
	@echo "Setting up $(VENV): about a minute"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

# Resolves constraints.txt anew for every supported Python; needs uv.
constraints:
	printf 'setuptools>=77\n' | $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --upgrade --extra dev pyproject.toml - -o constraints.txt

clean:
	rm -rf $(VENV) .demo .first
