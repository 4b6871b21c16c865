/*
 * Addresses are numbers here, but for localhost: a listener does not ask the network for its name.
 */
#include "config/address.h"

#include "base/arena.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#define UNIX_PATH_MAXIMUM (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static const char *unix_read(struct arena *arena, struct str path, struct address *address)
{
    if (!str_starts_with(path, STR("/")))
        return "has no absolute path";
    if (path.length > UNIX_PATH_MAXIMUM)
        return "has a path that is too long for a socket";
    address->unix_path = str_copy(arena, path);
    address->host = STR("");
    return NULL;
}

/* The index of the colon before the port; the text's length where there is none. */
static size_t port_colon(struct str text)
{
    if (!str_starts_with(text, STR("[")))
        return str_find(text, ':');
    size_t end = str_find(text, ']');
    return end + 1 < text.length && text.at[end + 1] == ':' ? end + 1 : text.length;
}

static bool host_read(struct arena *arena, struct str host, struct str *ret_host)
{
    struct in6_addr ignored;
    if (str_equal(host, STR("localhost")))
        host = STR("127.0.0.1");
    bool is_ipv6 = host.length > 2 && host.at[0] == '[' && host.at[host.length - 1] == ']';
    if (is_ipv6)
        host = (struct str){host.at + 1, host.length - 2};
    *ret_host = str_copy(arena, host);
    return inet_pton(is_ipv6 ? AF_INET6 : AF_INET, ret_host->at, &ignored) == 1;
}

const char *address_read(struct arena *arena, struct str text, struct address *ret_address,
                         struct str *ret_hint)
{
    struct address address = {.text = str_copy(arena, text), .unix_path = STR("")};
    *ret_hint = STR("write 0.0.0.0:8080, \"[::]:8080\" or unix:/run/braid.sock");
    const char *why = NULL;
    uint64_t port = 0;
    if (str_starts_with(text, STR("unix:"))) {
        why = unix_read(arena, str_from(text, 5), &address);
    } else {
        size_t colon = port_colon(text);
        if (colon == text.length)
            why = "has no port";
        else if (!host_read(arena, (struct str){text.at, colon}, &address.host))
            why = "has a host that is no address";
        else if (!str_to_unsigned(str_from(text, colon + 1), UINT16_MAX, &port))
            why = "has a port that is no number up to 65535";
    }
    if (why != NULL)
        return why;
    address.port = (uint16_t)port;
    *ret_address = address;
    return NULL;
}

const char *block_read(struct arena *arena, struct str text, struct block *ret_block)
{
    struct block block = {.bytes = {[10] = 0xFF, [11] = 0xFF}};
    size_t slash = str_find(text, '/');
    const char *host = str_copy(arena, (struct str){text.at, slash}).at;
    unsigned offset = 0;
    if (inet_pton(AF_INET, host, block.bytes + 12) == 1)
        offset = 96;
    else if (inet_pton(AF_INET6, host, block.bytes) != 1)
        return "is no address and no block of addresses";
    uint64_t bits = 128 - offset;
    if (slash < text.length && !str_to_unsigned(str_from(text, slash + 1), bits, &bits))
        return offset > 0 ? "has no number up to 32 behind the slash"
                          : "has no number up to 128 behind the slash";
    block.bits = (unsigned)bits + offset;
    for (unsigned i = block.bits; i < 128; i++) {
        if ((block.bytes[i / 8] & (0x80u >> i % 8)) != 0)
            return "has digits behind its block: they would not count";
    }
    *ret_block = block;
    return NULL;
}

bool block_holds(const struct block *block, const uint8_t address[16])
{
    unsigned whole = block->bits / 8, rest = block->bits % 8;
    if (memcmp(block->bytes, address, whole) != 0)
        return false;
    if (rest == 0)
        return true;
    uint8_t mask = (uint8_t)(0xFF << (8 - rest));
    return (block->bytes[whole] & mask) == (address[whole] & mask);
}
