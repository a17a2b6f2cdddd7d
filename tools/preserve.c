// SPDX-License-Identifier: GPL-2.0-only
/*
 * preserve.c - the host bridges of a machine's tables, and their _DSM
 *
 * The tables are read as the kernel loads them: the DSDT, then the SSDTs, each
 * knowing the names of those before. All objects are kept, then the bridges are
 * picked out, and a bridge is complete only if nothing that was not read could
 * add to it.
 */
#include "preserve.h"
#include "problem.h"
#include "write.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The OEM id of what we make: such a table is no firmware's. */
#define OUR_OEM_ID "IORESV"

/* EISA ids as AML has them (ACPI 6.5, EISAID macro), and as strings. */
static const struct {
	const char *bytes;
	size_t length;
} bridge_marks[] = {
	{ "\x41\xd0\x0a\x03", 4 },	/* PNP0A03, PCI bus */
	{ "\x41\xd0\x0a\x08", 4 },	/* PNP0A08, PCI Express bus */
	{ "PNP0A03", 7 },
	{ "PNP0A08", 7 },
};

static bool has_bytes(const u8 *data, u32 start, u32 end, const char *bytes,
		      size_t length)
{
	return memmem(data + start, end - start, bytes, length);
}

static bool has_bridge_mark(const u8 *data, u32 start, u32 end)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bridge_marks); i++)
		if (has_bytes(data, start, end, bridge_marks[i].bytes,
			      bridge_marks[i].length))
			return true;
	return false;
}

/*
 * Reading
 */

static int keep_object(void *ctx, const struct aml_object *o)
{
	struct preserve *p = ctx;

	/* Doubled when full: powers of two. */
	if (!(p->objects & (p->objects - 1)))
		p->object = xrealloc(p->object,
				     (p->objects ? p->objects * 2 : 1) *
				     sizeof(*p->object));
	p->object[p->objects++] = (struct preserve_object){
		.o = *o, .table = p->loading };
	return 0;
}

static bool defines(const struct preserve_object *object)
{
	return object->o.kind != AML_SCOPE && object->o.kind != AML_BLOCK;
}

static ssize_t find_object(const struct preserve *p,
			   const struct aml_path *path, size_t from)
{
	size_t i;

	for (i = from; i < p->objects; i++)
		if (defines(&p->object[i]) &&
		    aml_same_path(&p->object[i].o.path, path))
			return (ssize_t)i;
	return -1;
}

static int find_name(void *ctx, const struct aml_path *path)
{
	struct preserve *p = ctx;
	ssize_t i = find_object(p, path, 0);

	if (i < 0)
		return -ENOENT;
	return p->object[i].o.kind == AML_METHOD ? (int)p->object[i].o.args : 0;
}

static int scan_tables(struct preserve *p)
{
	const struct aml_reader reader = {
		.object = keep_object, .find = find_name, .ctx = p };
	struct aml_scanner scanner;
	struct acpi_fault f;
	size_t i;

	p->objects = 0;
	for (i = 0; i < p->tables; i++) {
		p->loading = i;
		if (!aml_scan(&scanner, p->table[i].data, p->table[i].size,
			      &reader, &f))
			continue;
		problem("%s: offset 0x%x: %s: the table is left as it is",
			p->table[i].file, f.offset, f.what);
		return -1;
	}
	return 0;
}

static int add_table(struct preserve *p, const char *file, const char *signature)
{
	struct preserve_table *t;
	struct acpi_fault f;
	u32 length;
	char *data;
	size_t size;

	if (read_file(file, &data, &size))
		return -1;
	p->table = xrealloc(p->table, (p->tables + 1) * sizeof(*p->table));
	t = &p->table[p->tables++];
	*t = (struct preserve_table){ .file = xstrdup(file),
				      .data = (u8 *)data };
	if (sdt_check(t->data, size, signature, sizeof(struct sdt_header),
		      AML_LENGTH_MAX, &length, &f)) {
		problem("%s: offset 0x%x: %s: this is no %s", file, f.offset,
			f.what, signature);
		return -1;
	}
	t->size = length;
	if (p->tables == 1)
		snprintf(t->out, sizeof(t->out), "DSDT.aml");
	else
		snprintf(t->out, sizeof(t->out), "SSDT-%zu.aml", p->tables - 1);
	if (!memcmp(((const struct sdt_header *)t->data)->oem_id, OUR_OEM_ID,
		    6) && p->tables > 1) {
		problem("%s: was made by this command: give the tables that firmware has, without those of an override",
			file);
		return -1;
	}
	return 0;
}

