# `make help` lists the targets. Everything but python3 and make is set up on the way.
PYTHON ?= python3
BIN := .venv/bin
DISTRIBUTIONS := apps/fastapi apps/flask apps/django apps/tornado shared/blogapi shared/variants benchmarks

$(BIN)/.ready: requirements.lock pyproject.toml $(DISTRIBUTIONS:=/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked dependencies into .venv …"
	@grep -A1000 '^uv==' requirements.lock | awk 'NR>1 && /^[a-z]/ {exit} {print}' > .venv/uv.lock.txt
	@$(BIN)/python -m pip install --quiet --require-hashes -r .venv/uv.lock.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(DISTRIBUTIONS:%=-e %)
	@touch $@

lock:  ## Resolve the dependencies again into requirements.lock (hashes, no hosts)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
		--no-emit-package blogapi --no-emit-package variants --group test --group lint --group build \
		pyproject.toml $(DISTRIBUTIONS:=/pyproject.toml) loadtests/pyproject.toml -o requirements.lock
