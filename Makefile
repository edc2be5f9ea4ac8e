# `make help` lists the targets. Each installs what it needs: system packages (root or sudo) and a Python venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# An import that no target dependency declares is an error, so the walls of ARCHITECTURE.md hold.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
PYTHON := devchain/.venv/bin/python
BINARY := .build/debug/vaultkeeper
export VAULTKEEPER_PYTHON := $(abspath $(PYTHON))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## install the system packages that are missing
	@packaging/build-dependencies

.PHONY: deps-tests
deps-tests: # beside that, the packages that only tests need
	@packaging/build-dependencies --tests

.PHONY: devchain
devchain: deps ## set up the local EVM chain (Python venv, contract artefacts from PyPI)
	@devchain/setup.sh

.PHONY: devchain-tests
devchain-tests: deps-tests # beside that, the interfaces that tests and fixtures compare with
	@devchain/setup.sh --tests

.PHONY: build
build: deps ## build (debug)
	swift build $(SWIFT_FLAGS)

.PHONY: release
release: deps ## build the binary to ship: optimised, Swift's libraries linked in
	swift build $(SWIFT_FLAGS) -c release --static-swift-stdlib --product vaultkeeper --scratch-path .build-release

.PHONY: demo
demo: devchain build ## hedge a vault on a local EVM chain and print the table of ticks
	@$(PYTHON) devchain/demo.py --binary $(BINARY)

.PHONY: test
test: devchain-tests ## build and run every test
	swift build $(SWIFT_FLAGS) --build-tests
	$(PYTHON) -m pytest -q devchain/tests
	.build/debug/vaultkeeper-lab ethereum-tests Tests/Fixtures/Ethereum
	swift test $(SWIFT_FLAGS) --skip-build
	$(PYTHON) Tests/Mutants/mutants.py --quick

.PHONY: lease-rounds
lease-rounds: devchain-tests ## two daemons, a real etcd, and ROUNDS leaders that come to harm (default 50)
	swift build $(SWIFT_FLAGS) --build-tests
	VAULTKEEPER_LEASE_ROUNDS=$(or $(ROUNDS),50) swift test $(SWIFT_FLAGS) --skip-build --filter ChainTests.LeaseTests

# Leaks are not looked for: a test's process keeps its caches to its end. ChainTests run another program, which has no
# sanitizer in it.
.PHONY: sanitizers
sanitizers: deps-tests ## every test but those against a chain, under the address and the thread sanitizer (an hour)
	for kind in address thread; do \
	  ASAN_OPTIONS=detect_leaks=0 swift test $(SWIFT_FLAGS) --sanitize=$$kind --scratch-path .build-$$kind \
	    --skip ChainTests --skip CommandLineTests || exit 1; \
	done

.PHONY: kills
kills: devchain-tests ## kill the daemon KILLS times (default 200) on the local EVM chain, under faults and reorgs
	swift build $(SWIFT_FLAGS) --build-tests
	VAULTKEEPER_KILLS=$(or $(KILLS),200) swift test $(SWIFT_FLAGS) --skip-build --filter ChainTests.RandomKillTests

# The world, its faults and its judges; optimised, since a seed is hours of a chain. One build serves the laboratory and
# the tests that are run optimised, so that CI needs no second.
LAB_BUILD := VAULTKEEPER_TESTS=OutboxTests swift build $(SWIFT_FLAGS) -c release -Xswiftc -enable-testing \
  --scratch-path .build-lab
LAB := .build-lab/release/vaultkeeper-lab

.PHONY: lab
lab: deps # build it
	$(LAB_BUILD) --product vaultkeeper-lab

.PHONY: storm
storm: lab ## run the keeper through the storms of SEEDS (default 1-1000), with JOBS threads (default 1)
	$(LAB) storm --seeds $(or $(SEEDS),1-1000) --jobs $(or $(JOBS),1)

.PHONY: crash-points
crash-points: lab ## kill the keeper at every boundary of a run, with JOBS threads (default 1)
	$(LAB) crash-points --jobs $(or $(JOBS),1)

.PHONY: mutants
mutants: devchain-tests ## plant one fault at a time and see which test notices (an hour); the table goes into the docs
	$(PYTHON) Tests/Mutants/mutants.py --write docs/reliability.md

WALK := .build-lab/release/vaultkeeperPackageTests.xctest

.PHONY: walk
walk: deps ## walk every order of DEPTH events (default 5) in the outbox's small world
	$(LAB_BUILD) --product vaultkeeperPackageTests
	VAULTKEEPER_WALK_DEPTH=$(or $(DEPTH),5) $(WALK) --testing-library swift-testing --filter everyOrderOfEvents

.PHONY: check
check: devchain ## format, generated code and compiled contracts are as committed
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	swift build $(SWIFT_FLAGS) --product abigen
	.build/debug/abigen --check
	$(PYTHON) devchain/contracts/build.py --check

.PHONY: abi
abi: deps ## write Sources/Contracts/Generated from abi/
	swift build $(SWIFT_FLAGS) --product abigen
	.build/debug/abigen

.PHONY: fixtures
fixtures: devchain-tests ## write Tests/Fixtures again with the independent libraries
	for script in Tests/Fixtures/make_*.py; do $(PYTHON) $$script; done

.PHONY: ethereum-tests
ethereum-tests: deps ## run the official test files found under DIR=folder
	@test -n "$(DIR)" || { echo "usage: make ethereum-tests DIR=folder (a checkout of ethereum/tests, or a part)" >&2; exit 64; }
	$(LAB_BUILD) --product vaultkeeper-lab
	$(LAB) ethereum-tests "$(DIR)"

.PHONY: vectors
vectors: lab ## run every file of test vectors found under DIR=folder; DATA=folder holds the data files they name
	@test -n "$(DIR)" || { echo "usage: make vectors DIR=folder [DATA=folder]" >&2; exit 64; }
	$(LAB) vectors "$(DIR)" $(if $(DATA),--data "$(DATA)")

.PHONY: papers
papers: lab ## reproduce published results; DATA=folder holds price histories, ONLY=A,C picks some, WRITE=file keeps them
	$(LAB) papers $(if $(DATA),--data "$(DATA)") $(if $(ONLY),--only "$(ONLY)") $(if $(WRITE),--write "$(WRITE)")

.PHONY: benchmarks
benchmarks: lab ## print how fast the hot formulas and a decision are, as ratios to C, numpy and py_lets_be_rational
	@python3 Benchmarks/run.py $(LAB)

.PHONY: test-chain
test-chain: build ## check and dry-run against RPC=url with CONFIG=file; signs only with SIGN=1
	@test -n "$(RPC)" -a -n "$(CONFIG)" || { echo "usage: make test-chain RPC=url CONFIG=file [SIGN=1]" >&2; exit 64; }
	@VAULTKEEPER_CHAIN_RPC="$(RPC)" VAULTKEEPER_CHAIN_CONFIG="$(abspath $(CONFIG))" VAULTKEEPER_CHAIN_SIGN="$(SIGN)" \
	  Tests/ChainTests/anychain "$(BINARY)"

.PHONY: fuzz
fuzz: deps ## run the decoders on ITERATIONS inputs (default 10 million), optimised
	VAULTKEEPER_FUZZ_ITERATIONS=$(or $(ITERATIONS),10000000) \
	  swift test $(SWIFT_FLAGS) -c release --scratch-path .build-release -Xswiftc -enable-testing --filter Fuzz

.PHONY: clean
clean: ## remove what was built
	rm -rf .build .build-release .build-mutants .build-lab .build-benchmarks .build-address .build-thread .demo
