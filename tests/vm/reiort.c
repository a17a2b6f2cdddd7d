// SPDX-License-Identifier: GPL-2.0-only
/*
 * reiort.c - an IORT with one more node
 *
 *	reiort KIND IN OUT
 *
 * KIND	repeated	a root complex like the first one: a kernel takes the
 *			first and does not see this one
 *	outside		of a type that no kernel knows, with ID mappings that
 *			are not inside it
 *	component	the first virtio device of QEMU's machine, behind the
 *			SMMU as stream 0x9000
 *
 * A kernel takes each of them from an initramfs: the OEM revision is raised, and
 * the checksum is right.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../acpi/iort.h"

static u8 table[0x10000];
static u32 length;

/* Offset of the first node of a type. */
static u32 find(enum iort_type type)
{
	const struct iort_header *h = (void *)table;
	u32 i, off = get_le32(h->node_offset);

	for (i = 0; i < get_le32(h->node_count); i++) {
		const struct iort_node *n = (void *)(table + off);

		if (n->type == type)
			return off;
		off += get_le16(n->length);
	}
	fprintf(stderr, "reiort: the table has no node of type %d\n", type);
	exit(2);
}

/* A new node at the end. */
static struct iort_node *append(u8 type, u8 revision, u32 size)
{
	struct iort_header *h = (void *)table;
	struct iort_node *n = (void *)(table + length);

	n->type = type;
	n->length[0] = size;
	n->length[1] = size >> 8;
	n->revision = revision;
	put_le32(n->identifier, get_le32(h->node_count));
	put_le32(h->node_count, get_le32(h->node_count) + 1);
	length += size;
	return n;
}

static void repeated(void)
{
	u32 first = find(IORT_ROOT_COMPLEX);
	const struct iort_node *old = (void *)(table + first);
	u32 size = get_le16(old->length);
	struct iort_node *n = append(old->type, old->revision, size);

	memcpy(n->mapping_count, old->mapping_count,
	       size - offsetof(struct iort_node, mapping_count));
}

static void outside(void)
{
	struct iort_node *n = append(200, 0, sizeof(*n) + 4);

	put_le32(n->mapping_count, 1);
	put_le32(n->mapping_offset, sizeof(*n));
}

static void component(void)
{
	static const char path[] = "\\_SB_.VR00";
	struct iort_named_component *c;
	struct iort_id_mapping *m;
	u32 smmu = find(IORT_SMMU_V3);
	u32 at = sizeof(*c) + sizeof(path);

	at += -at & 3;
	c = (void *)append(IORT_NAMED_COMPONENT, 2, at + sizeof(*m));
	put_le32(c->node.mapping_count, 1);
	put_le32(c->node.mapping_offset, at);
	c->memory_properties[0] = 1;	/* CCA */
	c->memory_properties[7] = 3;	/* CPM, DACS */
	c->memory_address_limit = 48;
	memcpy(c + 1, path, sizeof(path));
	m = (void *)((u8 *)c + at);
	put_le32(m->output_base, 0x9000);
	put_le32(m->output_reference, smmu);
	put_le32(m->flags, IORT_ID_SINGLE);
}

int main(int argc, char **argv)
{
	struct sdt_header *h = (void *)table;
	u8 sum = 0;
	FILE *f;
	u32 i;

	if (argc != 4)
		return 2;
	f = fopen(argv[2], "rb");
	if (!f)
		return 2;
	/* The rest is room for the new node. */
	length = fread(table, 1, sizeof(table) / 2, f);
	fclose(f);
	if (length < sizeof(*h) || get_le32(h->length) != length)
		return 2;

	if (!strcmp(argv[1], "repeated"))
		repeated();
	else if (!strcmp(argv[1], "outside"))
		outside();
	else if (!strcmp(argv[1], "component"))
		component();
	else
		return 2;

	put_le32(h->length, length);
	put_le32(h->oem_revision, get_le32(h->oem_revision) + 1);
	h->checksum = 0;
	for (i = 0; i < length; i++)
		sum += table[i];
	h->checksum = -sum;
	f = fopen(argv[3], "wb");
	if (!f || fwrite(table, 1, length, f) != length || fclose(f))
		return 2;
	return 0;
}
