/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * env.h - the one switch between kernel and user space for shared files
 *
 * Files that need no kernel (the quirk table reader, range sets, the rule
 * resolver, the ACPI table readers) compile both into the module and into the
 * host's tools and tests. They include this header and nothing else of either
 * world. What it gives on both sides: u8 to u64, bool, size_t, errno values,
 * the memory and string functions of <string.h>, the unaligned little-endian
 * readers get_le16(), get_le32() and get_le64() and writers put_le16(),
 * put_le32() and put_le64(), env_crc32(), ARRAY_SIZE(); and for the few files
 * that need memory, which in the kernel may then sleep, env_alloc() and
 * env_free(), and env_sort().
 */
#ifndef IOMMU_RESV_ENV_H
#define IOMMU_RESV_ENV_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

/*
 * The same function as zlib's crc32(): IEEE 802.3, reflected, inverted. @crc is
 * 0, or the result for the bytes in front of @p.
 */
static inline u32 env_crc32(u32 crc, const void *p, size_t len)
{
	return ~crc32_le(~crc, p, len);
}

/* Zeroed memory for @count things of @size bytes; NULL where there is none. */
static inline void *env_alloc(size_t count, size_t size)
{
	return kvcalloc(count, size, GFP_KERNEL);
}

static inline void env_free(void *p)
{
	kvfree(p);
}

/* Not stable: equal things may change places. */
static inline void env_sort(void *p, size_t count, size_t size,
			    int (*compare)(const void *a, const void *b))
{
	sort(p, count, size, compare, NULL);
}

#else /* user space */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif
#ifndef U64_MAX
#define U64_MAX UINT64_MAX
#define U32_MAX UINT32_MAX
#define U16_MAX UINT16_MAX
#endif

static inline u32 env_crc32(u32 crc, const void *p, size_t len)
{
	return (u32)crc32_z(crc, p, len);
}

static inline void *env_alloc(size_t count, size_t size)
{
	/* As in the kernel, nothing at all is no failure. */
	return calloc(count ? count : 1, size);
}

static inline void env_free(void *p)
{
	free(p);
}

static inline void env_sort(void *p, size_t count, size_t size,
			    int (*compare)(const void *a, const void *b))
{
	if (count)
		qsort(p, count, size, compare);
}

#endif

static inline u16 get_le16(const void *p)
{
	const u8 *b = p;

	return (u16)(b[0] | b[1] << 8);
}

static inline u32 get_le32(const void *p)
{
	const u8 *b = p;

	return (u32)b[0] | (u32)b[1] << 8 | (u32)b[2] << 16 | (u32)b[3] << 24;
}

static inline u64 get_le64(const void *p)
{
	const u8 *b = p;

	return (u64)get_le32(b) | (u64)get_le32(b + 4) << 32;
}

static inline void put_le16(void *p, u16 v)
{
	u8 *b = p;

	b[0] = (u8)v;
	b[1] = (u8)(v >> 8);
}

static inline void put_le32(void *p, u32 v)
{
	u8 *b = p;

	put_le16(b, (u16)v);
	put_le16(b + 2, (u16)(v >> 16));
}

static inline void put_le64(void *p, u64 v)
{
	u8 *b = p;

	put_le32(b, (u32)v);
	put_le32(b + 4, (u32)(v >> 32));
}

#endif
