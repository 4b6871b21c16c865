/*
 * One table, one row per key. Times are of the wall clock, since the other one begins anew with
 * the machine. Fields are one text, "Name: value\n" each. What can be worked out again (rules,
 * index) is not stored.
 */
#include "gateway/cache/archive_file.h"

#include "base/arena.h"
#include "base/log.h"
#include "gateway/cache/cache_store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE       4096
#define ROW_MEMORY (2 * CACHE_ENTRY_MAXIMUM) /* fields and index of one row while it is read */
#define BUSY_WAIT  1000                      /* milliseconds, for a process that is just ending */

enum statement {
    STATEMENT_PUT,
    STATEMENT_FORGET,
    STATEMENT_FORGET_ALL,
    STATEMENT_MAKE_ROOM,
    STATEMENT_LOAD,
    STATEMENT_EXPIRE,
    STATEMENT_COUNT
};

static const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_PUT] = "INSERT OR REPLACE INTO answers (service, target, kind, method, lines, "
                      "status, fields, body, is_read, asked, received, keep) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_FORGET] = "DELETE FROM answers WHERE service = ? AND target = ?",
    [STATEMENT_FORGET_ALL] = "DELETE FROM answers",
    [STATEMENT_MAKE_ROOM] =
        "DELETE FROM answers WHERE received <= (SELECT received FROM answers ORDER BY received "
        "LIMIT 1 OFFSET (SELECT count(*) / 8 FROM answers))",
    [STATEMENT_LOAD] = "SELECT service, target, kind, method, lines, status, fields, body, "
                       "is_read, asked, received, keep FROM answers ORDER BY received DESC",
    [STATEMENT_EXPIRE] = "DELETE FROM answers WHERE received + keep * 1000000 < ?",
};

static const char schema[] =
    "PRAGMA user_version = 1;"
    "CREATE TABLE IF NOT EXISTS answers (service BLOB NOT NULL, target BLOB NOT NULL, "
    "kind INTEGER NOT NULL, method INTEGER NOT NULL, lines BLOB NOT NULL, status INTEGER NOT NULL, "
    "fields BLOB NOT NULL, body BLOB NOT NULL, is_read INTEGER NOT NULL, asked INTEGER NOT NULL, "
    "received INTEGER NOT NULL, keep INTEGER NOT NULL, "
    "PRIMARY KEY (service, target, kind, method, lines));"
    "CREATE INDEX IF NOT EXISTS by_time ON answers (received);";

struct archive_file {
    char *path;
    uint64_t bytes;
    sqlite3 *database; /* NULL: it could not be opened any more */
    sqlite3_stmt *statements[STATEMENT_COUNT];
    bool was_set_aside; /* once; the second time there is no file any more */
};

/* --- opening ------------------------------------------------------------------------------ */

static void file_shut(struct archive_file *file)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(file->statements[i]);
        file->statements[i] = NULL;
    }
    sqlite3_close(file->database);
    file->database = NULL;
}

static bool file_is_sound(struct archive_file *file)
{
    sqlite3_stmt *check = NULL;
    bool is_sound = sqlite3_prepare_v2(file->database, "PRAGMA quick_check(1)", -1, &check, NULL) ==
                        SQLITE_OK &&
                    sqlite3_step(check) == SQLITE_ROW &&
                    strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    return is_sound;
}

/* Of another layout, from a version to come or to go: it is begun anew. */
static bool file_has_layout(struct archive_file *file)
{
    sqlite3_stmt *asked = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(file->database, "PRAGMA user_version", -1, &asked, NULL) == SQLITE_OK &&
        sqlite3_step(asked) == SQLITE_ROW)
        version = sqlite3_column_int(asked, 0);
    sqlite3_finalize(asked);
    return version == 0 || version == 1;
}

static bool file_prepare(struct archive_file *file)
{
    char *pragmas = sqlite3_mprintf(
        "PRAGMA page_size = %d; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "PRAGMA journal_size_limit = 4194304; PRAGMA max_page_count = %lld;",
        PAGE, (long long)(file->bytes / PAGE));
    bool is_fine = pragmas != NULL &&
                   sqlite3_exec(file->database, pragmas, NULL, NULL, NULL) == SQLITE_OK &&
                   file_is_sound(file) && file_has_layout(file) &&
                   sqlite3_exec(file->database, schema, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_free(pragmas);
    for (int i = 0; is_fine && i < STATEMENT_COUNT; i++)
        is_fine = sqlite3_prepare_v2(file->database, statement_texts[i], -1, &file->statements[i],
                                     NULL) == SQLITE_OK;
    return is_fine;
}

enum opened { OPENED_FINE, OPENED_DAMAGED, OPENED_NOT };

static enum opened file_open(struct archive_file *file)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    enum opened opened = OPENED_FINE;
    if (sqlite3_open_v2(file->path, &file->database, flags, NULL) != SQLITE_OK)
        opened = OPENED_NOT;
    else if (sqlite3_busy_timeout(file->database, BUSY_WAIT) != SQLITE_OK || !file_prepare(file))
        opened = OPENED_DAMAGED;
    int code = sqlite3_errcode(file->database) & 0xff;
    if (code == SQLITE_CANTOPEN || code == SQLITE_PERM || code == SQLITE_READONLY ||
        code == SQLITE_BUSY)
        opened = OPENED_NOT;
    if (opened == OPENED_NOT)
        log_write(LOG_ERROR, "cache: %s cannot be used: %s; answers will not survive a restart",
                  file->path, sqlite3_errmsg(file->database));
    if (opened != OPENED_FINE)
        file_shut(file);
    return opened;
}

