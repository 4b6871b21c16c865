/*
 * Name servers are addresses: a name of one would have to be asked for first.
 */
#include "config/nameservers.h"

#include "base/arena.h"

#include <arpa/inet.h>
#include <string.h>

#define DNS_PORT            53
#define NAMESERVERS_MAXIMUM 8

static bool address_is(int family, struct str text)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (text.length >= sizeof(copy))
        return false;
    memcpy(copy, text.at, text.length);
    copy[text.length] = '\0';
    return inet_pton(family, copy, &address) == 1;
}

/* ":5353", or nothing: 53. */
static bool port_read(struct str text, uint32_t *ret_port)
{
    uint32_t port = 0;
    *ret_port = DNS_PORT;
    if (text.length == 0)
        return true;
    if (text.at[0] != ':' || text.length < 2 || text.length > 6)
        return false;
    for (size_t i = 1; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        port = port * 10 + (uint32_t)(text.at[i] - '0');
    }
    *ret_port = port;
    return port >= 1 && port <= 65535;
}

/* As the library reads it; empty where it is no address. */
static struct str nameserver_read(struct arena *arena, struct str text)
{
    uint32_t port = DNS_PORT;
    if (address_is(AF_INET6, text))
        return str_format(arena, "[%.*s]:%u", STR_ARGS(text), port);
    bool has_brackets = text.length > 0 && text.at[0] == '[';
    size_t end = str_find(text, has_brackets ? ']' : ':');
    struct str host =
        has_brackets ? str_from((struct str){text.at, end}, 1) : (struct str){text.at, end};
    struct str rest = str_from(text, has_brackets && end < text.length ? end + 1 : end);
    if (!address_is(has_brackets ? AF_INET6 : AF_INET, host) || !port_read(rest, &port))
        return STR_NONE;
    return str_format(arena, has_brackets ? "[%.*s]:%u" : "%.*s:%u", STR_ARGS(host), port);
}

static bool list_read(struct reader *reader, const struct node *node, void *into)
{
    struct str *texts;
    uint32_t count;
    struct str list = STR_NONE;
    if (!reader_texts(reader, node, &texts, &count))
        return false;
    if (count > NAMESERVERS_MAXIMUM) {
        reader_refuse(reader, node, "", "there are %u name servers; at most %d are asked", count,
                      NAMESERVERS_MAXIMUM);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct str one = nameserver_read(reader->arena, texts[i]);
        if (str_is_empty(one)) {
            reader_refuse(reader, node->entries[i].value, "write 10.0.0.53 or 127.0.0.1:5353",
                          "'%.*s' is no address of a name server", STR_ARGS(texts[i]));
            return false;
        }
        list = str_format(reader->arena, "%.*s%s%.*s", STR_ARGS(list), i > 0 ? "," : "",
                          STR_ARGS(one));
    }
    *(struct str *)into = list;
    return true;
}

static const struct key nameservers_keys[] = {
    {.name = "nameservers",
     .type = KEY_CUSTOM,
     .shape = "list of addresses",
     .offset = offsetof(struct nameservers, list),
     .default_text = "[]",
     .read = list_read,
     .says = "Who is asked, port 53 unless another is written; none: those of the system.",
     .example = "nameservers: [10.0.0.53]"},
    {.name = "timeout",
     .type = KEY_DURATION,
     .offset = offsetof(struct nameservers, timeout),
     .default_text = "2s",
     .minimum = 10 * MILLISECOND,
     .maximum = MINUTE,
     .says =
         "How long one of them may take; each is asked twice, the second time for twice as long.",
     .example = "timeout: 500ms"},
};

const struct schema nameservers_schema = {"resolver", nameservers_keys, 2};

bool nameservers_read(struct reader *reader, const struct node *node, void *into)
{
    struct nameservers *nameservers = into;
    nameservers->is_off = reader_is_off(node);
    return nameservers->is_off ||
           schema_read(&nameservers_schema, reader, node, STR("'resolver'"), into);
}
