// SPDX-License-Identifier: GPL-2.0-only
/*
 * iort_table.c - an IORT in a file, and its fields by the specification's names
 */
#include "iort_table.h"
#include "problem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int iort_file_read(struct iort_file *file, const char *name)
{
	*file = (struct iort_file){ .name = name ? name : IORT_LIVE };
	if (!name && access(IORT_LIVE, F_OK) && errno == ENOENT) {
		problem("%s: there is none: this machine was not booted from ACPI, or has no IORT; name a file",
			IORT_LIVE);
		return -1;
	}
	return read_file(file->name, &file->data, &file->size);
}

bool iort_file_mend(struct iort_file *file)
{
	const u32 at = offsetof(struct sdt_header, checksum);
	u8 *bytes = (u8 *)file->data;
	struct acpi_fault f;
	u32 i, length;
	u8 sum = 0;

	if (!iort_check(file->data, file->size, &f) || f.offset != at)
		return false;
	length = get_le32(bytes + offsetof(struct sdt_header, length));
	for (i = 0; i < length; i++)
		sum += bytes[i];
	bytes[at] -= sum;
	return !iort_check(file->data, file->size, &f);
}

int iort_file_open(struct iort_file *file)
{
	struct acpi_fault f;

	if (!iort_open(&file->t, file->data, file->size, &f))
		return 0;
	problem("%s: offset 0x%x: %s: try iommu-resv iort check", file->name,
		f.offset, f.what);
	return -1;
}

void iort_file_free(struct iort_file *file)
{
	free(file->data);
	file->data = NULL;
}

/* A stream into memory; what it wrote is freed by the caller. */
static FILE *open_text(char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
	return f;
}

static void close_text(FILE *f)
{
	if (fclose(f)) {
		problem("out of memory");
		exit(EXIT_TROUBLE);
	}
}

static void print_printable(FILE *f, const u8 *p, size_t size)
{
	for (; size && *p; p++, size--) {
		if (*p >= ' ' && *p <= '~')
			fputc(*p, f);
		else
			fprintf(f, "\\x%02x", *p);
	}
}

char *iort_printable(const void *bytes, size_t size)
{
	char *text;
	size_t length;
	FILE *f = open_text(&text, &length);

	print_printable(f, bytes, size);
	close_text(f);
	return text;
}

/* ---- fields ---- */

#define FIELD_NODE(type, field) offsetof(struct type, field), \
	sizeof(((struct type *)0)->field)
/* Parts of the memory access properties, which are eight bytes */
#define FIELD_PROPERTIES(start)						\
	{ "cache coherency attribute", start, 4, 0, IORT_FIELD_NUMBER }, \
	{ "allocation hints", start + 4, 1, 0, IORT_FIELD_HEX },	\
	{ "memory access flags", start + 7, 1, 0, IORT_FIELD_HEX }

static const struct iort_field component_fields[] = {
	{ "device object name", sizeof(struct iort_named_component), 0, 0,
	  IORT_FIELD_PATH },
	{ "node flags", FIELD_NODE(iort_named_component, flags), 0,
	  IORT_FIELD_HEX },
	FIELD_PROPERTIES(offsetof(struct iort_named_component, memory_properties)),
	{ "device memory address size limit",
	  FIELD_NODE(iort_named_component, memory_address_limit), 0,
	  IORT_FIELD_NUMBER },
};

static const struct iort_field root_complex_fields[] = {
	{ "PCI segment number", FIELD_NODE(iort_root_complex, segment), 0,
	  IORT_FIELD_NUMBER },
	FIELD_PROPERTIES(offsetof(struct iort_root_complex, memory_properties)),
	{ "ATS attribute", FIELD_NODE(iort_root_complex, ats_attribute), 0,
	  IORT_FIELD_HEX },
	{ "memory address size limit",
	  FIELD_NODE(iort_root_complex_late, address_limit), 1,
	  IORT_FIELD_NUMBER },
	{ "PASID capabilities",
	  FIELD_NODE(iort_root_complex_late, pasid_capabilities), 4,
	  IORT_FIELD_HEX },
	{ "flags", FIELD_NODE(iort_root_complex_late, flags), 4,
	  IORT_FIELD_HEX },
};

