/* The products service: what the shop sells, at which price, and how much is left. */
#include "examples/shop/database.h"
#include "examples/shop/reply.h"
#include "examples/shop/request.h"
#include "examples/shop/seed.h"
#include "examples/shop/service.h"

#include <stdio.h>
#include <string.h>

/* As many ids as one question may hold. */
#define IDS_MAXIMUM 50

/* Prices change rarely. */
#define CACHE "public, max-age=30"

enum { PRODUCT_INSERT, PRODUCT_READ, PRODUCT_LIST, STATEMENT_COUNT };

#define PRODUCT_JSON                                                                               \
    "json_object('id', id, 'sku', sku, 'name', name, 'category', category,"                        \
    " 'price', " DATABASE_MONEY("cents") ", 'currency', 'EUR', 'stock', stock)"

static const char *const statements[STATEMENT_COUNT] = {
    [PRODUCT_INSERT] = "INSERT INTO products (id, sku, name, category, cents, stock)"
                       " VALUES (?, ?, ?, ?, ?, ?)",
    [PRODUCT_READ] = "SELECT " PRODUCT_JSON " FROM products WHERE id = ?",
    [PRODUCT_LIST] = "SELECT json_group_array(" PRODUCT_JSON ") FROM (SELECT * FROM products"
                     " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id)",
};

static bool products_seed(struct database *database)
{
    struct seed_product product;

    for (int64_t id = 1; id <= SEED_PRODUCTS; id++) {
        seed_product(id, &product);
        struct database_value values[] = {database_number(id),
                                          database_text(product.sku),
                                          database_text(product.name),
                                          database_text(product.category),
                                          database_number(product.cents),
                                          database_number(product.stock)};

        if (!database_run(database, PRODUCT_INSERT, values, NULL))
            return false;
    }
    return true;
}

static void products_read(struct database *database, const struct request *request,
                          struct reply *reply)
{
    struct database_value id = database_number(request->id);
    char *product = NULL;

    if (database_run(database, PRODUCT_READ, &id, &product) && !product) {
        reply_error(reply, 404, "there is no such product");
        return;
    }
    reply->cache = CACHE;
    reply_json(reply, 200, product);
}

/* "1,2,3" as the JSON array [1,2,3]; false when it is anything else or too long. */
static bool products_read_ids(const char *text, char *array, size_t size)
{
    char copy[IDS_MAXIMUM * 16];
    size_t length = 0;
    unsigned count = 0;
    char *rest = copy;
    char *word;

    if (!text || strlen(text) >= sizeof(copy))
        return false;
    strcpy(copy, text);
    while ((word = strsep(&rest, ","))) {
        int64_t id;

        if (++count > IDS_MAXIMUM || !request_read_number(word, &id))
            return false;
        length += (size_t)snprintf(array + length, size - length, "%c%lld", count == 1 ? '[' : ',',
                                   (long long)id);
    }
    snprintf(array + length, size - length, "]");
    return true;
}

static void products_list(struct database *database, const struct request *request,
                          struct reply *reply)
{
    char ids[IDS_MAXIMUM * 17 + 2];
    char *products = NULL;

    if (!products_read_ids(request_query(request, "ids"), ids, sizeof(ids))) {
        reply_error(reply, 400, "expected ?ids=1,2,3 with at most 50 whole numbers from 1");
        return;
    }
    struct database_value value = database_text(ids);

    database_run(database, PRODUCT_LIST, &value, &products);
    reply->cache = CACHE;
    reply_json(reply, 200, products);
}

int main(int count, char **words)
{
    static const struct database_plan plan = {
        .schema = "CREATE TABLE products ("
                  " id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
                  " category TEXT NOT NULL, cents INTEGER NOT NULL, stock INTEGER NOT NULL)",
        .seed = products_seed,
        .statements = statements,
        .statement_count = STATEMENT_COUNT,
    };
    static const struct service_route routes[] = {
        {"GET", "/products", products_list}, {"GET", "/products/{id}", products_read}, {0}};
    static const struct service service = {
        .name = "products", .about = "what the shop sells", .plan = &plan, .routes = routes};

    return service_main(&service, count, words);
}