/* "SSDT" or "SSDT" and a number, in the order of the numbers. */
static int is_ssdt(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return !strncmp(name, "SSDT", 4) &&
	       name[4 + strspn(name + 4, "0123456789")] == '\0';
}

static int add_from(struct preserve *p, const char *dir, const char *name,
		    const char *signature)
{
	char *file = path_join(dir, name);
	int ret = add_table(p, file, signature);

	free(file);
	return ret;
}

static int add_directory(struct preserve *p, const char *dir, bool with_ssdts)
{
	struct dirent **names;
	int count, i;
	int ret = add_from(p, dir, "DSDT", "DSDT");

	if (ret || !with_ssdts)
		return ret;
	count = scandir(dir, &names, is_ssdt, versionsort);
	if (count < 0) {
		problem("%s: cannot read this directory: %s", dir,
			strerror(errno));
		return -1;
	}
	for (i = 0; i < count; i++) {
		if (!ret)
			ret = add_from(p, dir, names[i]->d_name, "SSDT");
		free(names[i]);
	}
	free(names);
	return ret;
}

/*
 * Bridges
 */

static struct aml_path child(const struct aml_path *path, const char *name)
{
	struct aml_path below = *path;

	/* There is room: a bridge is the parent of its _HID or _CID. */
	memcpy(below.seg[below.count++], name, 4);
	return below;
}

static bool is_named(const struct aml_path *path, const char *name)
{
	return path->count && !memcmp(path->seg[path->count - 1], name, 4);
}

static const char *place_text(const struct preserve *p,
			      const struct preserve_object *object)
{
	static char text[AML_TEXT_MAX + 512];
	char path[AML_TEXT_MAX];

	aml_path_text(&object->o.path, path);
	snprintf(text, sizeof(text), "%.400s: offset 0x%x: %s",
		 p->table[object->table].file, object->o.offset, path);
	return text;
}

static void add_bridge(struct preserve *p, const struct aml_path *path)
{
	size_t i;

	for (i = 0; i < p->bridges; i++)
		if (aml_same_path(&p->bridge[i].path, path))
			return;
	p->bridge = xrealloc(p->bridge, (p->bridges + 1) * sizeof(*p->bridge));
	p->bridge[p->bridges++] = (struct preserve_bridge){ .path = *path,
							    .dsm = -1 };
}

/* Is the value that of another object? Names start with such a character. */
static bool is_reference(const struct preserve *p,
			 const struct preserve_object *object)
{
	u8 c = p->table[object->table].data[object->o.body];

	return object->o.kind == AML_VALUE &&
	       (c == '_' || c == '\\' || c == '^' || c == '.' || c == '/' ||
		(c >= 'A' && c <= 'Z'));
}

static int find_bridges(struct preserve *p)
{
	size_t i;

	for (i = 0; i < p->objects; i++) {
		const struct preserve_object *object = &p->object[i];
		const struct aml_object *o = &object->o;
		struct aml_path parent = o->path;

		if (!defines(object) || (!is_named(&o->path, "_HID") &&
					 !is_named(&o->path, "_CID")))
			continue;
		if (is_reference(p, object)) {
			problem("%s: names another object: cannot be told here",
				place_text(p, object));
			return -1;
		}
		if (!has_bridge_mark(p->table[object->table].data, o->body,
				     o->end))
			continue;
		if (o->kind != AML_VALUE) {
			problem("%s: code decides whether this is a PCI host bridge: cannot be told here",
				place_text(p, object));
			return -1;
		}
		parent.count--;
		add_bridge(p, &parent);
	}
	if (!p->bridges) {
		problem("%s: no PCI host bridge is in it%s", p->table[0].file,
			p->tables > 1 ? ", nor in the SSDTs" : "");
		return -1;
	}
	return 0;
}

