/*
 * The orders service: who bought what. An order holds copies of what was agreed: the customer's
 * name and the price of each item as they were when it was placed, so it can be read without asking
 * the services they came from.
 */
#include "examples/shop/database.h"
#include "examples/shop/reply.h"
#include "examples/shop/request.h"
#include "examples/shop/seed.h"
#include "examples/shop/service.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ITEMS_MAXIMUM    50
#define QUANTITY_MAXIMUM 999
#define PRICE_MAXIMUM    1000000.0
#define TEXT_MAXIMUM     200
#define LIST_DEFAULT     10
#define LIST_MAXIMUM     100

struct item {
    int64_t product_id;
    const char *sku; /* borrowed */
    int64_t quantity;
    int64_t cents; /* of one */
};

struct order {
    int64_t customer_id;
    const char *customer_name; /* borrowed */
    const char *status;        /* borrowed */
    time_t placed_at;
    struct item items[ITEMS_MAXIMUM];
    unsigned item_count;
};

enum { ORDER_INSERT, ITEM_INSERT, ORDER_READ, ORDER_LIST, STATEMENT_COUNT };

static const char *const statements[STATEMENT_COUNT] = {
    [ORDER_INSERT] = "INSERT INTO orders (customer_id, customer_name, status, cents, placed_at)"
                     " VALUES (?, ?, ?, ?, ?) RETURNING id",
    [ITEM_INSERT] = "INSERT INTO items (order_id, line, product_id, sku, quantity, cents)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
    [ORDER_READ] = "SELECT document FROM order_documents WHERE id = ?",
    [ORDER_LIST] = "SELECT json_group_array(json(document)) FROM (SELECT document"
                   " FROM order_documents WHERE customer_id = ? ORDER BY id DESC LIMIT ?)",
};

static const char schema[] =
    "CREATE TABLE orders ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER NOT NULL,"
    " customer_name TEXT NOT NULL, status TEXT NOT NULL, cents INTEGER NOT NULL,"
    " placed_at TEXT NOT NULL);"
    "CREATE INDEX orders_by_customer ON orders (customer_id, id);"
    "CREATE TABLE items ("
    " order_id INTEGER NOT NULL REFERENCES orders, line INTEGER NOT NULL,"
    " product_id INTEGER NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL,"
    " cents INTEGER NOT NULL, PRIMARY KEY (order_id, line)) WITHOUT ROWID;"
    "CREATE VIEW order_documents (id, customer_id, document) AS SELECT id, customer_id,"
    " json_object('id', id, 'customerId', customer_id, 'customerName', customer_name,"
    " 'status', status, 'currency', 'EUR', 'total', " DATABASE_MONEY(
        "cents") ","
                 " 'placedAt', placed_at, 'items', (SELECT json_group_array(json_object("
                 "  'productId', product_id, 'sku', sku, 'quantity', quantity,"
                 "  'unitPrice', " DATABASE_MONEY(
                     "cents") "))"
                              "  FROM (SELECT * FROM items WHERE order_id = orders.id ORDER BY "
                              "line))) FROM orders;";

/* --- storing ------------------------------------------------------------------------------- */

static bool orders_store_items(struct database *database, const struct order *order,
                               int64_t order_id)
{
    for (unsigned i = 0; i < order->item_count; i++) {
        const struct item *item = &order->items[i];
        struct database_value values[] = {
            database_number(order_id),         database_number(i + 1),
            database_number(item->product_id), database_text(item->sku),
            database_number(item->quantity),   database_number(item->cents)};

        if (!database_run(database, ITEM_INSERT, values, NULL))
            return false;
    }
    return true;
}

/* Within a transaction. */
static bool orders_store(struct database *database, const struct order *order, int64_t *ret_id)
{
    char placed_at[32];
    struct tm parts;
    int64_t cents = 0;
    char *id = NULL;

    for (unsigned i = 0; i < order->item_count; i++)
        cents += order->items[i].quantity * order->items[i].cents;
    strftime(placed_at, sizeof(placed_at), "%Y-%m-%dT%H:%M:%SZ",
             gmtime_r(&order->placed_at, &parts));
    struct database_value values[] = {
        database_number(order->customer_id), database_text(order->customer_name),
        database_text(order->status), database_number(cents), database_text(placed_at)};

    if (!database_run(database, ORDER_INSERT, values, &id) || !id)
        return false;
    *ret_id = strtoll(id, NULL, 10);
    free(id);
    return orders_store_items(database, order, *ret_id);
}

/* --- the first start ----------------------------------------------------------------------- */

/* 2024-01-01T08:00:00Z, and one order in each hour and a half from then on. */
#define FIRST_ORDER_SECONDS   1704096000
#define ORDER_SPACING_SECONDS 5400

static const char *orders_seed_status(int64_t id)
{
    int64_t share = seed_number(id, 10, 100);

    if (id > SEED_ORDERS - 20)
        return "placed";
    if (share < 3)
        return "cancelled";
    if (id > SEED_ORDERS - 60)
        return "packed";
    if (id > SEED_ORDERS - 120)
        return "shipped";
    return share < 7 ? "returned" : "delivered";
}

static bool orders_seed_one(struct database *database, int64_t id)
{
    struct seed_person person;
    struct seed_product products[4];
    struct order order = {.customer_id = 1 + seed_number(id, 11, SEED_PEOPLE),
                          .customer_name = person.name,
                          .status = orders_seed_status(id),
                          .placed_at = FIRST_ORDER_SECONDS + id * ORDER_SPACING_SECONDS +
                                       seed_number(id, 12, ORDER_SPACING_SECONDS),
                          .item_count = (unsigned)(1 + seed_number(id, 13, 4))};
    /* Products of one order lie apart by at least one, so none comes twice. */
    int64_t first = seed_number(id, 14, SEED_PRODUCTS);
    int64_t step = 1 + seed_number(id, 15, SEED_PRODUCTS / 4 - 1);

    seed_person(order.customer_id, &person);
    for (unsigned i = 0; i < order.item_count; i++) {
        int64_t product_id = 1 + (first + i * step) % SEED_PRODUCTS;

        seed_product(product_id, &products[i]);
        order.items[i] = (struct item){.product_id = product_id,
                                       .sku = products[i].sku,
                                       .quantity = 1 + seed_number(id, 20 + i, 3),
                                       .cents = products[i].cents};
    }
    return orders_store(database, &order, &(int64_t){0});
}

static bool orders_seed(struct database *database)
{
    for (int64_t id = 1; id <= SEED_ORDERS; id++) {
        if (!orders_seed_one(database, id))
            return false;
    }
    return true;
}

/* --- GET ----------------------------------------------------------------------------------- */

static void orders_read(struct database *database, const struct request *request,
                        struct reply *reply)
{
    struct database_value id = database_number(request->id);
    char *order = NULL;

    if (database_run(database, ORDER_READ, &id, &order) && !order)
        reply_error(reply, 404, "there is no such order");
    else
        reply_json(reply, 200, order);
}

static void orders_list(struct database *database, const struct request *request,
                        struct reply *reply)
{
    const char *user = request_query(request, "user");
    const char *limit = request_query(request, "limit");
    int64_t user_id;
    int64_t count = LIST_DEFAULT;
    char *orders = NULL;

    if (!user || !request_read_number(user, &user_id) ||
        (limit && !request_read_number(limit, &count)) || count > LIST_MAXIMUM) {
        reply_error(reply, 400, "expected ?user=ID, and &limit=N from 1 to 100 if any");
        return;
    }
    struct database_value values[] = {database_number(user_id), database_number(count)};

    database_run(database, ORDER_LIST, values, &orders);
    reply_json(reply, 200, orders);
}

/* --- POST ---------------------------------------------------------------------------------- */

static bool orders_text_is_good(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= TEXT_MAXIMUM;
}

/* A price of whole cents; what a double cannot hold of it is far below a cent. */
static bool orders_read_price(double price, int64_t *ret_cents)
{
    if (!(price >= 0.0 && price <= PRICE_MAXIMUM))
        return false;
    double cents = round(price * 100.0);

    if (fabs(cents - price * 100.0) > 1e-6)
        return false;
    *ret_cents = (int64_t)cents;
    return true;
}

static bool orders_read_item(json_t *json, struct item *ret_item)
{
    double price;
    json_int_t product_id;
    json_int_t quantity;

    if (json_unpack(json, "{s:I, s:I, s:s, s:F !}", "productId", &product_id, "quantity", &quantity,
                    "sku", &ret_item->sku, "unitPrice", &price) != 0)
        return false;
    ret_item->product_id = product_id;
    ret_item->quantity = quantity;
    return product_id >= 1 && quantity >= 1 && quantity <= QUANTITY_MAXIMUM &&
           orders_text_is_good(ret_item->sku) && orders_read_price(price, &ret_item->cents);
}

/* NULL, or what is wrong. The texts of *ret_order are borrowed from `json`. */
static const char *orders_read_order(json_t *json, struct order *ret_order)
{
    json_t *items = NULL;
    json_t *item;
    size_t i;
    json_int_t customer_id;

    if (json_unpack(json, "{s:I, s:s, s:o !}", "customerId", &customer_id, "customerName",
                    &ret_order->customer_name, "items", &items) != 0)
        return "expected {\"customerId\": N, \"customerName\": TEXT, \"items\": […]}";
    if (customer_id < 1)
        return "customerId is a whole number from 1";
    if (!orders_text_is_good(ret_order->customer_name))
        return "customerName has 1 to 200 bytes";
    if (json_array_size(items) < 1 || json_array_size(items) > ITEMS_MAXIMUM)
        return "items is a list of 1 to 50 items";
    json_array_foreach(items, i, item)
    {
        if (!orders_read_item(item, &ret_order->items[i]))
            return "expected items of {\"productId\": N, \"sku\": TEXT, \"quantity\": 1 to 999, "
                   "\"unitPrice\": 12.50}";
    }
    ret_order->item_count = (unsigned)json_array_size(items);
    ret_order->customer_id = customer_id;
    ret_order->status = "placed";
    ret_order->placed_at = time(NULL);
    return NULL;
}

static bool orders_insert(struct database *database, const struct order *order, int64_t *ret_id,
                          char **ret_document)
{
    if (!database_begin(database))
        return false;
    bool is_good = orders_store(database, order, ret_id);

    if (is_good) {
        struct database_value value = database_number(*ret_id);

        is_good = database_run(database, ORDER_READ, &value, ret_document);
    }
    return database_end(database, is_good);
}

static void orders_place(struct database *database, const struct request *request,
                         struct reply *reply)
{
    struct order order = {0};
    json_t *json = request_json(request);
    const char *wrong = orders_read_order(json, &order);
    int64_t id = 0;
    char *document = NULL;

    if (wrong) {
        reply_error(reply, 400, wrong);
    } else if (!orders_insert(database, &order, &id, &document)) {
        free(document);
        reply_json(reply, 500, NULL);
    } else {
        snprintf(reply->location, sizeof(reply->location), "/orders/%lld", (long long)id);
        reply_json(reply, 201, document);
    }
    json_decref(json);
}

int main(int count, char **words)
{
    static const struct database_plan plan = {
        .schema = schema,
        .seed = orders_seed,
        .statements = statements,
        .statement_count = STATEMENT_COUNT,
    };
    static const struct service_route routes[] = {{"GET", "/orders/{id}", orders_read},
                                                  {"GET", "/orders", orders_list},
                                                  {"POST", "/orders", orders_place},
                                                  {0}};
    static const struct service service = {
        .name = "orders", .about = "who bought what", .plan = &plan, .routes = routes};

    return service_main(&service, count, words);
}
