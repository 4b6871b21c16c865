/*
 * Whether the gate is where it must be.
 */
#ifndef BRAID_GATEWAY_FRONT_GATE_PROBE_H
#define BRAID_GATEWAY_FRONT_GATE_PROBE_H

#include <stdbool.h>

/*
 * The library receives and sends through the gate. Depends on how the program was
 * linked, so it is asked once, at start. Leaves nothing behind.
 */
bool gate_probe(void);

#endif
