/*
 * The options of a service. Nothing from the environment (no proxy, no netrc, no cookies, no
 * redirects), only the service's own scheme, only HTTP/1.1, the certificate always verified.
 */
#include "gateway/upstream/curl_service.h"

#include "config/service.h"
#include "gateway/guard/endpoint.h"
#include "gateway/upstream/curl_sockets.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define IDLE_SECONDS      30L      /* a connection idle for longer is not used again */
#define HANDLES_LAST_FROM 0x080101 /* 8.1.1 */

static char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *text_format(const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    return text;
}

static bool is_address(struct str host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (host.length >= sizeof(text))
        return false;
    memcpy(text, host.at, host.length);
    text[host.length] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

static CURLU *url_new(const char *text)
{
    CURLU *url = curl_url();
    if (!url)
        abort();
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, 0);
    assert(code == CURLUE_OK); /* it was checked when the file was read */
    (void)code;
    return url;
}

/* Whatever the URL says, the connection goes to `host`. */
static void service_connect_to(struct curl_service *curl_service, struct str host, uint16_t port)
{
    const char *format = str_find(host, ':') < host.length ? "::[%.*s]:%u" : "::%.*s:%u";
    char *text = text_format(format, STR_ARGS(host), (unsigned)port);
    curl_service->connect_to = curl_slist_append(NULL, text);
    if (!curl_service->connect_to)
        abort();
    free(text);
}

static uint16_t address_print(const union endpoint_address *address, char *ret_text)
{
    bool is_v6 = address->any.sa_family == AF_INET6;
    const void *bytes =
        is_v6 ? (const void *)&address->v6.sin6_addr : (const void *)&address->v4.sin_addr;
    inet_ntop(address->any.sa_family, bytes, ret_text, INET6_ADDRSTRLEN);
    return ntohs(is_v6 ? address->v6.sin6_port : address->v4.sin_port);
}

/*
 * One address is connected to whatever the URL says; of two, one of each family, libcurl takes the
 * one that answers (RFC 8305) if it is told them as what the host's name stands for.
 */
static void service_connect_resolved(struct curl_service *curl_service, const struct url *url,
                                     const struct endpoint_place *place, bool has_name)
{
    char first[INET6_ADDRSTRLEN], second[INET6_ADDRSTRLEN];
    uint16_t port = address_print(&place->address, first);
    if (place->spare.any.sa_family == AF_UNSPEC) {
        service_connect_to(curl_service, str_of(first), port);
        return;
    }
    address_print(&place->spare, second);
    char *text = text_format("%.*s:%u:%s,%s", STR_ARGS(url->host), (unsigned)port, first, second);
    curl_service->resolved = curl_slist_append(NULL, text);
    if (!curl_service->resolved)
        abort();
    free(text);
    if (has_name)
        service_connect_to(curl_service, url->host, url->port);
}

/*
 * The name that the certificate must have is the URL's, so where it is not the host, the URL has
 * that name, the connection goes to the host, and Host says what it would have said.
 */
static void service_take_name(struct curl_service *curl_service, const struct url *url,
                              struct str name)
{
    char *text;
    curl_service->host_line = text_format("Host: %.*s", STR_ARGS(url->authority));
    text = text_format("https://%.*s:%u/", STR_ARGS(name), (unsigned)url->port);
    curl_service->url = url_new(text);
    free(text);
}

void curl_service_init(struct curl_service *curl_service, const struct service *service,
                       const struct endpoint *endpoint, struct curl_sockets *sockets)
{
    const struct url *url = endpoint->url;
    *curl_service = (struct curl_service){
        .service = service,
        .at = url,
        .sockets = sockets,
        .wears_handles = curl_version_info(CURLVERSION_NOW)->version_num < HANDLES_LAST_FROM,
        .is_literal = !str_is_empty(url->unix_path) || is_address(url->host),
    };
    struct str name = service->tls.server_name;
    bool has_name = url->is_tls && !str_is_empty(name) && !str_equal(name, url->host);
    if (endpoint->is_resolved)
        service_connect_resolved(curl_service, url, &endpoint->place, has_name);
    else if (has_name)
        service_connect_to(curl_service, url->host, url->port);
    if (has_name) {
        service_take_name(curl_service, url, name);
        return;
    }
    struct str authority = str_is_empty(url->authority) ? STR("localhost") : url->authority;
    char *text = text_format("%s://%.*s/", url->is_tls ? "https" : "http", STR_ARGS(authority));
    curl_service->url = url_new(text);
    free(text);
}

void curl_service_done(struct curl_service *curl_service)
{
    curl_url_cleanup(curl_service->url);
    curl_slist_free_all(curl_service->connect_to);
    curl_slist_free_all(curl_service->resolved);
    free(curl_service->host_line);
}

/* libcurl copies the text. */
static void set_text(CURL *easy, CURLoption option, struct str text)
{
    if (str_is_empty(text))
        return;
    char *copy = text_format("%.*s", STR_ARGS(text));
    curl_easy_setopt(easy, option, copy);
    free(copy);
}

static long connect_milliseconds(usec timeout)
{
    usec milliseconds = (timeout + MILLISECOND - 1) / MILLISECOND;
    return milliseconds > 0 && milliseconds < INT32_MAX ? (long)milliseconds : INT32_MAX;
}

void curl_service_set_up(const struct curl_service *curl_service, CURL *easy)
{
    const struct service *service = curl_service->service;
    const struct url *url = curl_service->at;
    const char *scheme = url->is_tls ? "https" : "http";
    curl_easy_setopt(easy, CURLOPT_CURLU, curl_service->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, scheme);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_SECONDS);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     connect_milliseconds(service->connect_timeout));
    /* Chunks come as they are: libcurl reads them leniently. */
    curl_easy_setopt(easy, CURLOPT_HTTP_TRANSFER_DECODING, 0L);
    /* Or a cancelled transfer would wait for the resolver's thread, and the loop with it. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, curl_sockets_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, curl_service->sockets);
    set_text(easy, CURLOPT_UNIX_SOCKET_PATH, url->unix_path);
    set_text(easy, CURLOPT_CAINFO, service->tls.ca);
    if (!str_is_empty(service->tls.ca))
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL); /* in place of the system's, not beside */
    set_text(easy, CURLOPT_SSLCERT, service->tls.certificate);
    set_text(easy, CURLOPT_SSLKEY, service->tls.key);
    if (curl_service->connect_to)
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, curl_service->connect_to);
    if (curl_service->resolved)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, curl_service->resolved);
}

static bool is_link_local_4(const uint8_t *bytes)
{
    return bytes[0] == 169 && bytes[1] == 254;
}

static bool is_link_local_6(const struct in6_addr *address)
{
    if (IN6_IS_ADDR_V4MAPPED(address))
        return is_link_local_4(address->s6_addr + 12);
    return IN6_IS_ADDR_LINKLOCAL(address);
}

bool curl_service_allows(const struct curl_service *curl_service,
                         const struct curl_sockaddr *address)
{
    if (curl_service->is_literal)
        return true;
    const void *socket_address = &address->addr;
    if (address->family == AF_INET) {
        const struct sockaddr_in *v4 = socket_address;
        return !is_link_local_4((const uint8_t *)&v4->sin_addr);
    }
    if (address->family == AF_INET6) {
        const struct sockaddr_in6 *v6 = socket_address;
        return !is_link_local_6(&v6->sin6_addr);
    }
    return true;
}
