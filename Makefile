# SPDX-License-Identifier: Apache-2.0
# mcpctl. Every target works alone from a bare clone; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# One scratch folder per flavour: other compiler flags in the same folder would rebuild everything.
DEBUG_SCRATCH := .build
RELEASE_SCRATCH := .build-release
DEBUG_FLAGS := --scratch-path $(DEBUG_SCRATCH) --explicit-target-dependency-import-check error
RELEASE_FLAGS := -c release --scratch-path $(RELEASE_SCRATCH) --static-swift-stdlib \
	-Xswiftc -cross-module-optimization -Xswiftc -enforce-exclusivity=unchecked
RELEASE_BINARY := $(RELEASE_SCRATCH)/release/mcpctl
# nginx lies where only root looks.
export PATH := $(PATH):/usr/sbin:/sbin
export SWIFT DEBUG_SCRATCH DEBUG_FLAGS RELEASE_BINARY

# What `make serve` runs; `make serve TRANSPORT=sse PORT=9000 SERVE_FLAGS=…` changes it.
TRANSPORT ?= http-stream
PORT ?= 8000
SERVE_FLAGS ?=

.PHONY: help deps test-deps check-deps bench-deps features-deps build release serve test test-cluster cluster-demo check bench features install uninstall clean generate compliance

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 20

deps: ## install the libraries a build needs (Debian and Ubuntu; elsewhere: name them)
	@scripts/deps.sh build

test-deps check-deps bench-deps features-deps:
	@scripts/deps.sh build $(@:-deps=)

build: release ## build the optimised mcpctl

release: deps
	@echo "==> building mcpctl, optimised (the first time this takes a few minutes)"
	@$(SWIFT) build $(RELEASE_FLAGS) --product mcpctl
	@echo "==> built $(RELEASE_BINARY)"

serve: release ## build and serve over HTTP (TRANSPORT=, PORT=, SERVE_FLAGS=)
	@echo "==> serving; Ctrl-C stops"
	@exec $(CURDIR)/$(RELEASE_BINARY) serve --transport $(TRANSPORT) --port $(PORT) $(SERVE_FLAGS)

test: test-deps ## run every test: unit, end to end, and interop with the Python SDK
	@scripts/test.sh

test-cluster: test-deps ## several servers, a Redis and an nginx: what has to be so whatever happens (under 10 minutes)
	@$(SWIFT) build $(DEBUG_FLAGS) --product mcpctl
	@scripts/test-cluster.sh $(DEBUG_SCRATCH)/debug/mcpctl $(CLUSTER_FLAGS)

cluster-demo: test-deps release ## three servers, a Redis and an nginx; kills one during 1000 calls and tells what happened
	@PYTHONDONTWRITEBYTECODE=1 python3 Tests/Cluster/demo.py $(RELEASE_BINARY)

check: test-deps check-deps release ## format, warnings, imports, unsafe code, generated files, fuzzers, instruction counts
	@RELEASE_FLAGS='$(RELEASE_FLAGS)' scripts/check.sh

bench: test-deps bench-deps release ## measure against nginx and the Python servers (BENCH_FLAGS=--quick)
	@$(SWIFT) build $(RELEASE_FLAGS) --product EverythingServer
	@python3 Benchmarks/bench.py --binary $(RELEASE_BINARY) $(BENCH_FLAGS)

features: features-deps bench-deps release ## run the commands of the finished rows of docs/features.md
	@python3 scripts/features.py --binary $(RELEASE_BINARY) $(FEATURES_FLAGS)

compliance: test-deps ## run every test, and say which requirements of the protocol they prove (COMPLIANCE_LOGS= reads an earlier run)
	@scripts/compliance.sh $(COMPLIANCE_LOGS)

generate: deps ## write man pages and completions anew from the command model
	@$(SWIFT) build $(DEBUG_FLAGS) --product mcpctl
	@scripts/generate.sh $(DEBUG_SCRATCH)/debug/mcpctl .

install: ## install below PREFIX (default /usr/local), staged below DESTDIR
	@if command -v $(SWIFT) >/dev/null; then $(MAKE) --no-print-directory release; \
	elif [ ! -x $(RELEASE_BINARY) ]; then echo "install: run 'make build' first, as a user who has Swift on PATH" >&2; exit 1; fi
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install.sh install $(RELEASE_BINARY)

uninstall: ## remove what install put there
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install.sh uninstall

clean: ## remove everything built
	rm -rf .build .build-*
