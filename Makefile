# `make demo` starts everything on this machine; `make test` checks everything.

PORT ?= 8000
# The first Python that is new enough; PYTHON=/path/to/python names another one.
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13; do \
	$$python -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo $$python && break; done)
RUN = .venv/bin/python
COMPILE = $(RUN) -m uv pip compile pyproject.toml --quiet --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

.PHONY: demo demo-reset test lint bench screenshots messages setup lock installed-demo installed-all

demo: installed-demo
	@exec $(RUN) -m training.management.demo --port "$(PORT)"

# Deletes the demo's data, so that the next `make demo` begins again.
demo-reset: installed-demo
	@exec $(RUN) -m training.management.demo --reset

test: installed-all
	@exec $(RUN) -m tests.run

# The quick checks alone.
lint: installed-all
	@exec $(RUN) -m tests.run --quick

bench: installed-all
	@exec $(RUN) -m tests.benchmarks

screenshots: installed-all
	@exec $(RUN) -m tests.screenshots

# Gathers the texts for people into the catalogue of Chinese.
messages: installed-all
	@exec $(RUN) -m training.management.messages

setup: installed-all

lock: installed-all
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --constraint requirements.txt --output-file requirements-dev.txt

installed-demo:
	@$(if $(PYTHON),,echo "Cohort needs Python 3.11 or newer; install it, or name it: PYTHON=/path/to/python." && exit 1)
	@$(PYTHON) -P training/management/installing.py demo

installed-all:
	@$(if $(PYTHON),,echo "Cohort needs Python 3.11 or newer; install it, or name it: PYTHON=/path/to/python." && exit 1)
	@$(PYTHON) -P training/management/installing.py all
