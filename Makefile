.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help
help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: .venv ## Serve on this machine, at http://127.0.0.1:8000
	RUNTIME=local $(BIN)/shapeshift serve

.PHONY: test
test: .venv ## Run every test, in about a quarter of an hour on two cores
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

.PHONY: test-fast
test-fast: .venv ## Run the tests that need no server, in about a minute, while you edit
	$(BIN)/pytest --numprocesses auto --quiet -m "not slow" -p no:schemathesis $(FAST)

FAST := tests/unit tests/http tests/auth tests/contract tests/containers tests/locks tests/mutations

.PHONY: mutations
mutations: .venv ## Check that the tests notice faults planted in service/; some of them with MODULE=service/domain
	$(BIN)/python -m tests.mutations $(MODULE)

.PHONY: check
check: .venv ## Lint, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: parity
parity: .venv ## Prove that it answers the same everywhere, and write docs/parity.md
	$(BIN)/python -m parity

.PHONY: bench
bench: .venv ## Measure beside what others would choose, and write docs/benchmarks.md; smaller with BENCH=quick
	$(BIN)/python -m benchmarks $(BENCH:%=--%)

.PHONY: format
format: .venv ## Put the code into its standard form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: openapi
openapi: .venv ## Write docs/openapi.json
	$(BIN)/python -m service.http.openapi > docs/openapi.json

.PHONY: vendor
vendor: ## Fetch the files of other projects that browsers load (needs npm)
	grep -v '^#' requirements/vendored.txt | while read -r hash path package file; do \
		folder=$$(mktemp -d) && \
		npm pack --silent --pack-destination $$folder $$package > /dev/null && \
		tar -xzf $$folder/*.tgz -C $$folder && \
		mkdir -p $$(dirname $$path) && cp $$folder/package/$$file $$path && rm -r $$folder && \
		echo "$$hash  $$path" | sha256sum --check || exit 1; \
	done

.PHONY: lock
lock: .venv ## Update the dependencies' versions
	$(LOCK) --python-version 3.11 --upgrade --all-extras pyproject.toml requirements/dev.in -o requirements/dev.txt
	$(LOCK) --python-version 3.11 --upgrade --no-deps requirements/emulator.in -o requirements/emulator.txt
	$(LOCK_IMAGE) requirements/build.in -o requirements/build.txt
	$(LOCK_IMAGE) --extra server --extra dynamodb --extra postgresql --extra sqlite --extra auth pyproject.toml -o requirements/service.txt
	$(LOCK_IMAGE) --extra lambda --extra postgresql --extra auth $(NO_COMMAND_LINE) pyproject.toml -o requirements/lambda.txt
	for each in benchmarks/requirements/*.in; do \
		$(LOCK) --python-version 3.11 --constraint requirements/dev.txt --upgrade $$each -o $${each%.in}.txt || exit 1; \
	done

LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-config --custom-compile-command "make lock"
without = $(addprefix --no-emit-package ,$(1))
# What is tested is what is shipped; without test tools and colours that Litestar and rich want, and do without, and
# without PyYAML, which `containers/entrypoints/lean.py` spares.
LOCK_IMAGE = $(LOCK) --python-version 3.13 --constraint requirements/dev.txt \
	$(call without,certifi faker httpcore httpx markdown-it-py mdurl polyfactory pygments pyyaml rich rich-click)
# A function does not use Litestar's command line.
NO_COMMAND_LINE = $(call without,click colorama h11)

# Made again when the lock or the project's metadata change.
.venv: requirements/dev.txt requirements/emulator.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11 to 3.13 is needed: make PYTHON=python3.13 ...")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements/emulator.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch .venv
