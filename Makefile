# BitTrickle: what there is to make. `make` alone says so.

SWIFT ?= swift
PREFIX ?= /usr/local
SYSCONFDIR ?= $(PREFIX)/etc
DESTDIR ?=
BUILD = $(SWIFT) build -c release
# Everything is built once, in release: with `package` access the tests need no other configuration.
TEST = $(SWIFT) test -c release --skip-build --disable-xctest

# What goes elsewhere says which commit it is of.
STAMPED = BITTRICKLE_VERSION="$$(Scripts/version)" $(BUILD)
# For packages: nothing of Swift needs to be there where they are installed, and nothing in them says where they were built. All of
# Swift is built anew for it, so it has a place of its own. What the loader fills in cannot be written to afterwards (-z now).
STATIC = $(STAMPED) --static-swift-stdlib --scratch-path .build-static \
	-debug-info-format none -Xcc -ffile-prefix-map=$(CURDIR)=. -Xswiftc -file-prefix-map -Xswiftc $(CURDIR)=. \
	-Xlinker --build-id=none -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now

# What watches sockets, programs and real time runs one test after the other: all side by side on a small machine they
# would starve each other. Much of it waits, so two rows of them go side by side. The rest runs as it comes.
NODES = ^(DirectoryPostgres|PeerNode)Tests\.
LINKS_AND_PROGRAMS = ^(Connectivity|ControlAPI|Directory(Client|Server)|EndToEnd|Network(Lab|TestKit)|Proxies|Relay)Tests\.
IN_EARNEST = $(NODES)|$(LINKS_AND_PROGRAMS)

.DEFAULT_GOAL := help
.PHONY: help toolchain build build-tests test-packages check demo test test-slow fuzz bench-transfer bench-folder bench-swarm bench-growth bench-simulation bench-share bench-catalogue bench-catalogue-postgres bench-directory bench-relay bench-soak test-browser test-interface install uninstall deb test-deb clean

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-24s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make install PREFIX=/opt/bittrickle puts the two programs elsewhere than $(PREFIX)."

toolchain:
	@Scripts/toolchain "$(SWIFT)"

build: toolchain ## Build the two programs
	@$(BUILD) --product bittrickle
	@$(BUILD) --product bittrickle-server

build-tests: toolchain
	@$(BUILD) --build-tests

# The standard client with which the tests exchange files, the database that they start, and what their networks are made of.
test-packages:
	@Scripts/install-packages python3-libtorrent postgresql-15 iproute2 nftables miniupnpd-nftables

check: toolchain ## Check format, arrows between targets, sizes and documents
	@Scripts/check

demo: build ## Watch a server and three clients share real files
	@Scripts/demo "$$($(BUILD) --show-bin-path)"

test: build-tests test-packages ## Run all tests (under ten minutes once built)
	@$(TEST) --skip '$(IN_EARNEST)'
	@Scripts/in-earnest "$$($(BUILD) --show-bin-path)/bittricklePackageTests.xctest" \
	'$(NODES)' '$(LINKS_AND_PROGRAMS)'

test-slow: build-tests test-packages ## Run the tests with their full counts and record the result
	@Scripts/test-slow "$(SWIFT)" '$(IN_EARNEST)'

test-interface: build ## Hold the HTTP interface of a real node against its document, with schemathesis
	@Scripts/install-packages python3 python3-venv
	@python3 -m venv .build/schemathesis && .build/schemathesis/bin/pip install --quiet schemathesis==4.32.5
	@Tests/Browser/interface.py --programs "$$($(BUILD) --show-bin-path)" --schemathesis "$$PWD/.build/schemathesis/bin/schemathesis"

test-browser: ## Drive the web page in headless Chromium, against a mock of the node
	@Scripts/install-packages chromium chromium-driver python3
	@Tests/Browser/run.py --mock

fuzz: toolchain ## Run every fuzz entry for 30 seconds
	@Scripts/fuzz

bench-transfer: build ## Compare the speed of a transfer with libtorrent, scp and nginx
	@Scripts/install-packages python3-libtorrent openssh-server openssh-client nginx-light curl openssl
	@Benchmarks/transfer --programs "$$($(BUILD) --show-bin-path)"

bench-swarm: build ## Compare the speed of a swarm with libtorrent and aria2 (needs root)
	@Scripts/install-packages python3-libtorrent aria2 iproute2 util-linux
	@Benchmarks/swarm --programs "$$($(BUILD) --show-bin-path)"

