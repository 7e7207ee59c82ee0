# Every habit of this repository is a target here; `make help` lists them.
# Only Go is needed for run, build, test, demo, golden, bench and fuzz.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# Arguments for the program: make run ARGS="list -o json"
ARGS ?=
# Which packages test, race and bench look at.
PKGS ?= ./...
# More flags for go test: make test TESTFLAGS="-v -run Fold"
TESTFLAGS ?=
# How long each fuzz target runs.
FUZZTIME ?= 30s
# What test-durability tries: processes killed, power cuts, bits flipped; and the
# seed that repeats a run, 0 for a new one. docs/durability.md has the long run.
KILLS ?= 300
CUTS ?= 25
FLIPS ?= 50
SEED ?= 0
DURABILITY_TIMEOUT ?= 20m
# How many seeds the simulator runs, from which on; and the only class of faults, by
# the name that it prints, for all of them.
SEEDS ?= 2000
FIRST ?= 1
FAULTS ?=
# Which benchmarks run.
BENCH ?= .

# A package's tests take well under a minute; ten are for the slowest machine.
TIMEOUT := 10m
# Without cgo the program is one static file, which starts a few milliseconds sooner
# and runs on any Linux.
BIN := bin/warroom
# A module of its own, so that a tool's dependencies never reach the product's.
STATICCHECK := go tool -modfile=.ci/tools/go.mod staticcheck
CODE := cmd model storage sync themes tui
# packages PATTERN: the folders whose tests hold the pattern, one to a line.
packages = grep -rlE --include='*_test.go' $(1) $(CODE) 2>/dev/null | sed 's|/[^/]*$$||; s|^|./|' | sort -u

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/warroom
	CGO_ENABLED=0 go build -trimpath -o $(BIN) ./cmd/warroom

.PHONY: run
run: build ## Build and start the console (ARGS="..." for a verb)
	@$(BIN) $(ARGS)

.PHONY: demo
demo: build ## Show a room with invented incidents; nothing is kept
	@$(BIN) demo $(ARGS)

.PHONY: test
test: ## Run all tests that need only Go (PKGS, TESTFLAGS)
	go test -timeout $(TIMEOUT) $(TESTFLAGS) $(PKGS)

.PHONY: check
check: ## Check format, vet, staticcheck, modules, rules and the README's key table
	@unformatted=$$(gofmt -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "gofmt -w would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(STATICCHECK) ./...
	go mod verify
	go mod tidy -diff
	go test .
	go test -run '(?i)readme' ./cmd/... ./tui/...

.PHONY: race
race: ## Run the tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race -timeout $(TIMEOUT) $(TESTFLAGS) $(PKGS)

.PHONY: golden
golden: ## Write the golden files anew; read the diff before committing it
	@packages=$$($(call packages,'flag[.]Bool.*"update"|golden[.]Equal')); \
	if [ -z "$$packages" ]; then echo "no package has golden files: none of its tests defines -update"; exit 1; fi; \
	go test -count=1 -run Golden $$packages -update
	@git status --short -- '*testdata*' docs/examples || true

.PHONY: bench
bench: ## Run the benchmarks (PKGS, BENCH)
	go test -run '^$$' -bench '$(BENCH)' -benchmem $(PKGS)

.PHONY: bench-peers
bench-peers: ## Compare the store with bbolt and SQLite in one run (ARGS="-events 1000000")
	cd .ci/bench && go run . $(ARGS)

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME each
	@.ci/fuzz $(FUZZTIME)

.PHONY: e2e
e2e: ## Run the tests that need tmux, ssh, Alertmanager and networks; a skip of one fails
	@packages=$$($(call packages,'WARROOM_E2E') | grep -v '^./storage/durability$$'); \
	if [ -z "$$packages" ]; then echo "no test asks for WARROOM_E2E"; exit 1; fi; \
	echo "WARROOM_E2E=1 go test" $$packages; \
	WARROOM_E2E=1 go test -count=1 -timeout $(TIMEOUT) $(TESTFLAGS) $$packages

.PHONY: test-durability
test-durability: ## Kill, cut, fill and damage stores (KILLS, CUTS, FLIPS, SEED); all of it as root
	go test -count=1 -v -timeout $(DURABILITY_TIMEOUT) $(TESTFLAGS) ./storage/durability \
		-kills $(KILLS) -cuts $(CUTS) -flips $(FLIPS) -seed $(SEED)

.PHONY: sim
sim: ## Run rooms on a made-up network and disk, and break them (SEEDS, FIRST, FAULTS)
	GOGC=400 go test -count=1 -v -timeout 60m $(TESTFLAGS) ./sync/sim -run '^TestSeeds$$' \
		-seeds $(SEEDS) -first $(FIRST) -only '$(FAULTS)'

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin
