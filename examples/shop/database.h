/*
 * One SQLite file of one service: made and filled at the first start, then asked by prepared
 * statements. SQLite writes the JSON of the answers itself (json_object and its family), so a
 * row becomes an answer without passing through C values, and 10.10 stays 10.10.
 *
 * Any thread may call; the connection's own lock, which is recursive, lets one in at a time.
 */
#ifndef BRAID_EXAMPLES_SHOP_DATABASE_H
#define BRAID_EXAMPLES_SHOP_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

struct database;

/* SQL for a number of cents as a JSON number with two decimals: 1010 is 10.10. */
#define DATABASE_MONEY(cents) "json(printf('%d.%02d', " cents " / 100, " cents " % 100))"

/* What a service keeps. */
struct database_plan {
    const char *schema;                      /* SQL that makes the tables */
    bool (*seed)(struct database *database); /* fills them; false when a statement failed */
    const char *const *statements;           /* prepared; known by their place in this list */
    unsigned statement_count;                /* at most DATABASE_STATEMENTS */
};

#define DATABASE_STATEMENTS 8

/* One parameter of a statement: the text, or the number where there is no text. */
struct database_value {
    const char *text;
    int64_t number;
};

static inline struct database_value database_number(int64_t number)
{
    return (struct database_value){.number = number};
}

static inline struct database_value database_text(const char *text)
{
    return (struct database_value){.text = text};
}

/*
 * Opens the file, made and filled in one transaction where it is new; two services that start on
 * the same file do it once. Keeps `plan`. NULL, and the cause on stderr, when that fails.
 */
struct database *database_open(const char *path, const struct database_plan *plan);

/* NULL is fine. */
void database_close(struct database *database);

/*
 * Runs a statement to its end. `values` are as many as it has parameters (NULL for none).
 * *ret_text (may be NULL) is the first column of the first row, given to the caller (free), or NULL
 * where there is no row. false, and the cause on stderr, when it failed.
 */
bool database_run(struct database *database, unsigned statement,
                  const struct database_value *values, char **ret_text);

/* A transaction that may write; the lock is held until its end. */
bool database_begin(struct database *database);

/* Commits, or takes everything back where `is_good` is false. false when nothing was kept. */
bool database_end(struct database *database, bool is_good);

#endif
