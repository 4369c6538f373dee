# Every target calls one small tool; `make help` lists them.
# Needs make and Python 3.11 or later. All else is installed into .venv from the hashed lock files.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

# The first Python that is new enough; PYTHON=... chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell command -v $(name) >/dev/null 2>&1 && $(name) -c '$(NEW_ENOUGH)' >/dev/null 2>&1 && echo $(name))))

VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/bin/uv
# The environment is this folder's own: nothing from outside changes what is installed where.
export UV_PYTHON_DOWNLOADS = never
export VIRTUAL_ENV = $(CURDIR)/$(VENV)
# Whatever this machine prefers: without compiled files, each of twenty processes would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
QUICK := not full and not chaos and not load and not browser
# One platform for all journeys: tests of a group stay in one process.
# Three for two cores: many tests wait for engines, and a fourth makes everything anew.
PYTEST := $(PY) -m pytest -n 3 --dist loadgroup

##@ Start here

.PHONY: help
help: ## What there is
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo

.PHONY: run
run: $(RUN_STAMP) ## Start the whole platform on this machine; Ctrl-C stops it (SIZE=none|tiny|demo|borough)
	@DEMO_SIZE=$(SIZE) NEWSTART_DEMO_LOADER=gateway.demo.loader:load_all $(PY) -m kit.run.supervisor

.PHONY: stop
stop: ## Stop a platform that runs from this folder in another terminal
	@$(PY) -m kit.run.supervisor --stop

.PHONY: status
status: ## Say what runs from this folder
	@$(PY) -m kit.run.supervisor --status

.PHONY: demo
demo: $(RUN_STAMP) ## Load a demo borough into a platform that was started with SIZE=none: make demo SIZE=borough
	@$(PY) -m demo.loading --size $(or $(SIZE),demo)

.PHONY: demo-next
demo-next: $(RUN_STAMP) ## Move the running demo on by one month: its clock, its arrears, its contacts
	@$(PY) -m demo.loading --next

.PHONY: test
test: $(DEV_STAMP) ## Check everything that should hold before a change is shared (minutes)
	@# Two at a time: the tests often wait for engines, and then the checks of the code go on.
	@$(MAKE) -j 2 test-quick test-safety lint types imports contracts

.PHONY: test-quick
test-quick: $(DEV_STAMP)
	$(PYTEST) -m "$(QUICK)"

.PHONY: test-safety
test-safety: $(DEV_STAMP)
	$(PY) -m pytest -q -m browser tests/staff/safety/test_safety_in_browser.py

##@ While working

.PHONY: setup
setup: $(DEV_STAMP) ## Install everything, tools included

.PHONY: test-fast
test-fast: $(DEV_STAMP) ## Only the tests, stopping at the first that fails; T=tests/kit chooses some
	$(PYTEST) -m "$(QUICK)" -x $(T)

.PHONY: test-all
test-all: lint types imports contracts ## Everything: slow, chaos and load tests too
	HYPOTHESIS_PROFILE=complete $(PYTEST) -m "$(QUICK)" --timeout 600
	$(PY) -m pytest -m "not ($(QUICK))" --timeout 600

.PHONY: test-browser
test-browser: $(DEV_STAMP) ## Every page in Chromium on a platform of its own, or at STAFF_AT=http://127.0.0.1:8000 (T=... chooses some)
	$(PY) -m pytest -m browser $(or $(T),tests/staff) --timeout 900

.PHONY: pictures
pictures: $(DEV_STAMP) ## Make the README's pictures again from the demo, or from STAFF_AT=http://127.0.0.1:8000
	@$(PY) -m tests.staff.pictures

.PHONY: lint
lint: $(DEV_STAMP) ## Style and common mistakes
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

.PHONY: format
format: $(DEV_STAMP) ## Put the style right where a tool can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

.PHONY: types
types: $(DEV_STAMP) ## Types, strictly
	$(VENV)/bin/mypy

.PHONY: imports
imports: $(DEV_STAMP) ## Who may import whom
	$(VENV)/bin/lint-imports

.PHONY: contracts
contracts: $(DEV_STAMP) ## openapi.json and asyncapi.json are what the code says, and only grew
	$(PY) -m kit.run.publish --check

.PHONY: migrations
migrations: $(DEV_STAMP) ## Each service's migrations make exactly its models
	$(PY) -m kit.testing.migrations check

