/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * env.h - the one switch between kernel and user space for shared files
 *
 * Files that need no kernel (the quirk table reader, range sets, the rule
 * resolver, the ACPI table readers) compile both into the module and into the
 * host's tools and tests. They include this header and nothing else of either
 * world. What it gives on both sides: u8 to u64, bool, size_t, errno values,
 * the memory and string functions of <string.h>, the unaligned little-endian
 * readers get_le16(), get_le32() and get_le64(), env_crc32(), ARRAY_SIZE().
 */
#ifndef IOMMU_RESV_ENV_H
#define IOMMU_RESV_ENV_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/crc32.h>
#include <linux/errno.h>
#include <linux/kernel.h>
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

#else /* user space */

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

#endif
