// SPDX-License-Identifier: GPL-2.0-only
/*
 * choose.c - which table is in force: the embedded one, or the file
 *
 * The file is a vendor's or an administrator's update. It is checked whole
 * before anything of it is used; one that is refused changes nothing, and what
 * was wrong with it is said in the log and in reports.
 */
#define pr_fmt(fmt) "iommu-resv: " fmt

#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "iommu_resv.h"
#include "text.h"

/**
 * struct resv_refusal - why the file was not taken
 * @what: the defect; %NULL where it was taken, or was not there
 * @offset: where in the file, or -1
 * @error: of reading it, or 0
 * @next: what to do
 */
struct resv_refusal {
	const char *what;
	s64 offset;
	int error;
	const char *next;
};

static DEFINE_MUTEX(resv_refusal_lock);
static struct resv_refusal resv_refusal;

static struct resv_state *resv_state_embedded(void)
{
	struct quirk_fault fault = {};
	struct resv_state *state;
	int ret;

	state = resv_state_new();
	if (!state)
		return ERR_PTR(-ENOMEM);
	ret = quirk_table_open(&state->table, resv_embedded_table,
			       resv_embedded_table_size, &fault);
	if (ret) {
		pr_err("the embedded quirk table is refused: %s (offset %u); build the module again\n",
		       fault.what, fault.offset);
		resv_state_put(state);
		return ERR_PTR(ret);
	}
	return state;
}

/* What is said about a file that was not refused: nothing. */
static void resv_refusal_clear(void)
{
	mutex_lock(&resv_refusal_lock);
	memset(&resv_refusal, 0, sizeof(resv_refusal));
	mutex_unlock(&resv_refusal_lock);
}

static void resv_refuse(const char *what, s64 offset, int error,
			const char *next)
{
	mutex_lock(&resv_refusal_lock);
	resv_refusal.what = what;
	resv_refusal.offset = offset;
	resv_refusal.error = error;
	resv_refusal.next = next;
	mutex_unlock(&resv_refusal_lock);
	if (offset >= 0)
		pr_err("%s is refused: %s (offset %lld); %s\n", RESV_TABLE_FILE,
		       what, offset, next);
	else if (error)
		pr_err("%s is refused: %s (error %d); %s\n", RESV_TABLE_FILE,
		       what, error, next);
	else
		pr_err("%s is refused: %s; %s\n", RESV_TABLE_FILE, what, next);
}

#define RESV_NEXT_FILE "write it anew with: iommu-resv quirks update"
#define RESV_NEXT_MODULE "install a newer iommu-resv"

/*
 * The file's bytes, checked. %NULL where there is no file.
 *
 * They are copied: the firmware loader hands out the same bytes again, without
 * looking at the file, as long as somebody holds them.
 */
static struct resv_state *resv_state_read(struct device *dev)
{
	const struct firmware *firmware;
	struct quirk_fault fault = {};
	struct resv_state *state;
	size_t size;
	int ret;

	ret = firmware_request_nowarn(&firmware, RESV_TABLE_FILE, dev);
	if (ret == -ENOENT)
		return NULL;
	if (ret == -ENOMEM)
		return ERR_PTR(ret);
	if (ret) {
		resv_refuse("it cannot be read", -1, ret,
			    "look at the file and at the kernel's log");
		return ERR_PTR(ret);
	}
	size = firmware->size;
	if (size > QUIRK_MAX_SIZE) {
		release_firmware(firmware);
		resv_refuse("it is larger than any table", -1, 0,
			    RESV_NEXT_FILE);
		return ERR_PTR(-EFBIG);
	}

	state = resv_state_new();
	if (state)
		state->firmware = kvmalloc(size, GFP_KERNEL);
	if (!state || !state->firmware) {
		release_firmware(firmware);
		resv_state_put(state);
		return ERR_PTR(-ENOMEM);
	}
	memcpy(state->firmware, firmware->data, size);
	release_firmware(firmware);
	ret = quirk_table_open(&state->table, state->firmware, size, &fault);
	if (ret) {
		resv_state_put(state);
		resv_refuse(fault.what, fault.offset, 0, RESV_NEXT_FILE);
		return ERR_PTR(ret);
	}
	return state;
}

static int resv_state_match(struct resv_state *state)
{
	int ret;

	state->policy = resv_params_policy(!state->firmware);
	ret = resv_board_match(state);
	if (!ret)
		resv_params_warn_unknown(&state->table, &state->policy);
	return ret;
}

/* Is this the table in force already? */
static bool resv_state_in_force(const struct resv_state *state)
{
	const struct quirk_table *a = &state->table, *b;
	const struct resv_state *now;
	bool same;
	int idx;

	idx = srcu_read_lock(&resv_srcu);
	now = resv_state_now();
	b = now ? &now->table : NULL;
	same = b && a->size == b->size && !memcmp(a->image, b->image, a->size);
	srcu_read_unlock(&resv_srcu, idx);
	return same;
}

/**
 * resv_state_choose() - make a state of the newest table
 * @dev: the device in whose name the file is asked for; %NULL not to look at
 *	the file, nor at the machine
 * @loading: the embedded table stands in for a file that is refused; else
 *	nothing does
 *
 * The file wins where it is newer than the embedded table. What is in force
 * does not count, so that whoever puts an older file back gets its table.
 *
 * Context: may sleep; the caller holds resv_reload_lock.
 * Return: a state that nobody knows yet, -EALREADY where its table is in force,
 * or another error whose reason is in the log.
 */
