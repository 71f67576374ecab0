# Everything that this project can do, one word each: `make help`.
#
# Set-up is a chain of stamps: each piece is made again only when what it is made of has changed, and an
# interrupted set-up goes on where it stopped. What it builds stays in the checkout (.venv, node_modules,
# build), ignored by git; what the running service writes goes to VAR_DIR (default: var/).
# A variable given on the command line or in the environment (PORT, VAR_DIR, SIMULATOR ...) reaches the service.

ifeq ($(filter oneshell,$(.FEATURES)),)
$(error This Makefile needs GNU make 3.82 or newer (on a Mac: gmake))
endif
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PY := .venv/bin/python
STAMPS := build/stamps
LOG := build/set-up.log

# -- what the machine itself must bring (Debian's names) ---------------------------------------------
# WeasyPrint's text layout, and the compiler of message catalogues:
PACKAGES_RUN := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 gettext
# For the tests: the browser and Thai system fonts, the production database and broker, PDF to text and picture,
# a clock that can be moved:
PACKAGES_TEST := chromium-headless-shell fonts-thai-tlwg-ttf postgresql redis-server poppler-utils faketime

# -- helpers of the recipes --------------------------------------------------------------------------
define HELPERS
say() { printf '\033[1m»\033[0m %s\n' "$$*"; }
# Runs a command with its output in the log; on failure shows the end of it and what to do.
quietly() {
  mkdir -p $(STAMPS); printf '\n$$ %s\n' "$$*" >>$(LOG)
  local before; before=$$(wc -c <$(LOG))
  "$$@" >>$(LOG) 2>&1 </dev/null && return
  tail -c +"$$((before + 1))" $(LOG) | tail -n 25 >&2
  printf '\n%s\n' "Set-up stopped at: $$*" "The whole output is in $(LOG). Mend the cause and give the same command again: it goes on from here." >&2
  return 1
}
stamp() { mkdir -p "$$(dirname "$$1")"; touch "$$1"; }
export PATH="$$PWD/.venv/bin:$$PATH"
endef

# Installs what is missing of the packages named. Services that a package would start are held back:
# the tests start servers of their own, on free ports, and nothing here needs a running one.
define INSTALL_PACKAGES
$(HELPERS)
missing=()
if command -v dpkg-query >/dev/null; then
  for package in $(1); do
    dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing+=("$$package")
  done
  $(CHOOSE_PYTHON)
  [ -z "$$python" ] || "$$python" -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
else
  say "No apt here. If something is missing later, install what Debian calls: $(1)"
