/*
 * Where the gateway listens, and blocks of addresses whose word is believed.
 */
#ifndef BRAID_CONFIG_ADDRESS_H
#define BRAID_CONFIG_ADDRESS_H

#include "config/diagnostic.h"

struct address {
    struct str text;                /* as it was written */
    struct str host;                /* "" for a Unix socket; IPv6 without brackets */
    uint16_t port;                  /* 0: the system chooses one */
    struct str unix_path;           /* "" for TCP */
    const struct listener_tls *tls; /* NULL: plain text */
    struct place place;
};

/* Names of files. */
struct certificate {
    struct str certificate; /* and those between it and the authority */
    struct str key;
    struct place place;
};

#define CERTIFICATES_MAXIMUM 64

/* What a listener shows its clients, and what it wants to be shown. */
struct listener_tls {
    struct certificate list[CERTIFICATES_MAXIMUM]; /* the first is for who names no other */
    uint32_t count;
    struct str client_ca; /* the authorities of clients; empty: they need no certificate */
    struct place client_ca_place;
};

/* An address block: 10.0.0.0/8, ::1/128; IPv4 is kept as ::ffff:a.b.c.d. */
struct block {
    uint8_t bytes[16];
    unsigned bits;
};

/*
 * 0.0.0.0:8080, [::]:8080, localhost:8080, unix:/run/x.sock. NULL, or one clause that says what is
 * wrong; *ret_hint is then what to write. Sets host, port, unix_path and text, in arena.
 */
const char *address_read(struct arena *arena, struct str text, struct address *ret_address,
                         struct str *ret_hint);

/* 10.0.0.0/8, ::1; without a number behind a slash it is that one address. */
const char *block_read(struct arena *arena, struct str text, struct block *ret_block);

/* Whether the address, an IPv6 one or as ::ffff:a.b.c.d, lies in the block. */
bool block_holds(const struct block *block, const uint8_t address[16]);

#endif
