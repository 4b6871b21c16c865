/*
 * A name is compared word by word: case, `_`, `-` and humps do not count, and the words at its end
 * decide: X-Products-Api-Key, productsApiKey and api_key are the same to this.
 */
#include "config/open_secret.h"

#include "config/braces.h"
#include "config/warning.h"

#include <ctype.h>

#define NAME_SEEN 256 /* bytes of a name, humps counted; a longer one is no secret's */

static const char *const secret_names[] = {
    "authorization", "api-key",  "apikey", "access-key", "secret-key", "auth-key",   "private-key",
    "token",         "password", "passwd", "passphrase", "secret",     "credential", "credentials",
};

/* "clientSecret" and "CLIENT_SECRET" as "client-secret"; empty where it is too long. */
static struct str name_plain(struct str name, char plain[NAME_SEEN])
{
    size_t length = 0;
    if (2 * name.length > NAME_SEEN)
        return STR("");
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        bool is_hump = i > 0 && isupper(byte) && islower((unsigned char)name.at[i - 1]);
        if (is_hump)
            plain[length++] = '-';
        plain[length++] = byte == '_' ? '-' : (char)tolower(byte);
    }
    return (struct str){plain, length};
}

bool open_secret_is_name(struct str name)
{
    char memory[NAME_SEEN];
    struct str plain = name_plain(name, memory);
    for (size_t i = 0; i < sizeof(secret_names) / sizeof(*secret_names); i++) {
        struct str secret = str_of(secret_names[i]);
        if (!str_ends_with(plain, secret))
            continue;
        if (plain.length == secret.length || plain.at[plain.length - secret.length - 1] == '-')
            return true;
    }
    return false;
}

static bool value_is_written(const struct node *value)
{
    if (value->kind != NODE_TEXT || value->text.length == 0)
        return false;
    enum json_type type = json_type(node_scalar(value));
    return (type == JSON_STRING || type == JSON_NUMBER) &&
           braces_find(value->text, 0) == value->text.length;
}

void open_secret_check(struct str name, const struct node *value, struct diagnostics *diagnostics)
{
    if (!value_is_written(value) || !open_secret_is_name(name))
        return;
    warning_add(diagnostics, WARNING_SECRET_IN_FILE, value->place,
                STR("write \"${env.NAME}\", or allow: [secret-in-file] if it is none"),
                "the secret of '%.*s' stands in the file", STR_ARGS(name));
}
