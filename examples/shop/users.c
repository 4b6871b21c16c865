/* The users service: who the shop's customers are. */
#include "examples/shop/database.h"
#include "examples/shop/reply.h"
#include "examples/shop/request.h"
#include "examples/shop/seed.h"
#include "examples/shop/service.h"

enum { USER_INSERT, USER_READ, STATEMENT_COUNT };

static const char *const statements[STATEMENT_COUNT] = {
    [USER_INSERT] = "INSERT INTO users (id, name, email, city, tier, member_since)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
    [USER_READ] = "SELECT json_object('id', id, 'name', name, 'email', email, 'city', city,"
                  " 'tier', tier, 'memberSince', member_since) FROM users WHERE id = ?",
};

static bool users_seed(struct database *database)
{
    struct seed_person person;

    for (int64_t id = 1; id <= SEED_PEOPLE; id++) {
        seed_person(id, &person);
        struct database_value values[] = {
            database_number(id),         database_text(person.name),
            database_text(person.email), database_text(person.city),
            database_text(person.tier),  database_text(person.member_since)};

        if (!database_run(database, USER_INSERT, values, NULL))
            return false;
    }
    return true;
}

static void users_read(struct database *database, const struct request *request,
                       struct reply *reply)
{
    struct database_value id = database_number(request->id);
    char *user = NULL;

    if (database_run(database, USER_READ, &id, &user) && !user)
        reply_error(reply, 404, "there is no such user");
    else
        reply_json(reply, 200, user);
}

int main(int count, char **words)
{
    static const struct database_plan plan = {
        .schema = "CREATE TABLE users ("
                  " id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE,"
                  " city TEXT NOT NULL, tier TEXT NOT NULL, member_since TEXT NOT NULL)",
        .seed = users_seed,
        .statements = statements,
        .statement_count = STATEMENT_COUNT,
    };
    static const struct service_route routes[] = {{"GET", "/users/{id}", users_read}, {0}};
    static const struct service service = {
        .name = "users", .about = "the shop's customers", .plan = &plan, .routes = routes};

    return service_main(&service, count, words);
}
