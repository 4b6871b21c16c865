/*
 * A small JSON service: command line, database, HTTP on loopback, routes, the switch, a clean stop.
 * users.c, orders.c and products.c say what is theirs and hand it to service_main().
 */
#ifndef BRAID_EXAMPLES_SHOP_SERVICE_H
#define BRAID_EXAMPLES_SHOP_SERVICE_H

struct database;
struct database_plan;
struct reply;
struct request;

struct service_route {
    const char *method;
    const char *path; /* "/orders", or "/orders/{id}" where the id is a whole number from 1 */
    void (*answer)(struct database *database, const struct request *request, struct reply *reply);
};

struct service {
    const char *name;
    const char *about; /* one line for --help */
    const struct database_plan *plan;
    const struct service_route *routes; /* the last one has no method */
};

/*
 * Serves until SIGTERM or SIGINT; what main() returns. Beside the routes there are GET /healthz
 * and GET, PUT /switch (see fault.h).
 */
int service_main(const struct service *service, int count, char **words);

#endif