.PHONY: migration
migration: $(DEV_STAMP) ## Draft a migration: make migration SERVICE=casefile MESSAGE="what changes"
	$(PY) -m kit.testing.migrations new "$(SERVICE)" "$(MESSAGE)"

.PHONY: css
css: ## Make the pages' vendored CSS and JS again (needs npm; nothing else does)
	staff/static/vendor/build.sh

##@ Measure and ship

.PHONY: bench
bench: $(DEV_STAMP) ## Measure beside the peers and the limit, in one table
	$(UV) pip install -q --require-hashes -r requirements-peers.lock
	$(PY) -m benchmarks

.PHONY: chaos
chaos: $(DEV_STAMP) ## Break everything in turn while people work; one table of faults with figures (T=... chooses some)
	$(PY) -m pytest -m "chaos or full" $(or $(T),tests/chaos) --timeout 600

.PHONY: audit
audit: $(DEV_STAMP) ## Dependencies, licences, secrets; says plainly what it could not look at
	@$(PY) -m deploy.audit

.PHONY: k8s-validate
k8s-validate: $(DEV_STAMP) ## Render and check the Kubernetes manifests
	$(PY) -m deploy.k8s.validate

# BASE and BUILDER replace the base images (deploy/image/base.sh makes two from Debian packages); IMAGE_FLAGS goes to the
# tool as it is, say --isolation chroot --network host --secret id=pip,src=pip.conf
.PHONY: image
image: ## Build the one container image (with buildah, podman or docker; BASE=, BUILDER=, IMAGE_FLAGS=)
	@tool=$$(command -v buildah || command -v podman || command -v docker) || \
		{ echo "An image needs buildah, podman or docker." >&2; exit 1; }; \
	case "$$tool" in *docker) format= ;; *) format="--format docker" ;; esac; \
	"$$tool" build $$format $(if $(BASE),--build-arg BASE=$(BASE)) $(if $(BUILDER),--build-arg BUILDER=$(BUILDER)) \
		$(IMAGE_FLAGS) -t newstart:latest .

.PHONY: restore-drill
restore-drill: $(DEV_STAMP) ## Back up a borough, lose it, bring it back, compare; with a clock (SIZE=tiny|demo|borough)
	$(PY) -m deploy.drill --size $(or $(SIZE),tiny)

.PHONY: capacity
capacity: $(DEV_STAMP) ## Compute docs/capacity.md from the measured costs
	$(PY) -m deploy.capacity

##@ Housekeeping

.PHONY: lock
lock: $(DEV_STAMP) ## Resolve pyproject.toml into the lock files again; existing pins stay
	echo uv | $(UV) pip compile -q - --generate-hashes --no-header --no-annotate -o requirements-uv.lock
	$(UV) pip compile -q pyproject.toml --extra embedded --generate-hashes -o requirements.lock
	$(UV) pip compile -q pyproject.toml --extra dev --generate-hashes -c requirements.lock -o requirements-dev.lock
	$(UV) pip compile -q pyproject.toml --extra peers --generate-hashes -c requirements-dev.lock -o requirements-peers.lock

.PHONY: clean
clean: ## Remove what was installed and cached; data stay
	rm -rf $(VENV) .ruff_cache .mypy_cache .pytest_cache .hypothesis .import_linter_cache .coverage* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: reset
reset: $(RUN_STAMP) ## Remove the data, logs and secrets of this folder's platform
	@$(PY) -m kit.run.supervisor --reset

# --- How the environment comes to be -------------------------------------------------------------------------------

$(PY):
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or later is needed, and none was found; python3 is $$(python3 --version 2>&1 || true)." >&2; \
		echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) is older than Python 3.11." >&2; exit 1; }
	@rm -rf $(VENV)
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make a virtual environment (on Debian: apt install python3-venv)." >&2; exit 1; }

$(UV): requirements-uv.lock | $(PY)
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-uv.lock
	@touch $@

# `sync` removes what no lock names, uv itself too. Where the tools are installed, a new lock must not take them away.
$(RUN_STAMP): requirements.lock $(UV)
	@if [ -e $(DEV_STAMP) ]; then $(MAKE) $(DEV_STAMP); else \
		$(UV) pip sync -q --require-hashes requirements.lock requirements-uv.lock; fi
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(UV)
	$(UV) pip sync -q --require-hashes requirements-dev.lock requirements-uv.lock
	@touch $@ $(RUN_STAMP)
