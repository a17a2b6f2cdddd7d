# SPDX-License-Identifier: GPL-2.0-only
#
# For people; DKMS and kbuild do not come here (they use dkms.conf and module/Kbuild). The work is done by module/Kbuild,
# tools/tools.mk, tests/host/host.mk and the scripts in tests/; 'make help' lists the targets.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf)
# The toolbox has its own: what is built there need not run on this machine.
BUILD := $(if $(IOMMU_RESV_TOOLBOX),.cache/build/tools,build)

CC ?= cc
INSTALL ?= install
prefix ?= /usr
bindir ?= $(prefix)/bin
dkmsdir = /usr/src/iommu-resv-$(VERSION)

# Headers of the kernel to build the module for.
KDIR ?= /lib/modules/$(shell uname -r)/build

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

include tools/tools.mk
include tests/host/host.mk

# What the module is made of, for the copy that DKMS builds from.
dkms-files = dkms.conf COPYING module/Kbuild module/probe.sh module/quirks-table.inc \
	$(wildcard module/*.[ch] acpi/*.[ch]) quirks/table.h quirks/table.c

.PHONY: all
all: tools quirks
	@if [ -e "$(KDIR)/Makefile" ]; then \
		$(MAKE) module; \
	else \
		echo "no module: $(KDIR) holds no kernel headers; install linux-headers-$$(uname -r)," \
			"or say make module KDIR=..."; \
	fi

.PHONY: need-tools
need-tools:
	@command -v dtc >/dev/null && \
		printf '%s\n' '#include <libfdt.h>' '#include <json-c/json.h>' '#include <zlib.h>' | \
		$(CC) -E -x c - >/dev/null 2>&1 || { \
		echo "error: the tools need dtc, libfdt, json-c and zlib:" >&2; \
		echo "  apt install device-tree-compiler libfdt-dev libjson-c-dev zlib1g-dev" >&2; \
		echo "or build them in the test toolbox: tests/lib/toolbox make tools" >&2; \
		exit 1; }

$(tools-objects): | need-tools

.PHONY: tools
tools: $(BUILD)/iommu-resv

.PHONY: quirks
quirks: module/quirks-table.inc

.PHONY: module
module: module/quirks-table.inc
	$(MAKE) -C $(KDIR) M=$(CURDIR)/module modules

.PHONY: check
check:
	sh tests/run.sh $(T)

.PHONY: demo
demo:
	sh tests/demo/run.sh

.PHONY: dkms-src
dkms-src: module/quirks-table.inc
	for file in $(dkms-files); do \
		$(INSTALL) -D -m 644 $$file $(DESTDIR)$(dkmsdir)/$$file || exit 1; \
	done

.PHONY: install
install: tools dkms-src
	$(INSTALL) -D -m 755 $(BUILD)/iommu-resv $(DESTDIR)$(bindir)/iommu-resv

.PHONY: uninstall
uninstall:
	rm -f $(DESTDIR)$(bindir)/iommu-resv
	rm -rf $(DESTDIR)$(dkmsdir)

.PHONY: clean
clean:
	rm -rf $(BUILD) module/quirks-table.inc module/Module.symvers module/modules.order
	find module \( -name '*.o' -o -name '*.o.d' -o -name '*.ko' -o -name '*.mod' -o -name '*.mod.c' \
		-o -name '.*.cmd' \) -delete

# The chroots in .cache belong to root.
.PHONY: distclean
distclean: clean
	rm -rf .cache 2>/dev/null || sudo rm -rf .cache

.PHONY: help
help:
	@echo "make              tools, quirk table, and the module if this machine has kernel headers"
	@echo "make module KDIR=DIR"
	@echo "                  the module for the kernel headers in DIR"
	@echo "make tools        the iommu-resv command"
	@echo "make quirks       the quirk table from quirks/*.dts"
	@echo "make demo         watch it work in a virtual machine (asks for root once, fetches what it needs)"
	@echo "make check        all tests (the same); make check T=PATTERN runs those whose path contains PATTERN"
	@echo "make dkms-src [DESTDIR=DIR]"
	@echo "                  the source that DKMS builds from, in $(dkmsdir)"
	@echo "make install      the command and the DKMS source; then: dkms install iommu-resv/$(VERSION)"
	@echo "make uninstall    both away again; before: dkms remove iommu-resv/$(VERSION) --all"
	@echo "make clean        remove what was built; make distclean: and what was fetched"
