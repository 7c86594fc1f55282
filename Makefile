# The door: everything else is CMake. `make demo` and `make test` are all a newcomer needs.
.PHONY: help deps build demo test check fmt bench sim sim-long jepsen planted clean
.NOTPARALLEL:
PRESET ?= release
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

help:
	@echo "make demo    install packages, build, run the main job on real input"
	@echo "make test    install packages, build, run every test"
	@echo "make check   format, tidy, build, unit tests (what to run before a commit)"
	@echo "make sim     replicas and clusters in virtual time: SEED=1 N=1000; N=1 TRACE=1 tells what happens"
	@echo "make sim-long  the same with 20,000 seeds, and partitions of up to a day"
	@echo "make jepsen  real clusters under partitions, kills, full and damaged disks: what survives"
	@echo "make planted  a build with planted defects: which checker finds which"
	@echo "make build | fmt | bench | clean | deps;  PRESET=release|dev|asan|tsan|clang"

deps:
	@deploy/install-packages.sh

build:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) -j $(JOBS)

demo: deps build
	demo/run.sh build/$(PRESET)

test: deps build
	ctest --preset $(PRESET) -j $(JOBS)

check: deps
	python3 tests/tidy/check_format.py
	python3 tests/tidy/check_layers.py
	python3 tests/tidy/check_text.py
	$(MAKE) build
	ctest --preset $(PRESET) -j $(JOBS) -L 'unit|tidy'

fmt:
	python3 tests/tidy/check_format.py --write

bench: deps build
	bench/run.sh build/$(PRESET)

SEED ?= 1
N ?= 1000
TRACE ?=
FAULTS ?=
sim: build
	SEED=$(SEED) N=$(N) TRACE=$(TRACE) FAULTS=$(FAULTS) build/$(PRESET)/tests/simulation_test -tc='replicas keep*,clusters keep*'

sim-long: build
	SEED=$(SEED) N=20000 LONG=1 build/$(PRESET)/tests/simulation_test

JEPSEN_OUT ?= build/$(PRESET)/jepsen-runs
jepsen: deps build
	build/$(PRESET)/jepsen/engram-jepsen suite short --out $(JEPSEN_OUT)

planted: deps
	cmake --preset planted
	cmake --build --preset planted -j $(JOBS)
	build/planted/jepsen/engram-jepsen suite planted --out build/planted/jepsen-runs

clean:
	rm -rf build
