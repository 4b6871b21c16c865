/*
 * Cut from left to right: scheme, authority, path. What is not understood is refused, never
 * guessed: a host that two programs read differently is a way around every rule.
 */
#include "config/url.h"

#include "base/arena.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <sys/un.h>

#define UNIX_PATH_MAXIMUM (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)
#define HOST_MAXIMUM      253 /* RFC 1035 2.3.4, as text */

static bool host_is_name(struct str host)
{
    for (size_t i = 0; i < host.length; i++) {
        unsigned char byte = (unsigned char)host.at[i];
        if (byte >= 0x80 || (!isalnum(byte) && byte != '-' && byte != '.' && byte != '_'))
            return false;
    }
    return host.length > 0 && host.length <= HOST_MAXIMUM && host.at[0] != '.' && host.at[0] != '-';
}

static bool host_is_ipv6(struct arena *arena, struct str host)
{
    struct in6_addr address;
    return inet_pton(AF_INET6, str_copy(arena, host).at, &address) == 1;
}

/* Splits host and port; *ret_port is empty where there is none. */
static const char *authority_cut(struct arena *arena, struct str authority, struct str *ret_host,
                                 struct str *ret_port)
{
    size_t end = str_find(authority, ':');
    bool is_ipv6 = str_starts_with(authority, STR("["));
    if (is_ipv6) {
        end = str_find(authority, ']');
        if (end == authority.length)
            return "has a [ without its ]";
        *ret_host = (struct str){authority.at + 1, end - 1};
        end++;
    } else {
        *ret_host = (struct str){authority.at, end};
    }
    *ret_port = str_from(authority, end);
    if (!str_is_empty(*ret_port) && ret_port->at[0] != ':')
        return "has something behind the ]";
    if (str_is_empty(*ret_host))
        return "has no host";
    if (is_ipv6 ? !host_is_ipv6(arena, *ret_host) : !host_is_name(*ret_host))
        return "has a host that is neither a name nor an address";
    return NULL;
}

static const char *authority_read(struct arena *arena, struct str authority, struct url *url,
                                  struct str *ret_hint)
{
    if (str_find(authority, '@') < authority.length) {
        *ret_hint = STR("send it as a header: headers: { Authorization: ... }");
        return "holds a user or password";
    }
    struct str host;
    struct str port;
    const char *why = authority_cut(arena, authority, &host, &port);
    if (why != NULL)
        return why;
    uint16_t usual = url->is_tls ? 443 : 80;
    uint64_t number = usual;
    if (!str_is_empty(port) &&
        (!str_to_unsigned(str_from(port, 1), UINT16_MAX, &number) || number == 0))
        return "has a port that is no number from 1 to 65535";
    url->port = (uint16_t)number;
    url->host = str_copy(arena, host);
    size_t shown = authority.length - (number == usual ? port.length : 0);
    url->authority = str_copy(arena, (struct str){authority.at, shown});
    return NULL;
}

static bool path_byte_is_fit(struct str path, size_t at)
{
    unsigned char byte = (unsigned char)path.at[at];
    if (byte == '%')
        return at + 2 < path.length && isxdigit((unsigned char)path.at[at + 1]) &&
               isxdigit((unsigned char)path.at[at + 2]);
    /* RFC 3986 3.3: pchar and the slash. */
    return byte < 0x80 && byte != '\0' &&
           (isalnum(byte) || strchr("-._~!$&'()*+,;=:@/", byte) != NULL);
}

static const char *prefix_read(struct arena *arena, struct str path, struct url *url)
{
    if (str_find(path, '?') < path.length)
        return "holds a query";
    if (str_find(path, '#') < path.length)
        return "holds a fragment";
    for (size_t i = 0; i < path.length; i++) {
        if (!path_byte_is_fit(path, i))
            return "has a path with a byte that must be percent-encoded";
    }
    while (path.length > 0 && path.at[path.length - 1] == '/')
        path.length--;
    struct str rest = path;
    struct str segment;
    for (bool is_first = true; str_cut(&rest, '/', &segment); is_first = false) {
        if (!is_first && (str_is_empty(segment) || str_equal(segment, STR(".")) ||
                          str_equal(segment, STR(".."))))
            return "has a path with an empty, . or .. segment";
    }
    url->prefix = str_copy(arena, path);
    return NULL;
}

static const char *unix_read(struct arena *arena, struct str path, struct url *url,
                             struct str *ret_hint)
{
    if (!str_starts_with(path, STR("/"))) {
        *ret_hint = STR("write unix:/run/service.sock");
        return "has no absolute path";
    }
    if (path.length > UNIX_PATH_MAXIMUM)
        return "has a path that is too long for a socket";
    url->unix_path = str_copy(arena, path);
    url->host = STR("localhost");
    url->authority = STR("localhost");
    url->port = 80;
    return NULL;
}

const char *url_read(struct arena *arena, struct str text, struct url *ret_url,
                     struct str *ret_hint)
{
    *ret_hint = STR_NONE;
    struct url url = {.weight = 1, .prefix = STR("")};
    struct str rest;
    if (str_starts_with(text, STR("unix:"))) {
        const char *why = unix_read(arena, str_from(text, 5), &url, ret_hint);
        if (why == NULL)
            *ret_url = url;
        return why;
    }
    if (str_starts_with(text, STR("http://"))) {
        rest = str_from(text, 7);
    } else if (str_starts_with(text, STR("https://"))) {
        url.is_tls = true;
        rest = str_from(text, 8);
    } else {
        *ret_hint = STR("write http://host:port, https://host or unix:/path");
        return str_find_text(text, STR("://")) < text.length
                   ? "has a scheme that is neither http, https nor unix"
                   : "has no scheme";
    }
    size_t end = 0;
    while (end < rest.length && strchr("/?#\\", rest.at[end]) == NULL)
        end++;
    const char *why = authority_read(arena, (struct str){rest.at, end}, &url, ret_hint);
    if (why == NULL)
        why = prefix_read(arena, str_from(rest, end), &url);
    if (why == NULL)
        *ret_url = url;
    return why;
}

static bool ipv4_is_link_local(const uint8_t *bytes)
{
    return bytes[0] == 169 && bytes[1] == 254;
}

bool url_is_link_local(const struct url *url)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    static const uint8_t metadata[16] = {0xFD, 0, 0x0E, 0xC2, 0, 0, 0,    0,
                                         0,    0, 0,    0,    0, 0, 0x02, 0x54};
    struct in_addr ipv4;
    struct in6_addr ipv6;
    char host[HOST_MAXIMUM + 1];
    if (!str_is_empty(url->unix_path) || str_is_empty(url->host) || url->host.length > HOST_MAXIMUM)
        return false;
    memcpy(host, url->host.at, url->host.length);
    host[url->host.length] = '\0';
    /* inet_aton takes 0xA9FEA9FE and 2852039166 too, as getaddrinfo does. */
    if (inet_aton(host, &ipv4) == 1)
        return ipv4_is_link_local((const uint8_t *)&ipv4);
    if (inet_pton(AF_INET6, host, &ipv6) != 1)
        return false;
    const uint8_t *bytes = ipv6.s6_addr;
    return (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) || memcmp(bytes, metadata, 16) == 0 ||
           (memcmp(bytes, mapped, 12) == 0 && ipv4_is_link_local(bytes + 12));
}