static const struct iort_field smmu_fields[] = {
	{ "base address", FIELD_NODE(iort_smmu, base), 0, IORT_FIELD_HEX },
	{ "span", FIELD_NODE(iort_smmu, span), 0, IORT_FIELD_HEX },
	{ "model", FIELD_NODE(iort_smmu, model), 0, IORT_FIELD_NUMBER },
	{ "flags", FIELD_NODE(iort_smmu, flags), 0, IORT_FIELD_HEX },
};

static const struct iort_field smmu_v3_fields[] = {
	{ "base address", FIELD_NODE(iort_smmu_v3, base), 0, IORT_FIELD_HEX },
	{ "flags", FIELD_NODE(iort_smmu_v3, flags), 0, IORT_FIELD_HEX },
	{ "VATOS address", FIELD_NODE(iort_smmu_v3, vatos_address), 0,
	  IORT_FIELD_HEX },
	{ "model", FIELD_NODE(iort_smmu_v3, model), 0, IORT_FIELD_NUMBER },
	{ "event", FIELD_NODE(iort_smmu_v3, event_gsiv), 0, IORT_FIELD_NUMBER },
	{ "PRI", FIELD_NODE(iort_smmu_v3, pri_gsiv), 0, IORT_FIELD_NUMBER },
	{ "GERR", FIELD_NODE(iort_smmu_v3, gerr_gsiv), 0, IORT_FIELD_NUMBER },
	{ "sync", FIELD_NODE(iort_smmu_v3, sync_gsiv), 0, IORT_FIELD_NUMBER },
	{ "proximity domain", FIELD_NODE(iort_smmu_v3, proximity_domain), 0,
	  IORT_FIELD_NUMBER },
	{ "device ID mapping index", FIELD_NODE(iort_smmu_v3, device_id_index),
	  1, IORT_FIELD_NUMBER },
};

static const struct iort_field pmcg_fields[] = {
	{ "page 0 base address", FIELD_NODE(iort_pmcg, page0_base), 0,
	  IORT_FIELD_HEX },
	{ "overflow interrupt GSIV", FIELD_NODE(iort_pmcg, overflow_gsiv), 0,
	  IORT_FIELD_NUMBER },
	{ "node reference", FIELD_NODE(iort_pmcg, node_reference), 0,
	  IORT_FIELD_NODE },
	{ "page 1 base address", FIELD_NODE(iort_pmcg, page1_base), 1,
	  IORT_FIELD_HEX },
};

static const struct iort_field rmr_fields[] = {
	{ "flags", FIELD_NODE(iort_rmr, flags), IORT_RMR_FIRST_REVISION,
	  IORT_FIELD_HEX },
};

/* Linux include/acpi/actbl2.h, struct acpi_iort_iwb */
static const struct iort_field iwb_fields[] = {
	{ "device name", 26, 0, 0, IORT_FIELD_PATH },
	{ "base address", 16, 8, 0, IORT_FIELD_HEX },
	{ "IWB index", 24, 2, 0, IORT_FIELD_NUMBER },
};

const struct iort_field *iort_fields(u8 type, u32 *count)
{
	static const struct {
		const struct iort_field *field;
		u32 count;
	} types[] = {
		[IORT_NAMED_COMPONENT] = { component_fields, ARRAY_SIZE(component_fields) },
		[IORT_ROOT_COMPLEX] = { root_complex_fields, ARRAY_SIZE(root_complex_fields) },
		[IORT_SMMU] = { smmu_fields, ARRAY_SIZE(smmu_fields) },
		[IORT_SMMU_V3] = { smmu_v3_fields, ARRAY_SIZE(smmu_v3_fields) },
		[IORT_PMCG] = { pmcg_fields, ARRAY_SIZE(pmcg_fields) },
		[IORT_RMR] = { rmr_fields, ARRAY_SIZE(rmr_fields) },
		[IORT_IWB] = { iwb_fields, ARRAY_SIZE(iwb_fields) },
	};

	*count = type < ARRAY_SIZE(types) ? types[type].count : 0;
	return *count ? types[type].field : NULL;
}