/* The file and what SQLite keeps beside it. */
static void file_rename(const struct archive_file *file)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char *from = sqlite3_mprintf("%s%s", file->path, tails[i]);
        char *to = sqlite3_mprintf("%s.corrupt%s", file->path, tails[i]);
        if (from != NULL && to != NULL && rename(from, to) != 0)
            (void)remove(to); /* of an earlier time, and not this file's */
        sqlite3_free(from);
        sqlite3_free(to);
    }
}

static void file_set_aside(struct archive_file *file)
{
    file_shut(file);
    if (file->was_set_aside)
        return;
    file->was_set_aside = true;
    log_write(LOG_ERROR, "cache: %s is damaged; it is now %s.corrupt, and a new one is begun",
              file->path, file->path);
    file_rename(file);
    (void)file_open(file);
}

struct archive_file *archive_file_open(struct str path, uint64_t bytes)
{
    struct archive_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        abort();
    file->bytes = bytes;
    file->path = strndup(path.at, path.length);
    if (file->path == NULL)
        abort();
    if (file_open(file) == OPENED_DAMAGED)
        file_set_aside(file);
    if (file->database != NULL)
        return file;
    archive_file_close(file);
    return NULL;
}

void archive_file_close(struct archive_file *file)
{
    if (file == NULL)
        return;
    file_shut(file);
    free(file->path);
    free(file);
}

/* --- rows in ------------------------------------------------------------------------------ */

static void bind_text(sqlite3_stmt *statement, int at, struct str text)
{
    /* a NULL pointer would be an SQL null */
    sqlite3_bind_blob64(statement, at, text.length > 0 ? text.at : "", text.length, SQLITE_STATIC);
}

static int statement_run(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code & 0xff;
}

void archive_file_begin(struct archive_file *file)
{
    if (file->database != NULL)
        (void)sqlite3_exec(file->database, "BEGIN", NULL, NULL, NULL);
}

