/*
 * Figures of the process as the kernel has them (proc(5)).
 */
#ifndef BRAID_GATEWAY_TELEMETRY_PROCESS_H
#define BRAID_GATEWAY_TELEMETRY_PROCESS_H

#include "base/clock.h"

struct process_figures {
    usec cpu; /* user and system */
    uint64_t descriptors;
    uint64_t descriptor_limit;
    uint64_t virtual_bytes;
    uint64_t resident_bytes;
    uint64_t threads;
};

/* What cannot be read stays 0. */
void process_read(struct process_figures *ret_figures);

#endif