/*
 * Could a block that is not read define the _DSM of a bridge? A name leads to it
 * from a scope around it, from the bridge's own; from inside with a ^; from
 * anywhere else only if it is spelled out.
 */
static bool may_reach(const struct preserve *p,
		      const struct preserve_object *block,
		      const struct preserve_bridge *bridge)
{
	const u8 *data = p->table[block->table].data;
	const struct aml_object *o = &block->o;
	const struct aml_path *to = &bridge->path;

	if (aml_is_below(to, &o->path))
		return true;
	if (aml_is_below(&o->path, to) &&
	    has_bytes(data, o->body, o->end, "^", 1))
		return true;
	return to->count &&
	       has_bytes(data, o->body, o->end,
			 (const char *)to->seg[to->count - 1], 4);
}

static int check_blocks(struct preserve *p)
{
	size_t i, j;

	for (i = 0; i < p->objects; i++) {
		const struct preserve_object *block = &p->object[i];
		const struct aml_object *o = &block->o;
		const u8 *data = p->table[block->table].data;

		if (o->kind != AML_BLOCK || aml_is_dead(data, o))
			continue;
		if (has_bridge_mark(data, o->body, o->end)) {
			problem("%s: a condition decides here whether there is a PCI host bridge: cannot be told",
				place_text(p, block));
			return -1;
		}
		if (has_bytes(data, o->body, o->end, "_BBN", 4) ||
		    has_bytes(data, o->body, o->end, "_SEG", 4))
			p->placed = false;
		if (!has_bytes(data, o->body, o->end, "_DSM", 4))
			continue;
		for (j = 0; j < p->bridges; j++) {
			if (!may_reach(p, block, &p->bridge[j]))
				continue;
			problem("%s: a condition decides here about a _DSM that may be a PCI host bridge's: cannot be told",
				place_text(p, block));
			return -1;
		}
	}
	return 0;
}

/* The value of an object of a bridge; false where it is not a constant. */
static bool read_place(const struct preserve *p,
		       const struct preserve_bridge *bridge, const char *name,
		       u64 *value)
{
	struct aml_path path = child(&bridge->path, name);
	ssize_t i = find_object(p, &path, 0);

	if (i < 0) {
		/*
		 * Without a _SEG the segment is 0 (ACPI 6.5, section 6.5.6);
		 * without a _BBN Linux takes the bus from _CRS.
		 */
		*value = 0;
		return !strcmp(name, "_SEG");
	}
	return find_object(p, &path, (size_t)i + 1) < 0 &&
	       aml_integer(p->table[p->object[i].table].data, &p->object[i].o,
			   value);
}

static int look_at_bridge(struct preserve *p, struct preserve_bridge *bridge)
{
	struct aml_path path = child(&bridge->path, "_DSM");
	const struct preserve_object *dsm;
	ssize_t again;

	bridge->placed = read_place(p, bridge, "_SEG", &bridge->segment) &&
			 read_place(p, bridge, "_BBN", &bridge->bus);
	if (!bridge->placed)
		p->placed = false;
	bridge->dsm = find_object(p, &path, 0);
	if (bridge->dsm < 0) {
		path = child(&bridge->path, "XDSM");
		again = find_object(p, &path, 0);
		if (again < 0)
			return 0;
		problem("%s: this table has been changed by this command before: give that of firmware",
			place_text(p, &p->object[again]));
		return -1;
	}
	dsm = &p->object[bridge->dsm];
	again = find_object(p, &path, (size_t)bridge->dsm + 1);
	if (again >= 0) {
		problem("%s: is defined twice: which one counts cannot be told",
			place_text(p, &p->object[again]));
		return -1;
	}
	if (dsm->o.kind != AML_METHOD || dsm->o.args != 4) {
		problem("%s: is not a method that takes four arguments",
			place_text(p, dsm));
		return -1;
	}
	return 0;
}

int preserve_read(struct preserve *p, const char *dir, const char *dsdt,
		  char *const *ssdt, size_t ssdts)
{
	size_t i;

	*p = (struct preserve){ .placed = true };
	if (dsdt && add_table(p, dsdt, "DSDT"))
		return -1;
	if (!dsdt && add_directory(p, dir, !ssdts))
		return -1;
	for (i = 0; i < ssdts; i++)
		if (add_table(p, ssdt[i], "SSDT"))
			return -1;
	if (scan_tables(p) || find_bridges(p) || check_blocks(p))
		return -1;
	for (i = 0; i < p->bridges; i++)
		if (look_at_bridge(p, &p->bridge[i]))
			return -1;
	return 0;
}

