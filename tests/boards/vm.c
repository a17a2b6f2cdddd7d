// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm.c - described machines as virtual ones
 *
 * QEMU's `virt` machine takes a board's identity: by the OEM fields of its ACPI
 * tables, by SMBIOS, or by its device tree, into which the board's root, PCI
 * host and properties are grafted (graft.c). What stays QEMU's are the ECAM
 * range, the windows, the ITS and the SMMU. So outcomes have to be the board's,
 * and ranges too where they do not come from one of those; the others are
 * computed from the tree that the VM boots with.
 */
#include "boards.h"
#include "../../quirks/vocabulary.h"
#include "../../tools/problem.h"

#include <stdio.h>
#include <stdlib.h>

/* QEMU's PCI ids: host bridge, root port, NVMe controller. */
#define QEMU_HOST_BRIDGE	"1b36:0008"
#define QEMU_ROOT_PORT		"1b36:000c"
#define QEMU_NVME		"1b36:0010"

/* Kernel names are those of tests/lib/kernel.sh. */
#define KERNEL_NEW	"7.2-arm64"
#define KERNEL_MIDDLE	"6.12-arm64"
#define KERNEL_OLD	"6.1-arm64"
#define KERNEL_64K	"7.3-64k"

/* In bytes: what a kernel's name ends with says it where it is not 4 KiB. */
static u64 kernel_page_size(const char *kernel)
{
	const char *end = strrchr(kernel, '-');

	if (end && !strcmp(end, "-64k"))
		return 0x10000;
	return end && !strcmp(end, "-16k") ? 0x4000 : 0x1000;
}

static bool needs_kernel(const struct board *b, const char *behaviour)
{
	const char **k;

	for (k = b->kernel; k && *k; k++)
		if (!strcmp(*k, behaviour))
			return true;
	return false;
}

/* The n-th board of a file: each kernel gets some of each vendor. */
static const char *kernel_for(const struct board *b, size_t n)
{
	static const char *const any[] = {
		KERNEL_NEW, KERNEL_MIDDLE, KERNEL_64K, KERNEL_OLD
	};

	if (b->page_size == kernel_page_size(KERNEL_64K))
		return KERNEL_64K;
	if (needs_kernel(b, "dwc-doorbell-is-config"))
		return n % 2 ? KERNEL_64K : KERNEL_NEW;
	/* Older ones find the IOMMU of a device tree too late to switch ACS on. */
	if (b->acs == RESV_ACS_REDIRECTED && !b->is_acpi)
		return n % 2 ? KERNEL_64K : KERNEL_NEW;
	if (needs_kernel(b, "dwc-doorbell-is-allocated"))
		return n % 2 ? KERNEL_OLD : KERNEL_MIDDLE;
	return any[n % ARRAY_SIZE(any)];
}

static const char *const acs_words[] = {
	[RESV_ACS_UNKNOWN] = "unknown",
	[RESV_ACS_REDIRECTED] = "redirected",
	[RESV_ACS_NOT_REDIRECTED] = "not-redirected",
};

/* The identity as arguments for QEMU: machine properties, or -smbios values. */
static char *qemu_arguments(const struct board *b)
{
	static const struct {
		const char *field;
		const char *as;
	} smbios[] = {
		{ "sys_vendor=", "type=1,manufacturer=" },
		{ "product_name=", "type=1,product=" },
		{ "product_version=", "type=1,version=" },
		{ "board_vendor=", "type=2,manufacturer=" },
		{ "board_name=", "type=2,product=" },
		{ "bios_vendor=", "type=0,vendor=" },
	};
	char *all = text("%s", "");
	size_t i, n;

	for (i = 0; i < b->token_count; i++) {
		const char *value = b->tokens[i].value;

		if (!strcmp(b->vm, "acpi") && b->tokens[i].kind == QUIRK_KEY_ACPI) {
			int id = 6, table = 8;

			while (id && value[4 + id - 1] == ' ')
				id--;
			while (table && value[10 + table - 1] == ' ')
				table--;
			free(all);
			return text("x-oem-id=%.*s,x-oem-table-id=%.*s", id, value + 4,
				    table, value + 10);
		}
		if (strcmp(b->vm, "dmi") || b->tokens[i].kind != QUIRK_KEY_DMI)
			continue;
		for (n = 0; n < ARRAY_SIZE(smbios); n++) {
			size_t len = strlen(smbios[n].field);
			char *longer;

			if (strncmp(value, smbios[n].field, len))
				continue;
			longer = text("%s%s%s%s", all, *all ? "|" : "",
				      smbios[n].as, value + len);
			free(all);
			all = longer;
		}
	}
	return all;
}

