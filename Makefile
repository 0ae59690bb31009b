# SPDX-License-Identifier: GPL-2.0
# Wrapper around Kbuild for builds outside a kernel tree; "make help" explains.

# The running kernel if its headers are installed, else the newest 6.12 that has some.
newest-6.12 = $(lastword $(shell cd /usr/src 2>/dev/null && \
	ls -d linux-headers-6.12*-amd64 2>/dev/null | sed 's/^linux-headers-//' | sort -V))
ifneq ($(wildcard /lib/modules/$(shell uname -r)/build/Makefile),)
KVER ?= $(shell uname -r)
else
KVER ?= $(or $(newest-6.12),$(shell uname -r))
endif
KDIR ?= $(firstword $(wildcard /lib/modules/$(KVER)/build /usr/src/linux-headers-$(KVER)) \
	/lib/modules/$(KVER)/build)
JOBS ?= $(shell nproc)

# As many jobs as there are processors, unless the caller has a say.
kbuild = $(MAKE) $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(JOBS)) --no-print-directory \
	-C $(KDIR) M=$(CURDIR)

.DEFAULT_GOAL := all

.PHONY: all
all: ## build damonxx.ko and the modules that use it
	@scripts/check-cxx $(KDIR)
	@+$(kbuild) modules
	@scripts/check-boundary

.PHONY: install
install: all ## install the modules for the kernel it was built for (INSTALL_MOD_PATH=)
	@+$(kbuild) modules_install CONFIG_MODULE_SIG_ALL=

.PHONY: clean
clean: ## remove what a build made
	@if [ -e $(KDIR)/Makefile ]; then $(kbuild) clean; fi
	@rm -rf build selftests/host/build selftests/bench/*/build
	@for dir in $(wildcard selftests/workload selftests/damonxx); do $(MAKE) -s -C $$dir clean; done

.PHONY: setup
setup: ## install what building and testing need (Debian packages)
	@scripts/setup

.PHONY: check
check: ## every test that does not take long, on the host, the stock kernel and our own
	@scripts/setup build vm host kernels doc
	@scripts/check

.PHONY: check-long
check-long: ## the same, and what takes too long for it
	@scripts/setup build vm host kernels doc
	@scripts/check --long

.PHONY: check-host
check-host: ## unit tests in user space
	@scripts/setup host
	@scripts/check host

.PHONY: check-vm
check-vm: ## the module's tests on the stock kernel in a virtual machine
	@scripts/setup build vm
	@scripts/check vm

.PHONY: check-upstream
check-upstream: ## the kernel's own selftests of DAMON, against damonxx
	@scripts/setup build vm kernels
	@scripts/check upstream

.PHONY: check-kunit
check-kunit: ## the unit tests in a kernel with KUnit: in a module, and built in
	@scripts/setup build vm kernels
	@scripts/check kunit

.PHONY: check-debug
check-debug: ## unit and module tests on a kernel with KASAN, lockdep, kmemleak
	@scripts/setup build vm kernels
	@scripts/check debug

.PHONY: check-fuzz
check-fuzz: ## the fuzzers' kept inputs
	@scripts/setup host
	@scripts/check fuzz

.PHONY: check-torture
check-torture: ## random demands from many threads, on the stock kernel
	@scripts/setup build vm
	@scripts/check torture

.PHONY: check-mutants
check-mutants: ## the tests' own test: known faults must be found (long)
	@scripts/setup build vm host kernels
	@scripts/check mutants

.PHONY: fuzz
fuzz: ## let libFuzzer look for new inputs (SECONDS=60 for each target)
	@scripts/setup host fuzz
	@selftests/fuzz/run -t $(or $(SECONDS),60)

.PHONY: coverage
coverage: ## lines and branches that the host's tests and kept inputs reach
	@scripts/setup host coverage
	@scripts/coverage

.PHONY: check-boundary
check-boundary: ## the line between C and C++ (also part of every build)
	@scripts/check-boundary --self-test
	@scripts/check-boundary

.PHONY: abi
abi: ## write what Documentation says of files and parameters anew, from the sources
	@scripts/setup host
	@scripts/abi

.PHONY: check-tsan
check-tsan: ## data races between the core's threads, on the host
	@scripts/setup host
	@scripts/check tsan

.PHONY: check-headers61
check-headers61: ## compile for Debian's 6.1, and monitor there
	@scripts/setup build vm headers61
	@scripts/check headers61

# What runs in a virtual machine is built for the kernel there, not for the running one.
.PHONY: vm-module
vm-module:
	@scripts/setup build vm
	@scripts/kbuild/vm-module

.PHONY: demo
demo: vm-module ## set up, build and show the module at work in a virtual machine
	@selftests/demo/run -m build/vm/damonxx.ko

.PHONY: bench
bench: vm-module ## measure, beside the kernel's own DAMON
	@scripts/setup host
	@selftests/bench/run -m build/vm/damonxx.ko

.PHONY: shell
shell: vm-module ## a shell in a virtual machine with the module loaded
	@selftests/vm/try build/vm/damonxx.ko

.PHONY: doc
doc: ## the documentation as HTML, in build/doc/html
	@scripts/setup doc
	@sphinx-build -q -W --keep-going -b html -d build/doc/doctrees Documentation build/doc/html
	@echo 'build/doc/html/index.html'

.PHONY: help
help: ## this text
	@echo 'Targets:'
	@sed -n 's/^\([a-z0-9-]*\):.* ## \(.*\)/  \1 \2/p' Makefile | \
		while read -r target text; do printf '  %-16s %s\n' "$$target" "$$text"; done
	@echo 'Variables:'
	@echo '  KVER=VERSION     kernel to build for (now: $(KVER))'
	@echo '  KDIR=DIRECTORY   its headers or build tree (now: $(KDIR))'
	@echo '  JOBS=N           parallel jobs (now: $(JOBS))'
	@echo '  V=1              show the commands'
	@echo '  W=1              more compiler warnings'
	@echo '  KCFLAGS=FLAGS    more flags for both compilers'
	@echo '  KCXX=COMPILER    the C++ compiler, by default the mate of the kernel'\''s C compiler'
	@echo '  KCXX_DEBUG=1     debug information for C++ (with MODULE_PAHOLE_FLAGS=--lang_exclude=rust,c++14)'
	@echo '  DAMONXX_KUNIT=1  with the test suites, for a kernel with KUnit; they run when the module is loaded'
	@echo '  INSTALL_MOD_PATH=DIRECTORY   prefix for install'