void preserve_free(struct preserve *p)
{
	size_t i;

	for (i = 0; i < p->tables; i++) {
		free(p->table[i].file);
		free(p->table[i].data);
	}
	free(p->table);
	free(p->object);
	free(p->bridge);
}

void preserve_want_all(struct preserve *p)
{
	size_t i;

	for (i = 0; i < p->bridges; i++)
		p->bridge[i].wanted = true;
}

/*
 * The buses of host bridges lie apart, and begin with _BBN: a bus belongs to the
 * bridge whose _BBN is the last one that is not above it.
 */
int preserve_want(struct preserve *p, u32 segment, u32 first, u32 last)
{
	struct preserve_bridge *best = NULL;
	size_t i;

	if (!p->placed) {
		preserve_want_all(p);
		return 0;
	}
	for (i = 0; i < p->bridges; i++) {
		struct preserve_bridge *b = &p->bridge[i];

		if (b->segment != segment || b->bus > last)
			continue;
		if (b->bus > first)
			b->wanted = true;
		else if (!best || best->bus < b->bus)
			best = b;
	}
	if (!best) {
		problem("%s: no PCI host bridge has bus 0x%02x of segment 0x%04x",
			p->table[0].file, first, segment);
		return -1;
	}
	best->wanted = true;
	return 0;
}

/*
 * Changing
 */

/* A name that none of the tables has, neither as a definition nor as a use. */
static bool free_name(const struct preserve *p, char name[5])
{
	static const char letters[] = "XYZWVUTSRQPONMLKJIHGFEDCBA";
	size_t i, j;

	for (i = 0; letters[i]; i++) {
		snprintf(name, 5, "%cDSM", letters[i]);
		for (j = 0; j < p->tables; j++)
			if (has_bytes(p->table[j].data, 0,
				      (u32)p->table[j].size, name, 4))
				break;
		if (j == p->tables)
			return true;
	}
	return false;
}

static void set_le32(u8 *to, u32 value)
{
	size_t i;

	for (i = 0; i < 4; i++)
		to[i] = (u8)(value >> (8 * i));
}

/*
 * Linux replaces the first table that has the ids of the new one, and only if
 * the new one's revision is higher (drivers/acpi/tables.c
 * acpi_table_initrd_override()).
 */
static int raise_revision(const struct preserve *p, struct preserve_table *t)
{
	struct sdt_header *h = (struct sdt_header *)t->data;
	u32 revision = get_le32(h->oem_revision);
	size_t i;
	u8 sum = 0;

	if (revision == U32_MAX) {
		problem("%s: its OEM revision cannot be raised: the kernel would not take another table in its place",
			t->file);
		return -1;
	}
	for (i = 0; i < p->tables; i++) {
		const struct sdt_header *other = (const void *)p->table[i].data;

		if (&p->table[i] == t ||
		    memcmp(h->signature, other->signature, 4) ||
		    memcmp(h->oem_id, other->oem_id,
			   sizeof(h->oem_id) + sizeof(h->oem_table_id)))
			continue;
		problem("%s: has the same ids as %s: the kernel could not tell which of them is to be replaced",
			t->file, p->table[i].file);
		return -1;
	}
	set_le32(h->oem_revision, revision + 1);
	h->checksum = 0;
	for (i = 0; i < t->size; i++)
		sum += t->data[i];
	h->checksum = (u8)-sum;
	return 0;
}

static int rename_methods(struct preserve *p, const char name[5])
{
	size_t i;

	for (i = 0; i < p->bridges; i++) {
		const struct preserve_bridge *b = &p->bridge[i];
		const struct preserve_object *dsm;

		if (!b->wanted || b->dsm < 0)
			continue;
		dsm = &p->object[b->dsm];
		memcpy(p->table[dsm->table].data + dsm->o.name, name, 4);
		p->table[dsm->table].changed = true;
	}
	for (i = 0; i < p->tables; i++)
		if (p->table[i].changed && raise_revision(p, &p->table[i]))
			return -1;
	return 0;
}

