# `make run` starts everything, `make test` proves it. Both need Python 3.11 or newer and pip, nothing else.
PYTHON ?= python3
VENV := .venv/bin/python

.PHONY: run test check env env-run fmt messages docs secrets bench

run: env-run
	@exec $(VENV) -m ops.run

test: env
	@exec $(VENV) -m ops.test

check: env
	@exec $(VENV) -m ops.test --fast

env:
	@$(PYTHON) -m ops.env dev

env-run:
	@$(PYTHON) -m ops.env run

fmt: env
	@$(VENV) -m ruff check --fix --quiet .
	@$(VENV) -m ruff format .

messages: env
	@$(VENV) -m ops.translations update

docs: env
	@$(VENV) -m ops.rules

secrets: env-run
	@$(VENV) -m ops.secrets

bench: env
	@exec $(VENV) -m bench
