/*
 * The addresses of a service. Link-local ones are the matter of the file's own check, which reads
 * every spelling of an address; here an address is one only as inet_pton reads it.
 */
#include "gateway/upstream/lean_service.h"

#include "config/service.h"
#include "gateway/guard/endpoint.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

void lean_worker_init(struct lean_worker *worker, struct loop *loop,
                      void (*opened)(struct lean_worker *worker, int fd))
{
    *worker =
        (struct lean_worker){.loop = loop, .scratch = malloc(LEAN_SCRATCH_BYTES), .opened = opened};
    if (!worker->scratch)
        abort();
}

void lean_worker_done(struct lean_worker *worker)
{
    free(worker->scratch);
    worker->scratch = NULL;
}

/* --- addresses ---------------------------------------------------------------------------- */

static bool address_of_path(struct str path, struct lean_address *ret_address)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path.length >= sizeof(address.sun_path))
        return false;
    memcpy(address.sun_path, path.at, path.length);
    memcpy(&ret_address->at, &address, sizeof(address));
    ret_address->length = (socklen_t)sizeof(address);
    return true;
}

static bool address_of_literal(const char *host, uint16_t port, struct lean_address *ret_address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        memcpy(&ret_address->at, &v4, sizeof(v4));
        ret_address->length = (socklen_t)sizeof(v4);
        return true;
    }
    if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        memcpy(&ret_address->at, &v6, sizeof(v6));
        ret_address->length = (socklen_t)sizeof(v6);
        return true;
    }
    return false;
}

static unsigned addresses_of_host(const struct url *url, struct lean_address *ret_addresses)
{
    char host[INET6_ADDRSTRLEN];
    if (str_equal_ignore_case(url->host, STR("localhost"))) {
        address_of_literal("127.0.0.1", url->port, &ret_addresses[0]);
        address_of_literal("::1", url->port, &ret_addresses[1]);
        return 2;
    }
    if (url->host.length >= sizeof(host))
        return 0;
    memcpy(host, url->host.at, url->host.length);
    host[url->host.length] = '\0';
    return address_of_literal(host, url->port, &ret_addresses[0]) ? 1 : 0;
}

static void address_of_found(const union endpoint_address *found, struct lean_address *ret_address)
{
    memcpy(&ret_address->at, found, sizeof(*found));
    ret_address->length = found->any.sa_family == AF_INET6 ? (socklen_t)sizeof(found->v6)
                                                           : (socklen_t)sizeof(found->v4);
}

static unsigned addresses_of(const struct endpoint *endpoint, struct lean_address *ret_addresses)
{
    const struct url *url = endpoint->url;
    if (url->is_tls)
        return 0;
    if (endpoint->is_resolved) {
        address_of_found(&endpoint->place.address, &ret_addresses[0]);
        if (endpoint->place.spare.any.sa_family == AF_UNSPEC)
            return 1;
        address_of_found(&endpoint->place.spare, &ret_addresses[1]);
        return 2;
    }
    if (!str_is_empty(url->unix_path))
        return address_of_path(url->unix_path, &ret_addresses[0]) ? 1 : 0;
    return addresses_of_host(url, ret_addresses);
}

/* --- the service -------------------------------------------------------------------------- */

bool lean_service_takes(const struct endpoint *endpoint)
{
    struct lean_address addresses[LEAN_ADDRESSES];
    return addresses_of(endpoint, addresses) > 0;
}

void lean_service_init(struct lean_service *lean_service, struct lean_worker *worker,
                       const struct service *service, const struct endpoint *endpoint)
{
    const struct url *url = endpoint->url;
    struct str authority = str_is_empty(url->authority) ? STR("localhost") : url->authority;
    char *tail;
    int length = asprintf(&tail, " HTTP/1.1\r\nHost: %.*s\r\n", STR_ARGS(authority));
    if (length < 0)
        abort();
    *lean_service = (struct lean_service){
        .worker = worker,
        .service = service,
        .head_tail = {tail, (size_t)length},
    };
    lean_service->address_count = addresses_of(endpoint, lean_service->addresses);
    assert(lean_service->address_count > 0);
}

void lean_service_done(struct lean_service *lean_service)
{
    free((char *)(uintptr_t)lean_service->head_tail.at);
}
