# SPDX-License-Identifier: GPL-2.0-only
# The iommu-resv command, and the table that it compiles for the module.
# Included by the top Makefile; all paths are relative to the top.

BUILD ?= build
HOSTCFLAGS ?= -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wmissing-prototypes \
	-Wno-unused-parameter -Wno-missing-field-initializers

tools-version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf 2>/dev/null)
tools-sources := $(sort $(wildcard tools/*.c)) quirks/compile.c quirks/image.c quirks/source.c quirks/table.c
tools-objects := $(tools-sources:%.c=$(BUILD)/tool/%.o)
quirk-sources := $(sort $(wildcard quirks/*.dts))

$(BUILD)/tool/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(HOSTCFLAGS) -D_GNU_SOURCE \
		-DIOMMU_RESV_VERSION='"$(tools-version)"' -MMD -MP -c -o $@ $<

$(BUILD)/iommu-resv: $(tools-objects)
	$(CC) $(HOSTCFLAGS) -o $@ $^ -lfdt -ljson-c -lz

module/quirks-table.inc: $(quirk-sources) quirks/serial $(BUILD)/iommu-resv
	$(BUILD)/iommu-resv quirks compile --c-array --output $@ \
		--serial $$(cat quirks/serial) $(quirk-sources)

-include $(tools-objects:.o=.d)
