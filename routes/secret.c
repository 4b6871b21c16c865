/*
 * Secrets are looked for by what they are, not by where they came from.
 */
#include "routes/secret.h"

bool secret_is_in(const struct config *config, struct str text)
{
    const struct text_list *secrets = &config->environment.secrets;
    for (size_t i = 0; i < secrets->count; i++) {
        if (secrets->list[i].length > 0 && str_find_text(text, secrets->list[i]) < text.length)
            return true;
    }
    return false;
}
