/* What a service answers: always JSON. */
#ifndef BRAID_EXAMPLES_SHOP_REPLY_H
#define BRAID_EXAMPLES_SHOP_REPLY_H

struct reply {
    unsigned status;   /* 0: nothing was answered yet */
    char *body;        /* JSON text, owned */
    char location[64]; /* the Location header, or empty */
    const char *allow; /* the Allow header, or NULL; borrowed */
    const char *cache; /* the Cache-Control header, or NULL; borrowed */
};

/* Takes `text`; NULL (out of memory, a failed statement) becomes a 500. */
void reply_json(struct reply *reply, unsigned status, char *text);

/* {"error": MESSAGE}. The message is ours, never the client's bytes. */
void reply_error(struct reply *reply, unsigned status, const char *message);

void reply_done(struct reply *reply);

#endif
