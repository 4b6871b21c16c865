/*
 * SQLite behind database.h. The file is in WAL mode: a reader from outside (the sqlite3 shell) and
 * the service do not hold up each other. The schema's version, not the existence of the file, says
 * whether it is filled, so a first start that was killed is begun again.
 */
#include "examples/shop/database.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_TIMEOUT_MS 5000

struct database {
    sqlite3 *connection;
    const struct database_plan *plan;
    sqlite3_stmt *statements[DATABASE_STATEMENTS];
};

static bool database_complain(struct database *database, const char *what)
{
    fprintf(stderr, "database: %s: %s\n", what, sqlite3_errmsg(database->connection));
    return false;
}

static bool database_execute(struct database *database, const char *sql)
{
    if (sqlite3_exec(database->connection, sql, NULL, NULL, NULL) != SQLITE_OK)
        return database_complain(database, sql);
    return true;
}

static bool database_is_filled(struct database *database)
{
    sqlite3_stmt *query = NULL;
    bool is_filled = false;

    if (sqlite3_prepare_v2(database->connection, "PRAGMA user_version", -1, &query, NULL) ==
        SQLITE_OK)
        is_filled = sqlite3_step(query) == SQLITE_ROW && sqlite3_column_int(query, 0) > 0;
    sqlite3_finalize(query);
    return is_filled;
}

static bool database_prepare(struct database *database)
{
    const struct database_plan *plan = database->plan;

    for (unsigned i = 0; i < plan->statement_count; i++) {
        if (sqlite3_prepare_v3(database->connection, plan->statements[i], -1,
                               SQLITE_PREPARE_PERSISTENT, &database->statements[i],
                               NULL) != SQLITE_OK)
            return database_complain(database, plan->statements[i]);
    }
    return true;
}

/* Asks for the version inside the transaction: nobody else can fill the file in between. */
static bool database_fill(struct database *database)
{
    if (!database_begin(database))
        return false;
    bool is_good = true;

    if (!database_is_filled(database))
        is_good = database_execute(database, database->plan->schema) &&
                  database_prepare(database) && database->plan->seed(database) &&
                  database_execute(database, "PRAGMA user_version = 1");
    else
        is_good = database_prepare(database);
    return database_end(database, is_good);
}

struct database *database_open(const char *path, const struct database_plan *plan)
{
    assert(plan->statement_count <= DATABASE_STATEMENTS);
    struct database *database = calloc(1, sizeof(*database));

    if (!database)
        return NULL;
    database->plan = plan;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;

    if (sqlite3_open_v2(path, &database->connection, flags, NULL) != SQLITE_OK) {
        database_complain(database, path);
        database_close(database);
        return NULL;
    }
    sqlite3_busy_timeout(database->connection, BUSY_TIMEOUT_MS);
    if (!database_execute(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                                    "PRAGMA foreign_keys = ON") ||
        !database_fill(database)) {
        database_close(database);
        return NULL;
    }
    return database;
}

void database_close(struct database *database)
{
    if (!database)
        return;
    for (unsigned i = 0; i < DATABASE_STATEMENTS; i++)
        sqlite3_finalize(database->statements[i]);
    sqlite3_close(database->connection);
    free(database);
}

static int database_bind(sqlite3_stmt *statement, const struct database_value *values)
{
    int count = sqlite3_bind_parameter_count(statement);
    int result = SQLITE_OK;

    for (int i = 0; i < count && result == SQLITE_OK; i++) {
        if (values[i].text)
            result = sqlite3_bind_text(statement, i + 1, values[i].text, -1, SQLITE_STATIC);
        else
            result = sqlite3_bind_int64(statement, i + 1, values[i].number);
    }
    return result;
}

static int database_step(sqlite3_stmt *statement, char **ret_text)
{
    int result = sqlite3_step(statement);

    if (result == SQLITE_ROW && ret_text) {
        const unsigned char *text = sqlite3_column_text(statement, 0);

        *ret_text = text ? strdup((const char *)text) : NULL;
    }
    while (result == SQLITE_ROW)
        result = sqlite3_step(statement);
    return result;
}

bool database_run(struct database *database, unsigned statement,
                  const struct database_value *values, char **ret_text)
{
    assert(statement < database->plan->statement_count);
    sqlite3_stmt *prepared = database->statements[statement];
    char *text = NULL;

    sqlite3_mutex_enter(sqlite3_db_mutex(database->connection));
    int result = database_bind(prepared, values);

    if (result == SQLITE_OK)
        result = database_step(prepared, &text);
    bool is_good = result == SQLITE_DONE;

    if (!is_good)
        database_complain(database, sqlite3_sql(prepared));
    sqlite3_reset(prepared);
    sqlite3_clear_bindings(prepared);
    sqlite3_mutex_leave(sqlite3_db_mutex(database->connection));

    if (is_good && ret_text)
        *ret_text = text;
    else
        free(text);
    return is_good;
}

bool database_begin(struct database *database)
{
    sqlite3_mutex_enter(sqlite3_db_mutex(database->connection));
    if (database_execute(database, "BEGIN IMMEDIATE"))
        return true;
    sqlite3_mutex_leave(sqlite3_db_mutex(database->connection));
    return false;
}

bool database_end(struct database *database, bool is_good)
{
    bool is_kept = is_good && database_execute(database, "COMMIT");

    if (!is_kept)
        database_execute(database, "ROLLBACK");
    sqlite3_mutex_leave(sqlite3_db_mutex(database->connection));
    return is_kept;
}
