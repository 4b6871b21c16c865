/*
 * What `braid test` and `braid drill` begin with: the file and its cases, every mistake printed.
 */
#ifndef BRAID_GATEWAY_MAIN_REHEARSE_H
#define BRAID_GATEWAY_MAIN_REHEARSE_H

#include "gateway/rehearsal/cases.h"
#include "gateway/snapshot.h"

/* NULL where the file cannot run; otherwise the caller owns a reference. */
struct snapshot *rehearse_open(const char *path);

/* In the snapshot's arena; NULL where there is a mistake. */
struct case_file *rehearse_open_cases(struct snapshot *snapshot, const char *path);

#endif
