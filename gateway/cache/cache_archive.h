/*
 * The part of the cache that outlives the process: answers that a `stale` rung may need after a
 * restart, in an SQLite file (WAL mode). A thread of its own writes; nobody waits for it: what its
 * queue has no room for is not kept. A file that is no database any more is set aside.
 */
#ifndef BRAID_GATEWAY_CACHE_CACHE_ARCHIVE_H
#define BRAID_GATEWAY_CACHE_CACHE_ARCHIVE_H

#include "base/clock.h"
#include "base/str.h"

struct cache_archive;
struct cache_entry;
struct cache_store;

/* What waits to be written, at the most: so many entries, holding so many bytes. */
#define CACHE_ARCHIVE_QUEUE       ((uint32_t)4096)
#define CACHE_ARCHIVE_QUEUE_BYTES ((uint64_t)32 * 1024 * 1024)

/*
 * Opens or makes the file, of `bytes` at the most (its log beside it takes a few MiB more). NULL
 * where that is not possible: why is in the log.
 */
struct cache_archive *cache_archive_open(struct str path, uint64_t bytes);

/*
 * Puts what is in the file and not too old into the store, the newest first, until the store is
 * full. `now` and `wall` are the same moment on both clocks. How many it were.
 */
uint32_t cache_archive_load(struct cache_archive *archive, struct cache_store *store, usec now,
                            usec wall);

/* Starts the thread. 0 or a negative errno. */
int cache_archive_start(struct cache_archive *archive);

/* Writes what waits, ends the thread, closes the file. NULL is a no-op. */
void cache_archive_close(struct cache_archive *archive);

/* Takes a reference until it is written. Any thread. */
void cache_archive_put(struct cache_archive *archive, struct cache_entry *entry);

/* No answer about the target is to be found after a restart. Copies the texts. Any thread. */
void cache_archive_forget(struct cache_archive *archive, struct str service, struct str target);

#endif
