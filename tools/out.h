/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * out.h - one printer for people and for programs
 *
 * A command says once what it has to say; whether that comes out as indented
 * text or as JSON is decided when the printer is made. JSON keys and the words
 * in front of text values are the same, so the two cannot drift apart.
 *
 * Addresses and other 64-bit numbers are hexadecimal strings in JSON: many
 * readers keep numbers in doubles.
 */
#ifndef IOMMU_RESV_OUT_H
#define IOMMU_RESV_OUT_H

#include <stdbool.h>
#include <stdint.h>

struct out;

/**
 * out_begin() - start a document, which is an object
 * @json: JSON rather than text
 *
 * Return: the printer; ends with out_end().
 */
struct out *out_begin(bool json);

/**
 * out_end() - finish the document, write it to stdout and free the printer
 * @o: the printer
 * @key: print as JSON this member of the document alone; NULL for all of it
 *
 * Return: 0, or -1 after a problem() where stdout does not take it.
 */
int out_end(struct out *o, const char *key);

/**
 * out_drop() - free the printer and print nothing
 * @o: the printer
 */
void out_drop(struct out *o);

/**
 * out_array() - start an array in the object that is open
 * @o: the printer
 * @key: its name
 */
void out_array(struct out *o, const char *key);

/**
 * out_table() - start an array whose members are objects of plain values
 * @o: the printer
 * @key: its name
 *
 * As text it is a table: a line of names, and a line for each object, with "-"
 * for what an object does not have. As JSON it is an array as any other.
 */
void out_table(struct out *o, const char *key);

/**
 * out_object() - start an object in the array that is open
 * @o: the printer
 */
void out_object(struct out *o);

/**
 * out_close() - finish the array or object started last
 * @o: the printer
 */
void out_close(struct out *o);

/**
 * out_text() - print a string
 * @o: the printer
 * @key: its name in an object; NULL in an array
 * @text: the string
 */
void out_text(struct out *o, const char *key, const char *text);

/**
 * out_hex() - print an address or another number that is best read in hex
 * @o: the printer
 * @key: its name
 * @value: the number
 * @digits: fewest digits
 */
void out_hex(struct out *o, const char *key, uint64_t value, int digits);

/**
 * out_number() - print a number that counts something
 * @o: the printer
 * @key: its name in an object; NULL in an array
 * @value: the number
 */
void out_number(struct out *o, const char *key, int64_t value);

/**
 * out_flag() - print yes or no
 * @o: the printer
 * @key: its name
 * @value: the answer
 */
void out_flag(struct out *o, const char *key, bool value);

#endif