bench-growth: build ## Plot what a GiB costs by size and by number of sources
	@Scripts/install-packages python3
	@Benchmarks/growth --programs "$$($(BUILD) --show-bin-path)"

bench-folder: build ## Compare publishing and fetching a folder of small files with rsync
	@Scripts/install-packages rsync
	@Benchmarks/folder --programs "$$($(BUILD) --show-bin-path)"

bench-simulation: toolchain ## Run swarms of thousands and thousands of swarms on virtual time
	@Scripts/install-packages python3
	@$(BUILD) --product SimulationBench
	@Benchmarks/simulation --programs "$$($(BUILD) --show-bin-path)"

bench-share: build ## Share a library of a million files: how soon it is listed, what it costs
	@Scripts/install-packages python3
	@$(BUILD) --product ShareBench
	@Benchmarks/share --programs "$$($(BUILD) --show-bin-path)"

bench-catalogue: toolchain ## Fill the directory's store with up to ten million publications, and search
	@Scripts/install-packages python3
	@$(BUILD) --product CatalogueBench
	@Benchmarks/catalogue --programs "$$($(BUILD) --show-bin-path)"

bench-catalogue-postgres: toolchain ## The same on PostgreSQL
	@Scripts/install-packages python3 postgresql-15
	@$(BUILD) --product CatalogueBench
	@Benchmarks/catalogue --postgres --programs "$$($(BUILD) --show-bin-path)"

bench-directory: build ## Compare the directory with a tracker, and try it with a million members and under floods
	@Scripts/install-packages python3 opentracker util-linux
	@$(BUILD) --product DirectoryLoad
	@Benchmarks/directory --programs "$$($(BUILD) --show-bin-path)"

bench-relay: build ## Compare the relay with socat, and see what idle pairs cost
	@Scripts/install-packages python3 openssl socat
	@Benchmarks/relay --programs "$$($(BUILD) --show-bin-path)"

bench-soak: build ## Have everything come and go at the directory for an hour: what grows?
	@Scripts/install-packages python3 util-linux
	@$(BUILD) --product DirectoryLoad
	@Benchmarks/directory --programs "$$($(BUILD) --show-bin-path)" --parts soak

install: toolchain ## Install the two programs below PREFIX, with pages, completions and units
	@$(STAMPED) --product bittrickle
	@$(STAMPED) --product bittrickle-server
	@bin="$$($(BUILD) --show-bin-path)" && \
	Scripts/lay-out client "$$bin" "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)" && \
	Scripts/lay-out server "$$bin" "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)" && \
	echo "Installed bittrickle and bittrickle-server in $(DESTDIR)$(PREFIX)/bin"

uninstall: ## Remove what was installed below PREFIX; configuration and state stay
	@cd "$(DESTDIR)$(PREFIX)" && rm -f bin/bittrickle bin/bittrickle-server \
	share/man/man1/bittrickle.1 share/man/man1/bittrickle-*.1 share/man/man8/bittrickle-server.8 \
	share/bash-completion/completions/bittrickle share/bash-completion/completions/bittrickle-server \
	share/zsh/*/_bittrickle share/zsh/*/_bittrickle-server share/fish/vendor_completions.d/bittrickle.fish \
	share/fish/vendor_completions.d/bittrickle-server.fish lib/systemd/user/bittrickle.service \
	lib/systemd/user/bittrickle@.service \
	lib/systemd/system/bittrickle-server.service lib/systemd/system/bittrickle-server@.service \
	lib/sysusers.d/bittrickle-server.conf share/bittrickle-server/grafana-dashboard.json && \
	{ [ ! -d share/bittrickle-server ] || rmdir --ignore-fail-on-non-empty share/bittrickle-server; }

deb: toolchain ## Make Debian packages of client and server in dist
	@Scripts/install-packages dpkg-dev
	@$(STATIC) --product bittrickle
	@$(STATIC) --product bittrickle-server
	@Scripts/package "$$($(STATIC) --show-bin-path)" dist

test-deb: deb ## Try the packages on a fresh Debian: install, run, upgrade, purge (needs root)
	@Scripts/install-packages debootstrap lintian systemd-container
	@Scripts/test-deb "$$($(STATIC) --show-bin-path)" dist

clean: ## Remove what was built
	@rm -rf .build .build-static dist
