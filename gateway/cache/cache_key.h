/*
 * By what a stored answer is found: everything of the request that may have shaped it. Two
 * requests that differ in one header line (but those of tracing and time) have different keys, so
 * nobody gets what was said to somebody else.
 */
#ifndef BRAID_GATEWAY_CACHE_CACHE_KEY_H
#define BRAID_GATEWAY_CACHE_CACHE_KEY_H

#include "base/str.h"
#include "routes/method.h"

/* Who may use the answer: calls know JSON, proxies pass bytes on as they are. */
enum cache_kind { CACHE_OF_CALLS, CACHE_OF_PROXIES, CACHE_KIND_COUNT };

struct cache_key {
    uint64_t hash;        /* of all of it, seeded */
    uint64_t target_hash; /* of service and target: what an unsafe method invalidates */
    enum cache_kind kind;
    enum method method;
    struct str service;
    struct str target;
    struct str lines; /* "Name: value\r\n" each */
};

/* Borrows the texts for as long as the key is used. */
struct cache_key cache_key_of(enum cache_kind kind, enum method method, struct str service,
                              struct str target, struct str lines);

uint64_t cache_key_hash_target(struct str service, struct str target);

#endif
