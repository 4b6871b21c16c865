/*
 * The gateway's own settings: everything at the top of the file that is neither a service nor a
 * route. Built at load, const afterwards.
 */
#ifndef BRAID_CONFIG_SETTINGS_H
#define BRAID_CONFIG_SETTINGS_H

#include "base/clock.h"
#include "base/log.h"
#include "config/address.h"
#include "config/cors.h"
#include "config/nameservers.h"
#include "config/schema.h"

struct limits {
    uint64_t head;     /* bytes */
    uint64_t body;     /* bytes */
    usec head_timeout; /* absolute, for the whole head */
    usec body_timeout; /* absolute, for the whole body */
    usec idle_timeout; /* of a kept-alive connection */
    uint32_t connections;
    uint32_t per_client;
};

struct traces {
    struct str endpoint; /* of a collector; empty: none */
    double share;        /* of requests that nobody has decided about */
    struct str name;
};

/* Where answers of services are kept. */
struct cache_settings {
    uint64_t memory;    /* bytes, of all workers together */
    struct str file;    /* empty: nothing survives a restart */
    uint64_t file_size; /* bytes */
};

struct settings {
    struct address *listen;
    uint32_t listen_count;
    bool has_admin;
    struct address admin;
    bool health;
    uint32_t workers; /* 0: as many as processors */
    struct limits limits;
    struct block *trusted_proxies;
    uint32_t trusted_proxy_count;
    usec drain;
    const struct cors *cors; /* of what has no route, and of routes that say nothing; NULL: off */
    struct cache_settings cache;
    unsigned expose; /* EXPOSE_…, where a route has none of its own */
    enum log_level log_level;
    enum log_format log_format;
    bool log_access;
    struct str debug_header; /* empty: nobody may ask */
    struct str debug_secret;
    struct traces traces;
    struct nameservers nameservers;
};

/* The top of a file: the settings, and what other rooms read. */
struct settings_file {
    struct settings settings;
    const struct node *defaults; /* NULL where the key is not there */
    const struct node *services;
    const struct node *routes;
    const struct node *include;
};

/* Of the file itself, and of the files it includes. */
extern const struct schema settings_schema;
extern const struct schema include_schema;

/*
 * Reads the top of the file: every mistake is reported, and what could be read stands in
 * *ret_file, the defaults elsewhere. Keys that begin with `x-` are the writer's own.
 */
void settings_read(struct reader *reader, const struct node *root, struct settings_file *ret_file);

/* The same of an included file, which holds only services, routes and include. */
void settings_read_include(struct reader *reader, const struct node *root,
                           struct settings_file *ret_file);

#endif
