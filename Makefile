# These targets need only Python 3.11 to 3.14 and make. They install the rest into .venv.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
ARGS ?=

.PHONY: help demo install postgres compiled run export restore test test-slow check package-check format bench capacity picture icons portals docs lock clean

help:
	@echo 'make demo    try the bot with a simulated Discord and Spotify (in a terminal: ARGS=--terminal)'
	@echo 'make test    run the tests, except the slow ones'
	@echo 'make test-slow run the slow tests'
	@echo 'make check   check format, lint and types, and run all tests'
	@echo 'make package-check test the files in packaging/ with systemd, nginx and Caddy'
	@echo 'make install install what the bot needs into .venv (with PostgreSQL: make postgres)'
	@echo 'make run     run the bot for real, with the settings in .env'
	@echo 'make export  write a Spotify library to a file, without Discord (ARGS=--help says how)'
	@echo 'make restore put an exported library back, after a look (ARGS=--help says how)'
	@echo 'make bench   measure speed and memory, and write bench.json'
	@echo 'make capacity compute docs/capacity.md from bench.json'
	@echo 'make format  format the code'
	@echo 'make docs    update the generated parts of the documents'
	@echo 'make picture take the picture in the README again'
	@echo 'make icons   draw the icons of the buttons again'
	@echo 'make portals draw the sketches in docs/portals.md again'
	@echo 'make lock    update the locked versions of the dependencies'

demo: $(VENV)/demo
	@$(PY) -m sandbox $(ARGS)

install: $(VENV)/runtime compiled

postgres: $(VENV)/postgres compiled

# A service may not write beside the code; without this, each of its starts would compile all of it.
compiled: | $(PY)
	@$(PY) -m compileall -q bot cogs

run: $(VENV)/runtime
	@$(PY) -m bot

export: $(VENV)/runtime
	@$(PY) -m bot export $(ARGS)

restore: $(VENV)/runtime
	@$(PY) -m bot restore $(ARGS)

test: $(VENV)/dev
	@$(PY) -m pytest -m 'not slow and not package' $(ARGS)

test-slow: $(VENV)/dev
	@$(PY) -m pytest -m slow $(ARGS)

check: $(VENV)/dev
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy --no-error-summary
	@$(MAKE) --no-print-directory test ARGS='--hypothesis-profile=thorough $(ARGS)'
	@$(MAKE) --no-print-directory test-slow

package-check: $(VENV)/dev
	@for program in systemd-analyze nginx caddy; do command -v $$program >/dev/null || { \
	  echo "This needs $$program. On Debian and Ubuntu: apt install systemd nginx-light caddy"; exit 1; }; done
	@$(PY) -m pytest -m package $(ARGS)

format: $(VENV)/dev
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

bench: $(VENV)/bench
	@$(PY) -m bench $(ARGS)

capacity: $(VENV)/dev
	@$(PY) -m bench.capacity

picture: $(VENV)/dev
	@$(PY) -m tests.screenshot

icons: $(VENV)/dev
	@$(PY) -m tests.draw_icons

portals: $(VENV)/dev
	@$(PY) -m tests.draw_portals

docs: $(VENV)/dev
	@$(PY) -m tests.generated_docs

lock: $(VENV)/dev
	@$(PIP) install uv
	@$(PY) -m uv pip compile pyproject.toml $(LOCK) --output-file requirements.txt
	@$(PY) -m uv pip compile pyproject.toml $(LOCK) --extra postgres --output-file requirements-postgres.txt
	@$(PY) -m uv pip compile pyproject.toml $(LOCK) --group demo --output-file requirements-demo.txt
	@$(PY) -m uv pip compile pyproject.toml $(LOCK) --group dev --output-file requirements-dev.txt
	@$(PY) -m uv pip compile pyproject.toml $(LOCK) --group dev --group bench --constraint requirements-dev.txt --output-file requirements-bench.txt

LOCK := --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis bench.json

$(VENV)/runtime: requirements.txt | $(PY)
	@echo 'Installing what Tonearm needs into $(VENV) …'
	@$(PIP) install --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/postgres: requirements-postgres.txt | $(PY)
	@echo 'Installing what Tonearm needs for PostgreSQL into $(VENV) …'
	@$(PIP) install --require-hashes --requirement requirements-postgres.txt
	@touch $@ $(VENV)/runtime

$(VENV)/demo: requirements-demo.txt | $(PY)
	@echo 'Installing what the demo needs into $(VENV) …'
	@$(PIP) install --require-hashes --requirement requirements-demo.txt
	@touch $@ $(VENV)/runtime

$(VENV)/dev: requirements-dev.txt | $(PY)
	@echo 'Installing what the tests need into $(VENV) …'
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@touch $@ $(VENV)/runtime $(VENV)/demo

$(VENV)/bench: requirements-bench.txt | $(PY)
	@echo 'Installing what the bench compares Tonearm with into $(VENV) …'
	@$(PIP) install --require-hashes --requirement requirements-bench.txt
	@touch $@ $(VENV)/dev $(VENV)/runtime

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null || { \
	  echo "Tonearm needs Python 3.11 to 3.14, and '$(PYTHON)' is not that. Install one, or name it: make $(MAKECMDGOALS) PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Tonearm needs Python's venv module, and '$(PYTHON)' lacks it. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
