/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report_priv.h - what the files that read report.json know of each other
 *
 * Places are what a problem() names: "groups[3].devices[0].name".
 */
#ifndef IOMMU_RESV_REPORT_PRIV_H
#define IOMMU_RESV_REPORT_PRIV_H

#include "report.h"

#include <json-c/json.h>

/* Longer than any place in a report that is one. */
#define REPORT_PLACE_MAX 256

/**
 * report_is_a() - is a value of the type that it has to be?
 * @r: the report
 * @value: the value
 * @type: its type
 * @place: its place
 *
 * Return: true, or false after a problem().
 */
bool report_is_a(const struct report *r, struct json_object *value,
		 enum json_type type, const char *place);

/**
 * report_member() - a member of an object
 * @r: the report
 * @object: the object
 * @place: the object's place
 * @key: the member's name
 * @type: its type
 *
 * Return: the member, or NULL after a problem().
 */
struct json_object *report_member(const struct report *r,
				  struct json_object *object, const char *place,
				  const char *key, enum json_type type);

/**
 * report_text() - a member that is a string
 * @r: the report
 * @object: the object
 * @place: the object's place
 * @key: the member's name
 *
 * Return: the string, or NULL after a problem().
 */
const char *report_text(const struct report *r, struct json_object *object,
			const char *place, const char *key);

/**
 * report_each() - call a function with each member of an array of objects
 * @r: the report
 * @array: the array
 * @place: its place
 * @fn: the function; what it returns, if not 0, ends it
 * @arg: passed to @fn
 *
 * Return: 0, or -1 where a member is no object, after a problem(), or where
 * @fn did not return 0.
 */
int report_each(const struct report *r, struct json_object *array,
		const char *place,
		int (*fn)(const struct report *r, struct json_object *object,
			  const char *place, void *arg),
		void *arg);

/**
 * report_zeroed() - storage for an array, all zero
 * @count: members
 * @size: of one, in bytes
 *
 * Return: room for one more than @count, so that there is always something to
 * free.
 */
void *report_zeroed(size_t count, size_t size);

/**
 * report_refuse() - say that a value is not what it has to be
 * @r: the report
 * @place: its place
 * @what: what it has to be
 *
 * Return: -1.
 */
int report_refuse(const struct report *r, const char *place, const char *what);

/**
 * report_number() - a member that is a number from 0 on
 * @r: the report
 * @object: the object
 * @place: the object's place
 * @key: the member's name
 * @max: the largest that it may be
 * @value: the number
 *
 * Return: 0, or -1 after a problem().
 */
int report_number(const struct report *r, struct json_object *object,
		  const char *place, const char *key, int64_t max,
		  int64_t *value);

/**
 * report_array() - a member that is an array, or null
 * @r: the report
 * @object: the object
 * @place: the object's place
 * @key: the member's name
 * @array: the array; NULL where it is null, and also where it is missing
 *
 * Return: 0, or -1 after a problem().
 */
int report_array(const struct report *r, struct json_object *object,
		 const char *place, const char *key,
		 struct json_object **array);

/**
 * report_hex() - a member that is a number as the module writes addresses
 * @r: the report
 * @object: the object
 * @place: the object's place
 * @key: the member's name
 * @value: the number
 *
 * Return: 0, or -1 after a problem().
 */
int report_hex(const struct report *r, struct json_object *object,
	       const char *place, const char *key, u64 *value);

/**
 * report_range() - the members "start" and "last" of an object
 * @r: the report
 * @object: the object
 * @place: the object's place
 * @range: the range
 *
 * Return: 0, or -1 after a problem().
 */
int report_range(const struct report *r, struct json_object *object,
		 const char *place, struct resv_range *range);

/**
 * report_range_member() - a member that is a range
 * @r: the report
 * @object: the object
 * @place: the object's place
 * @key: the member's name
 * @range: the range
 *
 * Return: 0, or -1 after a problem().
 */
int report_range_member(const struct report *r, struct json_object *object,
			const char *place, const char *key,
			struct resv_range *range);

/**
 * report_optional() - a member that may be null
 * @object: the object
 * @key: the member's name
 *
 * Return: the member; NULL where it is null, and also where it is missing.
 */
struct json_object *report_optional(struct json_object *object,
				    const char *key);

/**
 * report_optional_text() - a string that may be null
 * @object: the object
 * @key: the member's name
 *
 * Return: the string; NULL where the member is missing or anything else.
 */
const char *report_optional_text(struct json_object *object, const char *key);

#endif
