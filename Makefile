# make repl   builds fql and starts its shell        make test   runs every test
# make help   lists the rest

SWIFT ?= swift
PYTHON ?= python3
PREFIX ?= /usr/local
DESTDIR ?=
# Exclusive access is checked in debug builds, which all tests use; the release does without.
RELEASE = -c release --static-swift-stdlib --disable-local-rpath -Xswiftc -cross-module-optimization \
  -Xswiftc -enforce-exclusivity=unchecked $(shell scripts/static-libraries.sh)
# Warnings as errors: make test STRICT=1
STRICT ?=
FLAGS = $(if $(STRICT),-Xswiftc -warnings-as-errors)
BINARY = .build/release/fql
DEBUG_BINARY = .build/debug/fql
SOURCES = Sources Tests Package.swift

.DEFAULT_GOAL := build
.PHONY: help repl build test unit conformance golden golden-test shell-test kill-test lint format install uninstall bench clean deps check-deps

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "make %-12s %s\n", $$1, $$2}'

repl: deps build ## install missing libraries, build the release, start the shell
	@$(BINARY)

build: check-deps ## build the release: .build/release/fql
	$(SWIFT) build $(RELEASE) $(FLAGS) --product fql
	@# Ten megabytes less, and in one piece: it is loaded in fewer faults.
	@if [ "$$(uname)" = Linux ] && command -v strip >/dev/null 2>&1; then strip -S $(BINARY); fi

deps: ## install the system libraries that are missing
	@SWIFT="$(SWIFT)" scripts/dependencies.sh install

check-deps:
	@SWIFT="$(SWIFT)" scripts/dependencies.sh check

test: test-deps unit golden-test shell-test kill-test ## run everything: units, conformance, scripts, the shell on a terminal, kills

.PHONY: test-deps
test-deps:
	@SWIFT="$(SWIFT)" scripts/dependencies.sh install test

unit: check-deps
	$(SWIFT) build --build-tests $(FLAGS)
	$(SWIFT) test --skip-build

conformance: build ## run the conformance cases against the release
	$(PYTHON) Tests/Conformance/run.py --bin $(BINARY) --contested Tests/Conformance/contested.txt

$(DEBUG_BINARY): check-deps
	$(SWIFT) build $(FLAGS) --product fql

golden-test: $(DEBUG_BINARY)
	$(PYTHON) Tests/Golden/run.py --bin $(DEBUG_BINARY)

golden: $(DEBUG_BINARY) ## write the expected output of Tests/Golden and examples anew (then read the diff)
	$(PYTHON) Tests/Golden/run.py --bin $(DEBUG_BINARY) --update
	git diff --stat -- Tests/Golden examples

shell-test: $(DEBUG_BINARY)
	$(PYTHON) Tests/Shell/run.py --bin $(DEBUG_BINARY)

kill-test: $(DEBUG_BINARY) ## kill a writing process many times and look at the file (longer: Tests/Durability/run.py --seconds 600)
	$(PYTHON) Tests/Durability/run.py --bin $(DEBUG_BINARY) --seconds 8

lint: ## check the layout of the sources
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format: ## lay the sources out
	$(SWIFT) format format --in-place --parallel --recursive $(SOURCES)

install: build ## put the binary, the manual and the completions under PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/fql
	install -m 644 docs/fql.1 $(DESTDIR)$(PREFIX)/share/man/man1/fql.1
	install -m 644 completions/fql.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/fql
	install -m 644 completions/_fql $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_fql
	install -m 644 completions/fql.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/fql.fish

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/fql $(DESTDIR)$(PREFIX)/share/man/man1/fql.1 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/fql $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_fql \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/fql.fish

bench: build ## compare with sqlite3, jq, node and python3 (ARGS='--only get --runs 5')
	$(PYTHON) Benchmarks/compare.py $(BINARY) $(ARGS)

clean: ## remove what was built
	rm -rf .build