void archive_file_commit(struct archive_file *file)
{
    if (file->database == NULL || sqlite3_get_autocommit(file->database))
        return;
    if (sqlite3_exec(file->database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        (void)sqlite3_exec(file->database, "ROLLBACK", NULL, NULL, NULL);
}

static struct str fields_text(const struct cache_entry *entry)
{
    size_t length = 0;
    for (uint32_t i = 0; i < entry->field_count; i++)
        length += entry->fields[i].name.length + entry->fields[i].value.length + 3;
    char *text = malloc(length + 1), *at = text;
    if (text == NULL)
        abort();
    for (uint32_t i = 0; i < entry->field_count; i++) {
        const struct field *field = &entry->fields[i];
        memcpy(at, field->name.at, field->name.length);
        memcpy(at + field->name.length, ": ", 2);
        at += field->name.length + 2;
        memcpy(at, field->value.at, field->value.length);
        at[field->value.length] = '\n';
        at += field->value.length + 1;
    }
    return (struct str){text, length};
}

static int row_put(struct archive_file *file, const struct cache_entry *entry, struct str fields,
                   usec to_wall)
{
    sqlite3_stmt *put = file->statements[STATEMENT_PUT];
    struct cache_key key = cache_entry_key(entry);
    bind_text(put, 1, key.service);
    bind_text(put, 2, key.target);
    sqlite3_bind_int(put, 3, (int)key.kind);
    sqlite3_bind_int(put, 4, (int)key.method);
    bind_text(put, 5, key.lines);
    sqlite3_bind_int(put, 6, entry->status);
    bind_text(put, 7, fields);
    bind_text(put, 8, entry->body);
    sqlite3_bind_int(put, 9, entry->is_read);
    sqlite3_bind_int64(put, 10, entry->asked + to_wall);
    sqlite3_bind_int64(put, 11, entry->received + to_wall);
    sqlite3_bind_int64(put, 12, entry->keep);
    return statement_run(put);
}

void archive_file_put(struct archive_file *file, const struct cache_entry *entry, usec now,
                      usec wall)
{
    if (file->database == NULL)
        return;
    struct str fields = fields_text(entry);
    int code = row_put(file, entry, fields, wall - now);
    if (code == SQLITE_FULL && entry->bytes < file->bytes / 8) {
        archive_file_begin(file); /* where the failure has ended the transaction */
        if (statement_run(file->statements[STATEMENT_MAKE_ROOM]) == SQLITE_DONE)
            code = row_put(file, entry, fields, wall - now);
    }
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        file_set_aside(file);
        archive_file_begin(file);
    }
    free((char *)fields.at);
}

void archive_file_forget(struct archive_file *file, struct str service, struct str target)
{
    if (file->database == NULL)
        return;
    sqlite3_stmt *forget = file->statements[STATEMENT_FORGET];
    bind_text(forget, 1, service);
    bind_text(forget, 2, target);
    (void)statement_run(forget);
}

void archive_file_forget_all(struct archive_file *file)
{
    if (file->database != NULL)
        (void)statement_run(file->statements[STATEMENT_FORGET_ALL]);
}

/* --- rows out ----------------------------------------------------------------------------- */

static struct str column_text(sqlite3_stmt *row, int column)
{
    const char *at = sqlite3_column_blob(row, column);
    return (struct str){at != NULL ? at : "", (size_t)sqlite3_column_bytes(row, column)};
}

static void fields_read(struct arena *arena, struct str text, struct flight_answer *answer)
{
    struct str line;
    uint32_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.at[i] == '\n';
    answer->fields = arena_array(arena, struct field, count + 1);
    while (text.length > 0 && answer->field_count < count && str_cut(&text, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (colon + 2 <= line.length)
            answer->fields[answer->field_count++] =
                (struct field){{line.at, colon}, str_from(line, colon + 2)};
    }
}

static struct cache_entry *entry_of_row(struct arena *arena, sqlite3_stmt *row, usec from_wall)
{
    int kind = sqlite3_column_int(row, 2), method = sqlite3_column_int(row, 3);
    struct flight_answer answer = {.status = sqlite3_column_int(row, 5),
                                   .body = column_text(row, 7)};
    struct json value;
    struct json_limits limits = json_limits_default;
    if (kind < 0 || kind >= CACHE_KIND_COUNT || method < 0 || method >= METHOD_COUNT)
        return NULL;
    fields_read(arena, column_text(row, 6), &answer);
    bool is_read = sqlite3_column_int(row, 8) != 0 && answer.body.length > 0;
    if (is_read && json_read(arena, answer.body, &limits, &value, NULL) != JSON_OK)
        return NULL;
    struct cache_key key =
        cache_key_of((enum cache_kind)kind, (enum method)method, column_text(row, 0),
                     column_text(row, 1), column_text(row, 4));
    struct cache_times times = {.asked = sqlite3_column_int64(row, 9) + from_wall,
                                .received = sqlite3_column_int64(row, 10) + from_wall,
                                .wall = sqlite3_column_int64(row, 10)};
    struct cache_asking asking = {key.method, key.target, key.lines};
    struct cache_content content = {
        .answer = &answer,
        .value = is_read ? &value : NULL,
        .ruling = cache_rules_judge(&asking, &answer, &times),
        .asked = times.asked,
        .received = times.received,
        .keep = (uint32_t)sqlite3_column_int64(row, 11),
    };
    return cache_entry_new(&key, &content);
}

static bool store_is_full(struct cache_store *store, const struct cache_entry *entry)
{
    struct cache_figures figures;
    cache_store_read(store, &figures);
    return figures.bytes + entry->bytes > figures.limit - figures.limit / 8;
}

uint32_t archive_file_load(struct archive_file *file, struct cache_store *store, usec now,
                           usec wall)
{
    sqlite3_stmt *expire = file->statements[STATEMENT_EXPIRE];
    sqlite3_stmt *load = file->statements[STATEMENT_LOAD];
    uint32_t count = 0;
    bool is_full = false;
    sqlite3_bind_int64(expire, 1, wall);
    (void)statement_run(expire);
    int code = SQLITE_DONE;
    while (!is_full && (code = sqlite3_step(load)) == SQLITE_ROW) {
        struct arena arena;
        arena_init(&arena, NULL, ROW_MEMORY);
        struct cache_entry *entry = entry_of_row(&arena, load, now - wall);
        arena_done(&arena);
        if (entry == NULL)
            continue;
        is_full = store_is_full(store, entry);
        count += !is_full && cache_store_put(store, entry);
        cache_entry_unref(entry);
    }
    sqlite3_reset(load);
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
        file_set_aside(file);
    return count;
}