/* Read what was made: each chosen bridge has one _DSM, and the old one. */
static int prove(struct preserve *p, const char name[5])
{
	size_t i;

	if (scan_tables(p))
		return -1;
	for (i = 0; i < p->bridges; i++) {
		const struct preserve_bridge *b = &p->bridge[i];
		struct aml_path path = child(&b->path, "_DSM");
		ssize_t dsm = find_object(p, &path, 0);
		char text[AML_TEXT_MAX];

		if (!b->wanted)
			continue;
		path = child(&b->path, name);
		if (dsm >= 0 && p->object[dsm].table == p->tables - 1 &&
		    p->object[dsm].o.args == 4 &&
		    (find_object(p, &path, 0) >= 0) == (b->dsm >= 0) &&
		    find_object(p, &p->object[dsm].o.path, (size_t)dsm + 1) < 0)
			continue;
		aml_path_text(&b->path, text);
		problem("%s: the tables that were made do not have its _DSM as it should be: nothing is written",
			text);
		return -1;
	}
	return 0;
}

/* Tables of another run beside those of this one would be loaded as well. */
static int check_stale(const struct preserve *p, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int ret = 0;
	size_t i;

	if (!d)
		return 0;
	while (!ret && (e = readdir(d))) {
		size_t length = strlen(e->d_name);

		if ((strcmp(e->d_name, "DSDT.aml") &&
		     strncmp(e->d_name, "SSDT-", 5)) ||
		    length < 4 || strcmp(e->d_name + length - 4, ".aml"))
			continue;
		for (i = 0; i < p->tables; i++)
			if (p->table[i].changed &&
			    !strcmp(p->table[i].out, e->d_name))
				break;
		if (i < p->tables)
			continue;
		problem("%s/%s: is there, but not made now: remove it if it is of an earlier run, else take another directory",
			dir, e->d_name);
		ret = -1;
	}
	closedir(d);
	return ret;
}

static int write_table(const struct preserve_table *t, const char *dir)
{
	char *name = path_join(dir, t->out);
	int ret = output_bytes(name, t->data, t->size);

	free(name);
	return ret;
}

static void say_written(const struct preserve *p, const char *dir)
{
	char text[AML_TEXT_MAX];
	size_t i;

	for (i = 0; i < p->tables; i++)
		if (p->table[i].changed)
			printf("%s/%s\n", dir, p->table[i].out);
	for (i = 0; i < p->bridges; i++) {
		if (!p->bridge[i].wanted)
			continue;
		aml_path_text(&p->bridge[i].path, text);
		printf("%s: %s\n", text,
		       p->bridge[i].dsm < 0 ? "gets a _DSM" :
					      "its _DSM is called by the new one");
	}
}

int preserve_write(struct preserve *p, const char *dir, const char *iasl,
		   bool verbose)
{
	struct preserve_table *ours;
	size_t i, size;
	char name[5];
	char *text, *first;
	u8 *data;
	int ret;

	if (!free_name(p, name)) {
		problem("%s: all names that a _DSM could have are taken",
			p->table[0].file);
		return -1;
	}
	text = asl_text(p, name);
	ret = asl_compile(iasl, text, &data, &size);
	free(text);
	if (ret || rename_methods(p, name)) {
		if (!ret)
			free(data);
		return -1;
	}
	p->table = xrealloc(p->table, (p->tables + 1) * sizeof(*p->table));
	ours = &p->table[p->tables++];
	*ours = (struct preserve_table){ .file = xstrdup("the compiled SSDT"),
					 .data = data, .size = size,
					 .out = "SSDT-IORESV.aml",
					 .changed = true };
	if (prove(p, name) || check_stale(p, dir))
		return -1;
	first = path_join(dir, p->table[0].out);
	ret = make_parents(first);
	free(first);
	if (ret)
		return -1;
	for (i = 0; i < p->tables; i++)
		if (p->table[i].changed && write_table(&p->table[i], dir))
			return -1;
	if (verbose)
		say_written(p, dir);
	return 0;
}
