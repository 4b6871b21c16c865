/*
 * Playing all cases of a file and saying how each went: for people, or as TAP 14.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_CASE_REPORT_H
#define BRAID_GATEWAY_REHEARSAL_CASE_REPORT_H

#include "gateway/rehearsal/cases.h"
#include "gateway/snapshot.h"

enum case_format { CASE_FORMAT_TEXT, CASE_FORMAT_TAP };

/* How many cases failed. */
uint32_t case_report_print(struct snapshot *snapshot, const struct case_file *file,
                           enum case_format format, FILE *to);

#endif