struct resv_state *resv_state_choose(struct device *dev, bool loading)
{
	struct resv_state *embedded, *file = NULL;
	int ret;

	lockdep_assert_held(&resv_reload_lock);
	embedded = resv_state_embedded();
	if (IS_ERR(embedded))
		return embedded;
	if (!dev) {
		embedded->policy = resv_params_policy(true);
		return embedded;
	}

	file = resv_state_read(dev);
	if (!IS_ERR_OR_NULL(file) &&
	    !quirk_table_newer(&file->table, &embedded->table)) {
		pr_info("%s (serial %llu, local %u) is not newer than the embedded table (serial %llu, local %u) and is not used\n",
			RESV_TABLE_FILE, file->table.serial, file->table.local,
			embedded->table.serial, embedded->table.local);
		resv_state_put(file);
		file = NULL;
	}
	if (!IS_ERR_OR_NULL(file)) {
		ret = resv_state_in_force(file) ? -EALREADY :
						  resv_state_match(file);
		if (ret) {
			resv_state_put(file);
			file = ERR_PTR(ret);
		}
		if (ret == -EOPNOTSUPP)
			resv_refuse("an entry for this machine is written in a newer language than this module knows",
				    -1, 0, RESV_NEXT_MODULE);
	}
	if (!IS_ERR(file) || PTR_ERR(file) == -EALREADY)
		resv_refusal_clear();
	if (!IS_ERR_OR_NULL(file)) {
		resv_state_put(embedded);
		return file;
	}
	if (IS_ERR(file) && (!loading || PTR_ERR(file) == -ENOMEM)) {
		resv_state_put(embedded);
		return file;
	}

	ret = resv_state_in_force(embedded) ? -EALREADY :
					      resv_state_match(embedded);
	if (ret) {
		resv_state_put(embedded);
		return ERR_PTR(ret);
	}
	return embedded;
}

/**
 * resv_state_again() - make a state of the table in force once more
 *
 * For when the machine has changed, and the table has not.
 *
 * Context: may sleep; the caller holds resv_reload_lock, so the table stays the
 * one in force.
 * Return: a state that nobody knows yet, or an error.
 */
struct resv_state *resv_state_again(void)
{
	struct quirk_fault fault = {};
	const struct resv_state *now;
	struct resv_state *state;
	bool embedded;
	size_t size;
	int idx, ret = -ENOMEM;

	lockdep_assert_held(&resv_reload_lock);
	idx = srcu_read_lock(&resv_srcu);
	now = resv_state_now();
	embedded = !now->firmware;
	size = now->table.size;
	state = embedded ? NULL : resv_state_new();
	if (state)
		state->firmware = kvmalloc(size, GFP_KERNEL);
	if (state && state->firmware)
		memcpy(state->firmware, now->firmware, size);
	srcu_read_unlock(&resv_srcu, idx);

	if (embedded) {
		state = resv_state_embedded();
		if (IS_ERR(state))
			return state;
		ret = 0;
	} else if (state && state->firmware) {
		ret = quirk_table_open(&state->table, state->firmware, size,
				       &fault);
	}
	if (!ret)
		ret = resv_state_match(state);
	if (ret) {
		resv_state_put(state);
		return ERR_PTR(ret);
	}
	return state;
}

static struct resv_refusal resv_refusal_copy(void)
{
	struct resv_refusal refusal;

	mutex_lock(&resv_refusal_lock);
	refusal = resv_refusal;
	mutex_unlock(&resv_refusal_lock);
	return refusal;
}

/**
 * put_table() - add the lines about the table in force
 * @t: the text
 * @state: its state
 */
void put_table(struct resv_text *t, const struct resv_state *state)
{
	struct resv_refusal refusal = resv_refusal_copy();

	put(t, "table: serial %llu, crc 0x%08x, %u entries\n",
	    state->table.serial, state->table.crc,
	    state->table.count[QUIRK_SEC_ENTRIES]);
	put(t, "source: %s, local %u\n",
	    state->firmware ? RESV_TABLE_FILE : "embedded", state->table.local);
	if (refusal.what) {
		put(t, "refused: %s: %s", RESV_TABLE_FILE, refusal.what);
		if (refusal.offset >= 0)
			put(t, " (offset %lld)", refusal.offset);
		if (refusal.error)
			put(t, " (error %d)", refusal.error);
		put(t, "; %s\n", refusal.next);
	}
	if (!state->enforcing && resv_hooks_active())
		put(t, "hooks: in place, for groups in use or passing through: they go when the module is unloaded\n");
}

/**
 * put_json_table() - add the same as a JSON object
 * @t: the text
 * @state: its state
 */
void put_json_table(struct resv_text *t, const struct resv_state *state)
{
	struct resv_refusal refusal = resv_refusal_copy();

	put(t, "{\"serial\":%llu,\"local\":%u,\"crc\":\"0x%08x\",\"entries\":%u,\"source\":\"%s\",\"refused\":",
	    state->table.serial, state->table.local, state->table.crc,
	    state->table.count[QUIRK_SEC_ENTRIES],
	    state->firmware ? "firmware" : "embedded");
	if (refusal.what) {
		put(t, "{");
		put_member(t, "file", RESV_TABLE_FILE);
		put(t, ",");
		put_member(t, "what", refusal.what);
		if (refusal.offset >= 0)
			put(t, ",\"offset\":%lld", refusal.offset);
		if (refusal.error)
			put(t, ",\"error\":%d", refusal.error);
		put(t, ",");
		put_member(t, "next", refusal.next);
		put(t, "}");
	} else {
		put(t, "null");
	}
	put(t, "}");
}
