/*
 * libcurl's easy interface, one answer at a time: two seconds to connect, five in all.
 */
#include "gateway/main/admin_client.h"

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json/make.h"
#include "config/address.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#define CONNECT_SECONDS 2L
#define ANSWER_SECONDS  5L
#define ADDRESS_MEMORY  ((size_t)64 * 1024)

struct admin_client {
    CURL *curl;
    struct arena arena;
    struct address address;
    char *answer;
    size_t length;
    size_t room;
};

static size_t answer_take(char *bytes, size_t size, size_t count, void *closure)
{
    struct admin_client *client = closure;
    size_t length = size * count;
    if (length > ADMIN_ANSWER - client->length)
        return 0;
    if (client->length + length > client->room) {
        client->room = 2 * (client->length + length);
        client->answer = realloc(client->answer, client->room);
        if (client->answer == NULL)
            abort();
    }
    memcpy(client->answer + client->length, bytes, length);
    client->length += length;
    return length;
}

static bool client_set(struct admin_client *client)
{
    const char *unix_path = client->address.unix_path.at;
    bool is_unix = client->address.unix_path.length > 0;
    return curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, answer_take) == CURLE_OK &&
           curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, client) == CURLE_OK &&
           curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(client->curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(client->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, ANSWER_SECONDS) == CURLE_OK &&
           (!is_unix ||
            curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, unix_path) == CURLE_OK);
}

struct admin_client *admin_client_new(const char *address)
{
    struct admin_client *client = calloc(1, sizeof *client);
    struct str hint = STR_NONE;
    if (client == NULL)
        abort();
    arena_init(&client->arena, NULL, ADDRESS_MEMORY);
    const char *why = address_read(&client->arena, str_of(address), &client->address, &hint);
    client->address.unix_path = str_copy(&client->arena, client->address.unix_path);
    if (why == NULL && ((client->curl = curl_easy_init()) == NULL || !client_set(client)))
        why = "libcurl cannot be initialised";
    if (why == NULL)
        return client;
    fprintf(stderr, "--admin %s: %s%s%.*s\n", address, why, hint.length > 0 ? "; " : "",
            STR_ARGS(hint));
    admin_client_free(client);
    return NULL;
}

void admin_client_free(struct admin_client *client)
{
    curl_easy_cleanup(client->curl);
    arena_done(&client->arena);
    free(client->answer);
    free(client);
}

static struct str client_why(struct admin_client *client, struct arena *arena, CURLcode code)
{
    struct str text = client->address.text;
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        return str_format(arena, "nobody listens on %.*s", STR_ARGS(text));
    case CURLE_COULDNT_RESOLVE_HOST:
        return str_format(arena, "there is no host like that of %.*s", STR_ARGS(text));
    case CURLE_OPERATION_TIMEDOUT:
        return str_format(arena, "%.*s did not answer in time", STR_ARGS(text));
    case CURLE_WRITE_ERROR:
        return str_format(arena, "%.*s answered with too much", STR_ARGS(text));
    default:
        return str_format(arena, "%.*s: %s", STR_ARGS(text), curl_easy_strerror(code));
    }
}

bool admin_client_get(struct admin_client *client, struct arena *arena, struct str path,
                      struct json *ret_document, int *ret_status, struct str *ret_why)
{
    bool is_unix = client->address.unix_path.length > 0;
    struct str host = is_unix ? STR("localhost") : client->address.text;
    struct str url = str_format(arena, "http://%.*s%.*s", STR_ARGS(host), STR_ARGS(path));
    struct json document;
    long status = 0;
    client->length = 0;
    CURLcode code = curl_easy_setopt(client->curl, CURLOPT_URL, url.at);
    if (code == CURLE_OK)
        code = curl_easy_perform(client->curl);
    if (code != CURLE_OK) {
        *ret_why = client_why(client, arena, code);
        return false;
    }
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    struct str text = str_copy(arena, (struct str){client->answer, client->length});
    if ((status != 200 && status != 404) ||
        json_read(arena, text, &json_limits_default, &document, NULL) != JSON_OK) {
        *ret_why = str_format(arena, "%.*s is not the admin listener of a braid that has this page",
                              STR_ARGS(client->address.text));
        return false;
    }
    *ret_document = document;
    *ret_status = (int)status;
    return true;
}

struct str admin_text(struct arena *arena, struct json object, const char *name)
{
    struct json value;
    if (json_type(object) != JSON_OBJECT || !json_member(object, str_of(name), &value) ||
        json_type(value) != JSON_STRING)
        return STR("");
    struct str text = str_copy(arena, json_string_decode(arena, value));
    for (char *at = (char *)(uintptr_t)text.at; at < text.at + text.length; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
    return text;
}

double admin_number(struct json object, const char *name)
{
    struct json value;
    if (json_type(object) != JSON_OBJECT || !json_member(object, str_of(name), &value))
        return 0;
    return json_type(value) == JSON_NUMBER ? json_number(value) : -1;
}

struct json admin_list(struct json object, const char *name)
{
    struct json value;
    bool is_there = json_type(object) == JSON_OBJECT && json_member(object, str_of(name), &value) &&
                    json_type(value) == JSON_ARRAY;
    return is_there ? value : json_array(NULL, 0);
}