fi
if [ $${#missing[@]} -gt 0 ]; then
  root=(); [ "$$(id -u)" = 0 ] || root=(sudo)
  if [ "$$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    say "Not root, and no sudo here. As root: apt-get install --no-install-recommends $${missing[*]}"
  else
    say "System packages: $${missing[*]}"
    [ "$${#root[@]}" = 0 ] || sudo -v
    install=("$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o DPkg::Lock::Timeout=300)
    guards=()
    hold() { [ -e "$$1" ] || { printf '%s\n' "$$2" | "$${root[@]}" tee "$$1" >/dev/null && "$${root[@]}" chmod 755 "$$1" && guards+=("$$1"); }; }
    trap '[ $${#guards[@]} = 0 ] || "$${root[@]}" rm -f "$${guards[@]}"' EXIT
    hold /usr/sbin/policy-rc.d $$'#!/bin/sh\nexit 101'
    if [[ " $${missing[*]} " == *" postgresql "* ]]; then
      "$${root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
      hold /etc/postgresql-common/createcluster.d/no-cluster.conf 'create_main_cluster = false'
    fi
    if [ -z "$$(find $(STAMPS) -name apt-updated -mmin -60 2>/dev/null)" ]; then
      quietly "$${install[@]}" update
      stamp $(STAMPS)/apt-updated
    fi
    quietly "$${install[@]}" install --no-install-recommends "$${missing[@]}"
  fi
fi
endef

# Sets $$python to the first Python that fits (3.11 up to 3.13, what the locks are made for), or to nothing.
# PYTHON=... chooses another.
define CHOOSE_PYTHON
python=
for name in $${PYTHON:-python3 python3.11 python3.12 python3.13}; do
  "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { python=$$name; break; }
done
endef

##@ For everyone
.PHONY: help run test bench chaos books eval pictures
help: ## This list
	@awk 'BEGIN { FS = ":.*## " }
	/^##@ / { printf "\n\033[1m%s\033[0m\n", substr($$0, 5) }
	/^[a-z-]+:.*## / { printf "  \033[36m%-10s\033[0m %s\n", $$1, $$2 }' Makefile

# `exec` makes the service the direct child of make, so that make hands a SIGTERM on to it. Of a SIGINT that
# reaches only make's own process (no terminal's Ctrl-C: that reaches all of us) make only takes note, and waits;
# the watch beside the service sees that, and make's death, and ends the service.
run: setup ## Set up what is missing, then the whole service on http://localhost:8000 (PORT=…, VAR_DIR=…)
	@service=$$$$
	catches_interrupt() {
	  local key value
	  while read -r key value; do
	    case $$key$$value in State:Z*) return 1;; SigCgt:*) return $$(( ! (0x$$value & 2) ));; esac
	  done 2>/dev/null </proc/$$PPID/status
	  return 1
	}
	if catches_interrupt; then
	  ( while kill -0 $$service 2>/dev/null && catches_interrupt; do sleep 0.5; done; kill -TERM $$service 2>/dev/null || true ) &
	fi
	exec $(PY) manage.py serve

test: setup-test lint ## Set up what is missing, then the static checks and every test (ARGS="-k words" chooses)
	@rm -rf build/test
	VAR_DIR=build/test exec $(PY) -m pytest $(ARGS)

pictures: setup-test ## Take the README's pictures anew, from the browser tests of the journeys
	@PICTURES=1 $(PY) -m pytest -n0 $(addprefix bannmae/tests/test_,journey.py chat_journey.py payment_journey.py)

chaos: setup-test ## Delivery under every fault, long, and its table (ARGS="--seed 7 --only killed")
	@VAR_DIR=build/chaos exec $(PY) -m bannmae.tests.faults $(ARGS)

bench: setup-test ## The benchmarks: a table, and bench.json
	@exec $(PY) manage.py bench

books: setup-test ## Many clerks issue at once and some are killed: the books' figures (ARGS="1000 40")
	@VAR_DIR=build/books exec $(PY) -m payments.tests.at_once measure $(ARGS)

eval: setup ## How good the automatic answers are, as a table (ARGS=--wrong lists what went wrong)
	@exec $(PY) -m chatops.answers.evaluation $(ARGS)

##@ For developers
.PHONY: lint format lock catalogs clean setup setup-test steps steps-test
lint: setup ## Style, arrows between the rooms, types
	@$(PY) -m ruff check --quiet
	$(PY) -m ruff format --check --quiet || { $(PY) -m ruff format --check; exit 1; }
	.venv/bin/lint-imports --no-logo >build/lint-imports.log || { cat build/lint-imports.log; exit 1; }
	VAR_DIR=build/lint $(PY) -m mypy --no-error-summary

format: setup ## Put every Python file into the house's style
	@$(PY) -m ruff check --fix
	$(PY) -m ruff format

lock: setup ## Make the lock files anew from requirements*.txt and package.json
	@$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements.txt --output-file requirements.lock
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --constraint requirements.lock requirements-dev.txt --output-file requirements-dev.lock
	$(HELPERS)
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

clean: ## Remove what set-up built; the service's data stays
	@rm -rf build .venv node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.mo' -not -path './var/*' -delete

# One set-up at a time in one checkout: two terminals may well start side by side.
setup: STEPS := steps
setup: ## Only the set-up that `make run` needs
setup-test: STEPS := steps-test
setup-test: ## Only the set-up that `make test` needs
setup setup-test:
	@mkdir -p $(STAMPS)
	if command -v flock >/dev/null; then
	  exec 9>build/set-up.lock
	  flock --nonblock 9 || { echo "Waiting for another set-up in this folder …"; flock 9; }
	fi
	$(MAKE) $(STEPS)

steps: $(STAMPS)/packages-run .venv/stamp node_modules/stamp build/fonts/stamp build/icons/stamp build/answers/stamp bundles catalogs $(STAMPS)/collected
	@:
steps-test: $(STAMPS)/packages-test steps
	@:

# -- 1. system packages ------------------------------------------------------------------------------
$(STAMPS)/packages-run: Makefile
	@$(call INSTALL_PACKAGES,$(PACKAGES_RUN))
	stamp $@

$(STAMPS)/packages-test: Makefile | $(STAMPS)/packages-run
	@$(call INSTALL_PACKAGES,$(PACKAGES_TEST))
	stamp $@

# -- 2. Python ---------------------------------------------------------------------------------------
# A virtual environment whose Python has gone (a distribution upgrade, a copied checkout) is made anew.
VENV_WORKS := $(realpath .venv/bin/python)
.venv/stamp: requirements-dev.lock $(if $(VENV_WORKS),,no-venv) | $(STAMPS)/packages-run
	@$(HELPERS)
	if [ -z "$(VENV_WORKS)" ]; then
	  $(CHOOSE_PYTHON)
	  [ -n "$$python" ] || { echo "Python 3.11, 3.12 or 3.13 is needed: none of python3, python3.11, python3.12, python3.13 is one (PYTHON=… names another)." >&2; exit 1; }
	  say "Virtual environment (.venv) with $$("$$python" --version)"
	  rm -rf .venv
	  quietly "$$python" -m venv .venv || { rm -rf .venv; exit 1; }
	fi
	say "Python packages"
	# The lock holds uv itself, with its hashes: pip brings that one, uv brings the rest.
	awk '/^[a-z]/ { on = /^uv==/ } on && !/^ *#/' requirements-dev.lock >build/uv.lock
	cmp -s build/uv.lock .venv/uv.lock || quietly $(PY) -m pip install --disable-pip-version-check --no-deps --require-hashes -r build/uv.lock
	cp build/uv.lock .venv/uv.lock
	# uv reads no pip.conf: a mirror that is configured there is handed on; certificates are the machine's.
	index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null || true)}}
	[ -z "$$index" ] || export UV_DEFAULT_INDEX=$$index
	export UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=$${UV_LINK_MODE:-copy}
	if ! $(PY) -m uv pip sync --require-hashes --compile-bytecode --python $(PY) requirements-dev.lock >>$(LOG) 2>&1 </dev/null; then
	  say "uv could not; once more with pip, which takes a minute"
	  quietly $(PY) -m pip install --disable-pip-version-check --require-hashes -r requirements-dev.lock
	fi
	stamp $@

.PHONY: no-venv
no-venv:

# -- 3. npm packages: no scripts of theirs are run ----------------------------------------------------
node_modules/stamp: package-lock.json package.json | .venv/stamp
	@$(HELPERS)
	say "npm packages"
	export NODE_USE_SYSTEM_CA=1
	quietly npm ci --ignore-scripts --no-audit --no-fund
	stamp $@

# -- 4. assets ---------------------------------------------------------------------------------------
build/fonts/stamp: $(wildcard bannmae/paper/fonts.py) node_modules/stamp
	@$(HELPERS)
	say "Fonts for paper"
	quietly $(PY) -m bannmae.paper.fonts build/fonts
	stamp $@

build/icons/stamp: $(wildcard chatops/menu/artwork.py) node_modules/stamp
	@$(HELPERS)
	quietly $(PY) -m chatops.menu.artwork build/icons
	stamp $@

build/answers/stamp: $(wildcard chatops/answers/learned.py chatops/answers/tone.py chatops/answers/words.py chatops/answers/data/*.* chatops/answers/data/training/*.tsv) .venv/stamp
	@$(HELPERS)
	say "What messages read like, learned from examples"
	quietly $(PY) -m chatops.answers.learned build/answers
	stamp $@

# One bundle folder for each front-end folder: every .js or .ts that lies directly in it is an entry.
# The folders themselves are prerequisites too, so that a removed file is noticed.
ESBUILD := node_modules/.bin/esbuild --bundle --minify --sourcemap --target=es2019 --charset=utf8 --log-level=warning \
  --loader:.woff2=file --loader:.woff=file --loader:.png=file --loader:.svg=text --asset-names=assets/[name]-[hash]
sources = $(if $(wildcard $(1)),$(shell find $(1) -name '*.*' -o -type d))
BUNDLES := build/static/liff build/static/simulator build/static/complaints build/static/chatops build/static/payments
build/static/liff/stamp: SOURCE := liff/frontend
build/static/simulator/stamp: SOURCE := chatops/simulator/phone
build/static/complaints/stamp: SOURCE := complaints/frontend
build/static/chatops/stamp: SOURCE := chatops/frontend
build/static/payments/stamp: SOURCE := payments/frontend
build/static/liff/stamp: $(call sources,liff/frontend)
build/static/simulator/stamp: $(call sources,chatops/simulator/phone)
build/static/complaints/stamp: $(call sources,complaints/frontend) $(call sources,bannmae/frontend)
build/static/chatops/stamp: $(call sources,chatops/frontend) $(call sources,bannmae/frontend)
build/static/payments/stamp: $(call sources,payments/frontend) $(call sources,bannmae/frontend)
$(BUNDLES:=/stamp): Makefile node_modules/stamp
	@$(HELPERS)
	shopt -s nullglob
	entries=($(SOURCE)/*.js $(SOURCE)/*.ts)
	rm -rf $(@D)
	if [ $${#entries[@]} -gt 0 ]; then
	  say "Bundle of $(SOURCE)"
	  quietly $(ESBUILD) --outdir=$(@D) "$${entries[@]}"
	fi
	stamp $@

.PHONY: bundles
bundles: $(BUNDLES:=/stamp)

# -- 5. message catalogues ---------------------------------------------------------------------------
PO := $(shell find . \( -name .venv -o -name node_modules -o -name build -o -name var -o -name .git \) -prune -o -name '*.po' -print)
catalogs: $(PO:.po=.mo) ## Compile the message catalogues
%.mo: %.po | $(STAMPS)/packages-run
	@$(HELPERS)
	quietly msgfmt --check-format -o $@ $<

# -- 6. what whitenoise serves: everything under a name with its hash, compressed ----------------------
STATIC := $(foreach room,bannmae chatops complaints payments liff,$(call sources,$(room)/static))
$(STAMPS)/collected: $(BUNDLES:=/stamp) .venv/stamp $(STATIC) bannmae/settings.py
	@$(HELPERS)
	say "Static files"
	DATABASE_URL=sqlite:///build/set-up.sqlite3 VAR_DIR=build/set-up SIMULATOR=off DEBUG=off \
	  quietly $(PY) manage.py collectstatic --noinput --clear
	rm -rf build/set-up build/set-up.sqlite3
	stamp $@
