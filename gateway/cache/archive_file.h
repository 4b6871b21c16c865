/*
 * The SQLite file of the archive: rows in and out. One thread at a time; blocking.
 */
#ifndef BRAID_GATEWAY_CACHE_ARCHIVE_FILE_H
#define BRAID_GATEWAY_CACHE_ARCHIVE_FILE_H

#include "base/clock.h"
#include "base/str.h"

struct archive_file;
struct cache_entry;
struct cache_store;

/*
 * Opens or makes the file, of `bytes` at the most. One that is no database, or is damaged, is
 * renamed to PATH.corrupt, which is said in one line of the log, and a new one is begun. NULL
 * where there can be none: said in the log too.
 */
struct archive_file *archive_file_open(struct str path, uint64_t bytes);
void archive_file_close(struct archive_file *file);

/* See cache_archive_load(). Rows that are too old are deleted. */
uint32_t archive_file_load(struct archive_file *file, struct cache_store *store, usec now,
                           usec wall);

/*
 * Between begin and commit. `now` and `wall` are the same moment. What fails for want of room
 * makes room by deleting the oldest rows and is tried again; any other failure sets the file
 * aside.
 */
void archive_file_begin(struct archive_file *file);
void archive_file_put(struct archive_file *file, const struct cache_entry *entry, usec now,
                      usec wall);
void archive_file_forget(struct archive_file *file, struct str service, struct str target);
void archive_file_forget_all(struct archive_file *file);
void archive_file_commit(struct archive_file *file);

#endif
