# SPDX-License-Identifier: GPL-2.0-only
# Unit tests on the host: each tests/host/NAME_test.c becomes $(BUILD)/host/NAME_test,
# linked with cmocka and the files that its second line names: /* LINK: a.c b.c */
# They, and the copy of the iommu-resv command that the shell tests use, are
# built with the sanitizers. Included by the top Makefile after tools/tools.mk;
# all paths are relative to the top.

HOSTSANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

host-flags := $(HOSTCFLAGS) -D_GNU_SOURCE -I. $(HOSTSANITIZE)
host-names := $(patsubst tests/host/%.c,%,$(sort $(wildcard tests/host/*_test.c)))
host-binaries := $(host-names:%=$(BUILD)/host/%)
host-link = $(shell sed -n '2s,^/\* LINK: \(.*\) \*/$$,\1,p' tests/host/$(1).c)

# All files at once, which is quicker; but then -MMD would leave the headers of the last one only. And $(1) is not
# all prerequisites: some tests include a source.
define host-build
@mkdir -p $(@D)
$(CC) $(host-flags) $(2) -MM -MP -MT $@ $(1) >$@.d
$(CC) $(host-flags) $(2) -o $@ $(1) $(3)
endef

define host-rule
$(BUILD)/host/$(1): tests/host/$(1).c $(call host-link,$(1)) tests/host/host.mk
	$$(call host-build,tests/host/$(1).c $(call host-link,$(1)),,-lcmocka -lfdt -ljson-c -lz)
endef
$(foreach name,$(host-names),$(eval $(call host-rule,$(name))))

$(BUILD)/host/iommu-resv: $(tools-sources) tests/host/host.mk
	$(call host-build,$(tools-sources),-DIOMMU_RESV_VERSION='"$(tools-version)"',-lfdt -ljson-c -lz)

# Described machines (tests/boards/boards.h): replayed by host tests, booted by VM tests.
boards-sources := $(sort $(wildcard tests/boards/*.c)) tools/dt_facts.c tools/problem.c module/ranges.c \
	module/resolve.c $(compiler-sources)
$(BUILD)/host/boards: $(boards-sources) tests/host/host.mk
	$(call host-build,$(boards-sources),,-lfdt -ljson-c -lz)

.PHONY: host-tests
host-tests: $(host-binaries) $(BUILD)/host/iommu-resv $(BUILD)/host/boards

-include $(wildcard $(BUILD)/host/*.d)
