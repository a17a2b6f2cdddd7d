# SPDX-License-Identifier: GPL-2.0-only
# The iommu-resv command, and the table that it compiles for the module.
# Included by the top Makefile; all paths are relative to the top.

BUILD ?= build
HOSTCFLAGS ?= -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wmissing-prototypes \
	-Wno-unused-parameter -Wno-missing-field-initializers

tools-version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"$$/\1/p' dkms.conf 2>/dev/null)
compiler-sources := $(addprefix quirks/,table.c match.c correct.c compile.c rule.c value.c check.c image.c source.c)
iort-sources := $(addprefix acpi/,iort.c iort_walk.c rmr_plan.c iort_write.c iort_fix.c overlay.c corrected.c)
# dt_facts.c is read by tests alone.
tools-sources := $(filter-out tools/dt_facts.c,$(sort $(wildcard tools/*.c))) $(compiler-sources) acpi/aml.c $(iort-sources) \
	acpi/iort_check.c acpi/iort_check_node.c \
	module/place.c module/ranges.c
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

# The same as a file, for the command; and what udev knows the boards by.
$(BUILD)/quirks.bin: $(quirk-sources) quirks/serial $(BUILD)/iommu-resv
	$(BUILD)/iommu-resv quirks compile --output $@ --serial $$(cat quirks/serial) $(quirk-sources)

$(BUILD)/80-iommu-resv.rules: $(quirk-sources) $(BUILD)/iommu-resv
	$(BUILD)/iommu-resv quirks aliases --output $@ $(quirk-sources)

-include $(tools-objects:.o=.d)
