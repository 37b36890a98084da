# `make` lists the targets. Each sets up what it needs from python3 (3.11 or newer) alone.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
WORKERS ?= 1
DISTRIBUTIONS := apps/fastapi apps/flask apps/django apps/tornado shared/blogapi shared/variants benchmarks
COMPARE := $(BIN)/compare-frameworks

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

compare: setup  ## Run the contract suite and the quick benchmark, print the comparison table [DB=sqlite|postgres]
	@$(COMPARE) compare --quick $(if $(DB),--db $(DB))

bench: setup  ## Run the standard benchmark, 45 minutes: make bench [VARIANTS=a,b] [SCENARIOS=page] [MIX=…toml] [STUDIES=capacity,scale] [DB=postgres] [ROUNDS=9] [BUDGET=45] [BARE=no] [ROWS=million] [SEED=…] [RESUME=result.json]
	@$(COMPARE) compare $(if $(VARIANTS),--variants $(VARIANTS)) $(if $(SCENARIOS),--scenarios $(SCENARIOS)) $(if $(MIX),--mix "$(MIX)") \
		$(if $(STUDIES),--studies $(STUDIES)) $(if $(DB),--db $(DB)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(BUDGET),--budget $(BUDGET)) \
		$(if $(filter no,$(BARE)),--no-bare) $(if $(filter million,$(ROWS)),--rows-million) $(if $(SEED),--seed $(SEED)) $(if $(RESUME),--resume "$(RESUME)")

test: setup  ## Everything that must be green: style, types, import rules, unit tests, contract suite on all variants
	@$(COMPARE) check

serve: setup  ## Serve a variant: make serve V=flask [PORT=8000] [DB=postgres | DATABASE_URL=…] [WORKERS=1]
	@$(COMPARE) serve --port $(PORT) --workers $(WORKERS) $(if $(DB),--db $(DB)) $(if $(DATABASE_URL),--database-url "$(DATABASE_URL)") $(V)

contract: setup  ## Run the contract suite: make contract V=flask | V=all | URL=http://127.0.0.1:9000 [DB=sqlite|postgres]
	@$(COMPARE) contract $(if $(URL),--url "$(URL)") $(if $(DB),--db $(DB)) $(V)

mutants: setup  ## Break a variant in many small ways and see that the contract suite notices
	@$(BIN)/python contract-tests/mutants/run.py $(ONLY)

diff-fuzz: setup  ## Play random requests against all variants at once and compare: make diff-fuzz [N=2000] [SEED=…] [V=a,b] [DB=postgres]
	@$(BIN)/python contract-tests/differential/differ.py $(if $(N),--requests $(N)) $(if $(SEED),--seed $(SEED)) $(if $(V),--variants $(V)) $(if $(DB),--db $(DB))

fuzz: setup  ## Play what the OpenAPI description promises and forbids: make fuzz [V=flask] [N=2000] [SEED=…]
	@$(BIN)/python contract-tests/fuzz/fuzz.py $(V) $(if $(N),--examples $(N)) $(if $(SEED),--seed $(SEED))

lint-http: setup  ## Let httplint judge the headers of every kind of answer: make lint-http [V=flask]
	@$(BIN)/python contract-tests/lint/lint.py $(V)

faults: setup  ## Kill, stop, fill and overload what the variants need, in the long forms: make faults [V=flask] [K=shutdown]
	@$(BIN)/python -m pytest contract-tests/faults --long $(if $(V),--variant $(V)) $(if $(K),-k "$(K)")

soak: setup  ## Keep the variants at half of their capacity and watch memory and files: make soak [V=flask] [MINUTES=10]
	@cd contract-tests && ../$(BIN)/python -m faults.soak $(V) $(if $(MINUTES),--minutes $(MINUTES))

load: setup  ## Put load on a variant without a web page: make load V=flask [DB=postgres] [WORKERS=2, of Locust]
	@$(COMPARE) load $(if $(DB),--db $(DB)) $(if $(filter-out 1,$(WORKERS)),--load-workers $(WORKERS)) $(V)

load-ui: setup  ## Put load on a variant from Locust's web page: make load-ui V=flask [DB=postgres] [WORKERS=2, of Locust]
	@$(COMPARE) load-ui $(if $(DB),--db $(DB)) $(if $(filter-out 1,$(WORKERS)),--load-workers $(WORKERS)) $(V)

login-timing: setup  ## Time log-ins that fail, for names that there are and that there are not: make login-timing [V=flask]
	@$(COMPARE) login-timing $(V)

image-check: setup  ## Build a variant's image, run it and hold it to the contract (root, buildah): make image-check V=flask [BASE=…] [K=token]
	@$(BIN)/python deploy/image_check.py $(V) $(if $(BASE),--base $(BASE)) $(if $(K),-k "$(K)")

calibrate: setup  ## Test the benchmark like a scale, on a quiet machine, 40 minutes: make calibrate [RUNS=40] [OUT=file.json]
	@$(COMPARE) calibrate $(if $(RUNS),--runs $(RUNS)) $(if $(OUT),--out "$(OUT)")

settings-cost: setup  ## Say what logs and metrics cost: make settings-cost [V=flask] [DB=sqlite|postgres]
	@$(COMPARE) settings-cost $(if $(DB),--db $(DB)) $(V)

variants: setup  ## List the variants with their versions, servers and drivers
	@$(COMPARE) variants

setup: $(BIN)/.ready

$(BIN)/.ready: requirements.lock pyproject.toml $(DISTRIBUTIONS:=/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=…")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked dependencies into .venv …"
	@awk '/^[a-z]/ {wanted = /^uv==/} wanted' requirements.lock > .venv/uv.lock.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock.txt
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(DISTRIBUTIONS:%=-e %)
	@touch $@

format: setup  ## Format the code
	@$(BIN)/ruff format && $(BIN)/ruff check --fix

lock: setup  ## Resolve the dependencies again into requirements.lock (hashes, no hosts)
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet \
		--no-emit-package blogapi --no-emit-package variants --all-extras --group test --group lint --group build \
		pyproject.toml $(DISTRIBUTIONS:=/pyproject.toml) loadtests/pyproject.toml -o requirements.lock >/dev/null

.DEFAULT_GOAL := help
.PHONY: help compare bench test serve contract mutants diff-fuzz fuzz lint-http faults soak load load-ui login-timing image-check calibrate settings-cost variants setup format lock
