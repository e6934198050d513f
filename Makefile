# Dailies. `make run` and `make test` need nothing else typed.
.DELETE_ON_ERROR:
.PHONY: run test check proofs bench lock clean setup dev browser screenshot

# Without its compiled modules kept, every process would take three times as long to start.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r
# Processes that share the test files, in their order; browsers keep more than one core busy each.
TESTERS ?= 3
BROWSERS ?= 2
SHARED := --dist loadfile --no-loadscope-reorder
STATIC_SOURCES := $(shell find static -type f 2>/dev/null)

run: staticfiles/staticfiles.json ## the whole studio, until Ctrl-C
	@exec $(BIN)/python manage.py run

test: .venv/dev browser staticfiles/staticfiles.json ## every test this machine can run
	$(BIN)/pytest -n $(TESTERS) $(SHARED) --ignore tests/browser
	$(BIN)/pytest -n $(BROWSERS) $(SHARED) tests/browser

check: .venv/dev ## format, lint, types, migrations, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy studio generations tests bench
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

proofs: .venv/dev browser ## the long evidence, a table of figures
	$(BIN)/pytest -m proof

bench: .venv/dev browser staticfiles/staticfiles.json ## the benchmarks, one table
	$(BIN)/python -m bench

screenshot: .venv/dev browser staticfiles/staticfiles.json ## the pictures of README and docs
	$(BIN)/python -m tests.pictures

setup: .venv/run
dev: .venv/dev

# With development packages installed there is nothing left to do for the run-time ones.
.venv/run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -f .venv/dev || $(INSTALL) requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) requirements-dev.txt
	@touch $@ .venv/run

# Browser tests drive Debian's Chromium; without one they are listed as not run.
browser:
	@command -v "$${CHROMIUM:-chromium-headless-shell}" >/dev/null || command -v chromium >/dev/null || echo "No Chromium found: browser tests will not run. On Debian: apt-get install chromium-headless-shell"

staticfiles/staticfiles.json: .venv/run $(STATIC_SOURCES)
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@touch $@

lock: .venv/dev ## compile both requirement files anew
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --extra dev pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links -c requirements-dev.txt pyproject.toml -o requirements.txt

clean: ## everything that can be made again; var/ stays
	rm -rf .venv staticfiles .mypy_cache .ruff_cache