bool iort_field_value(const struct iort_table *t, u32 off,
		      const struct iort_field *field, u64 *value)
{
	const u8 *p = t->buf + off + field->offset;

	*value = 0;
	/* A path needs one byte at least, the NUL. */
	if (iort_node_at(t, off)->revision < field->revision ||
	    !iort_has_field(t, off, field->offset, field->size ? field->size : 1))
		return false;
	switch (field->size) {
	case 1:
		*value = *p;
		break;
	case 2:
		*value = get_le16(p);
		break;
	case 4:
		*value = get_le32(p);
		break;
	case 8:
		*value = get_le64(p);
		break;
	default:
		break;
	}
	return true;
}

/* ---- arrays ---- */

static struct iort_array interrupts(const struct iort_table *t, u32 off,
				    const char *name, u32 count, u32 start)
{
	struct iort_array a = { .name = name, .size = 8 };

	if (start >= sizeof(struct iort_smmu) &&
	    sdt_fits(start, (u64)count * 8, get_le16(iort_node_at(t, off)->length))) {
		a.offset = off + start;
		a.count = count;
	}
	return a;
}

u32 iort_arrays(const struct iort_table *t, u32 off,
		struct iort_array arrays[3])
{
	const struct iort_node *n = iort_node_at(t, off);
	const struct iort_its_group *its = (const void *)n;
	const struct iort_smmu *smmu = (const void *)n;

	if (n->type == IORT_ITS_GROUP) {
		arrays[0] = (struct iort_array){
			"GIC ITS identifiers",
			off + offsetof(struct iort_its_group, its_ids),
			get_le32(its->its_count), 4,
		};
		return 1;
	}
	if (n->type != IORT_SMMU)
		return 0;
	arrays[0] = interrupts(t, off, "global interrupts", 2,
			       get_le32(smmu->global_irq_offset));
	arrays[1] = interrupts(t, off, "context interrupts",
			       get_le32(smmu->context_irq_count),
			       get_le32(smmu->context_irq_offset));
	arrays[2] = interrupts(t, off, "PMU interrupts",
			       get_le32(smmu->pmu_irq_count),
			       get_le32(smmu->pmu_irq_offset));
	return 3;
}

/* ---- titles ---- */

char *iort_node_title(const struct iort_table *t, u32 off)
{
	const struct iort_node *n = iort_node_at(t, off);
	const struct iort_root_complex *rc = (const void *)n;
	const struct iort_smmu *smmu = (const void *)n;
	const struct iort_pmcg *pmcg = (const void *)n;
	struct iort_array ids[3];
	const char *path;
	char *text;
	size_t size;
	FILE *f = open_text(&text, &size);
	u32 i;

	fprintf(f, "%s", iort_type_name(n->type));
	switch (n->type) {
	case IORT_ITS_GROUP:
		iort_arrays(t, off, ids);
		for (i = 0; i < ids->count; i++)
			fprintf(f, "%s %u", i ? "," : "",
				get_le32(t->buf + ids->offset + 4 * i));
		break;
	case IORT_NAMED_COMPONENT:
		path = iort_component_path(t, off);
		fputc(' ', f);
		if (path)
			print_printable(f, (const u8 *)path, SIZE_MAX);
		else
			fprintf(f, "of a path without an end");
		break;
	case IORT_ROOT_COMPLEX:
		fprintf(f, " of segment %u", get_le32(rc->segment));
		break;
	case IORT_SMMU:
	case IORT_SMMU_V3:
		fprintf(f, " at 0x%" PRIx64, get_le64(smmu->base));
		break;
	case IORT_PMCG:
		fprintf(f, " at 0x%" PRIx64, get_le64(pmcg->page0_base));
		break;
	case IORT_RMR:
		for (i = 0; i < iort_rmr_range_count(t, off); i++) {
			const struct iort_rmr_range *r = iort_rmr_range_at(t, off, i);

			fprintf(f, "%s 0x%" PRIx64 "+0x%" PRIx64,
				i ? "," : "", get_le64(r->base),
				get_le64(r->length));
		}
		break;
	case IORT_IWB:
		if (get_le16(n->length) >= 24)
			fprintf(f, " at 0x%" PRIx64,
				get_le64((const u8 *)n + 16));
		break;
	default:
		fprintf(f, " type %u", n->type);
	}
	close_text(f);
	return text;
}
