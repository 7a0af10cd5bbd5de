# `make demo` starts everything on this machine; `make test` checks everything.

PORT ?= 8000

demo:
	@exec .venv/bin/python -m training.management.demo --port "$(PORT)"
demo-reset:
	@exec .venv/bin/python -m training.management.demo --reset
lint:  # the quick checks alone
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/djlint templates --lint --quiet