/* How, kernel, ACS, arguments for QEMU, name: a line for each VM to boot. */
int vm_list(const struct boards *all)
{
	const char *file = "";
	size_t n = 0;
	size_t i;

	for (i = 0; i < all->count; i++) {
		const struct board *b = &all->board[i];
		char *arguments;

		if (strcmp(file, b->file))
			n = 0;
		file = b->file;
		if (!b->vm)
			continue;
		arguments = qemu_arguments(b);
		printf("%s\t%s\t%s\t%s\t%s\n", b->vm, kernel_for(b, n++),
		       acs_words[b->acs], *arguments ? arguments : "-", b->name);
		free(arguments);
	}
	return EXIT_CLEAN;
}

/*
 * Expectations
 */

static bool rule_has_cond(const struct quirk_table *t, u32 rule, u32 kind)
{
	const u8 *r = quirk_rule_at(t, rule);
	u32 first = get_le32(r + QUIRK_RULE_COND_FIRST);
	u32 i;

	for (i = first; i < first + get_le32(r + QUIRK_RULE_COND_COUNT); i++)
		if (get_le32(quirk_cond_at(t, i) + QUIRK_COND_KIND) == kind)
			return true;
	return false;
}

/* Why a rule may come out otherwise in QEMU than on the board, or NULL. */
static const char *excuse(const struct quirk_table *t, u32 rule,
			  const struct board *b, const struct board *vm)
{
	static const u32 ids[] = {
		QUIRK_COND_DEVICE_ID, QUIRK_COND_ROOT_PORT, QUIRK_COND_HOST_BRIDGE
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		if (rule_has_cond(t, rule, ids[i]))
			return "QEMU's devices have ids of their own";
	if (rule_has_cond(t, rule, QUIRK_COND_IOMMU_BASE))
		return "QEMU's SMMU has an address of its own";
	if (rule_has_cond(t, rule, QUIRK_COND_PAGE_SIZE) &&
	    b->page_size != vm->page_size)
		return "the VM's kernel has pages of another size";
	if (rule_has_cond(t, rule, QUIRK_COND_KERNEL) && !(b->kernel && *b->kernel))
		return "the VM's kernel decides";
	if (rule_has_cond(t, rule, QUIRK_COND_SEGMENT) && b->is_acpi)
		return "QEMU's ACPI tables have segment 0 only";
	switch (quirk_rule_at(t, rule)[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_PORT_WINDOWS:
		return "QEMU's root port has windows of its own";
	case QUIRK_SOURCE_MSI_MESSAGE:
		return "nothing has an MSI in the VM";
	case QUIRK_SOURCE_ITS:
	case QUIRK_SOURCE_ITS_ALL:
		return "QEMU has one ITS";
	}
	return NULL;
}

/* Are the rule's addresses those of the board, in QEMU too? */
static bool ranges_are_the_boards(const struct quirk_table *t, u32 rule)
{
	const u8 *r = quirk_rule_at(t, rule);

	switch (r[QUIRK_RULE_SOURCE]) {
	case QUIRK_SOURCE_RANGE:
	case QUIRK_SOURCE_INBOUND_LIMIT:
		return true;
	case QUIRK_SOURCE_DT_PROPERTY:
		return true;
	case QUIRK_SOURCE_DT_REG:
		return r[QUIRK_RULE_NODE] == QUIRK_NODE_HOST &&
		       (get_le32(r + QUIRK_RULE_ARG_INDEX) ||
			*quirk_string(t, r + QUIRK_RULE_ARG_STRING));
	}
	return false;
}

static size_t first_word(const char *s)
{
	return strcspn(s, " ");
}

static const char *word_of(const struct vocab_word *words, u32 value)
{
	while (words->word && words->value != value)
		words++;
	return words->word ? words->word : "?";
}

/* One rule: complains about what differs from the board without excuse. */
static bool expect_rule(const struct machine *m, const struct board *b,
			const struct quirk_table *t, u32 rule)
{
	const u8 *r = quirk_rule_at(t, rule);
	u8 source = r[QUIRK_RULE_SOURCE];
	const char *reason = excuse(t, rule, b, m->board);
	char *name = rule_name(t, rule);
	char *here = machine_rule(m, t, rule);
	const char *there = NULL;
	bool good = true;
	bool same;
	size_t i;

	for (i = 0; i < b->wanted_count; i++)
		if (!strcmp(b->wanted[i].rule, name))
			there = b->wanted[i].text;
	same = !here == !there &&
	       (!here || (first_word(here) == first_word(there) &&
			  !memcmp(here, there, first_word(here))));
	if (same && here && ranges_are_the_boards(t, rule))
		same = !strcmp(here, there);
	if (!same && !reason) {
		problem("%s: %s: %s on the board, %s in QEMU: if that has to be, it is for replay-only",
			b->name, name, there ? there : "not in scope",
			here ? here : "not in scope");
		good = false;
	}
	if (!same && reason)
		printf("# not as on the board: %s: %s\n", name, reason);
	if (here && !strncmp(here, "enforced", 8))
		printf("kind %s %s %s\n", name, word_of(vocab_actions, r[QUIRK_RULE_ACTION]),
		       word_of(vocab_types, r[QUIRK_RULE_TYPE]));
	if (source == QUIRK_SOURCE_PORT_WINDOWS)
		printf("any %s\n", name);
	else if (here && source == QUIRK_SOURCE_PLACED)
		printf("rule %s %.*s *\n", name, (int)first_word(here), here);
	else if (here)
		printf("rule %s %s\n", name, here);
	free(here);
	free(name);
	return good;
}

/* A correction: the same on every machine of the entry. */
static void expect_correction(const struct quirk_table *t, u32 rule)
{
	char *correction = machine_correction(t, rule);
	char *name = rule_name(t, rule);

	if (correction)
		printf("correction %s %s\n", name, correction);
	free(correction);
	free(name);
}

/* A rule about a BAR: the same on every machine of the entry, whatever devices it has. */
static void expect_bar_rule(const struct quirk_table *t, u32 rule)
{
	const char *mode = machine_bar_mode(t, rule);
	const u8 *r = quirk_rule_at(t, rule);
	char *name;
	char *says;

	if (!mode)
		return;
	name = rule_name(t, rule);
	says = describe_bar_rule(mode, quirk_bar_word(r[QUIRK_RULE_SOURCE]),
				 get_le32(r + QUIRK_RULE_ARG_INDEX),
				 get_le64(r + QUIRK_RULE_ARG_A),
				 get_le64(r + QUIRK_RULE_ARG_B));
	printf("bar-rule %s %s\n", name, says);
	free(says);
	free(name);
}

static void vm_token(struct board *b, enum quirk_key kind, const char *value,
		     u32 revision)
{
	b->tokens = xrealloc(b->tokens, (b->token_count + 1) * sizeof(*b->tokens));
	b->tokens[b->token_count++] = (struct token){ kind, value, revision };
}

/* What QEMU's machine makes of the board's identity. */
static void vm_tokens(struct board *vm, const struct board *b)
{
	/* The tables that `virt` has; all get the same ids and revision 1. */
	static const char *const tables[] = {
		"FACP", "DSDT", "APIC", "PPTT", "GTDT", "MCFG", "SPCR", "DBG2", "IORT",
	};
	size_t i, n;

	vm->tokens = NULL;
	vm->token_count = 0;
	vm_token(vm, QUIRK_KEY_PCI, QEMU_HOST_BRIDGE, 0);
	vm_token(vm, QUIRK_KEY_PCI, QEMU_NVME, 0);
	if (vm->root_port)
		vm_token(vm, QUIRK_KEY_PCI, vm->root_port, 0);
	if (!strcmp(b->vm, "dt"))
		return;
	vm_token(vm, QUIRK_KEY_SMMU, "smmuv3-0", 0);
	for (i = 0; i < b->token_count; i++) {
		if (b->tokens[i].kind == QUIRK_KEY_DMI && !strcmp(b->vm, "dmi"))
			vm_token(vm, QUIRK_KEY_DMI, b->tokens[i].value, 0);
		if (b->tokens[i].kind != QUIRK_KEY_ACPI || strcmp(b->vm, "acpi"))
			continue;
		for (n = 0; n < ARRAY_SIZE(tables); n++)
			vm_token(vm, QUIRK_KEY_ACPI,
				 text("%s%s", tables[n], b->tokens[i].value + 4), 1);
		break;
	}
}

/* With ACPI the addresses are those of QEMU's tree, and there are no nodes. */
static const char *from_qemu(struct board *vm, struct machine *m)
{
	static struct resv_range smmu;

	if (m->dt.host < 0)
		return "its tree has no PCI host";
	vm->windows = vm->its = vm->its_all = (struct list){ .given = true };
	dt_facts.host_windows(&m->dt, note_range, &vm->windows);
	dt_facts.its_bases(&m->dt, false, note_range, &vm->its);
	dt_facts.its_bases(&m->dt, true, note_range, &vm->its_all);
	if (!dt_facts.iommu_base(&m->dt, &smmu.start))
		vm->iommu_base = (struct list){ .given = true, .count = 1, .r = &smmu };
	m->has_tree = false;
	m->dt.host = -ENODEV;
	return NULL;
}

int vm_expect(const struct boards *all, const char *name, const char *kernel,
	      const char *tree)
{
	static const char *const config[] = { "dwc-doorbell-is-config", NULL };
	static const char *const allocated[] = { "dwc-doorbell-is-allocated", NULL };
	const struct board *b = board_named(all, name);
	const struct quirk_table *t = &all->table;
	struct machine m = { .has_tree = false };
	struct found found;
	const char *fault;
	struct board vm;
	bool good = true;
	char *pcie;
	size_t i;
	u32 rule;

	if (!b || !b->vm || !tree) {
		problem("%s: no such board, or none that QEMU carries, or no tree given", name);
		return EXIT_TROUBLE;
	}
	vm = (struct board){
		.file = b->file, .name = b->name, .is_acpi = strcmp(b->vm, "dt"),
		.segment = -1, .acs = b->acs, .page_size = kernel_page_size(kernel),
		.device_id = QEMU_NVME,
		.root_port = b->acs == RESV_ACS_NOT_REDIRECTED ? NULL : QEMU_ROOT_PORT,
		.host_bridge = QEMU_HOST_BRIDGE,
		.placed = { .given = true, .count = 1, .r = &(struct resv_range){ 0, 0xfffff } },
	};
	m.board = &vm;
	m.dt = (struct dt_device){
		.tree = &m.tree, .host = -ENODEV, .node = -ENODEV, .rid = DT_ANY_RID,
		.page_size = vm.page_size, .kernel = *kernel >= '7' ? config : allocated,
	};
	fault = machine_tree(&m, tree);
	pcie = fault ? NULL : find_pcie(m.tree.fdt);
	if (pcie)
		m.dt.host = dt_tree_node(&m.tree, pcie);
	vm_tokens(&vm, b);
	if (!fault && vm.is_acpi)
		fault = from_qemu(&vm, &m);
	if (fault) {
		problem("%s: %s", name, fault);
		return EXIT_TROUBLE;
	}
	machine_match(&m, t, &found);
	printf("page-size %llu\n", (unsigned long long)vm.page_size);
	printf("entries");
	for (i = 0; i < found.count; i++) {
		good &= b->entries[i] && !strcmp(b->entries[i], entry_name(t, found.entry[i]));
		printf(" %s", entry_name(t, found.entry[i]));
		if (!good)
			break;
	}
	putchar('\n');
	if (!good || b->entries[found.count]) {
		problem("%s: QEMU does not carry this identity: other entries match; it is for replay-only",
			name);
		return EXIT_FINDINGS;
	}
	for (i = 0; i < found.count; i++) {
		const u8 *e = quirk_entry_at(t, found.entry[i]);
		u32 first = get_le32(e + QUIRK_ENT_RULE_FIRST);

		for (rule = first; rule < first + get_le32(e + QUIRK_ENT_RULE_COUNT); rule++) {
			good &= expect_rule(&m, b, t, rule);
			expect_correction(t, rule);
			expect_bar_rule(t, rule);
		}
	}
	free(pcie);
	machine_close(&m);
	return good ? EXIT_CLEAN : EXIT_FINDINGS;
}
