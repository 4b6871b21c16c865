/*
 * The choices are those of "intermediate compatibility" (wiki.mozilla.org/Security/Server_Side_TLS,
 * 5.7) without finite-field groups, whose handshakes cost the server most.
 *
 * One SSL_CTX for each certificate. A session begins with the first one, whose tickets and rules
 * for clients are those of all, and takes another one's certificate when it asks for its name.
 */
#include "gateway/front/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define CIPHERS_OF_1_2                                                                             \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                   \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                                   \
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256:P-384"

#define CLIENT_CHAIN_DEPTH 10
#define CLIENT_CHAIN_BYTES (64 * 1024)

struct tls_context {
    atomic_uint references;
    uint32_t count;
    SSL_CTX *list[CERTIFICATES_MAXIMUM];
};

/* With the library's last word. */
static void mistake_set(struct tls_mistake *mistake, struct place place, const char *what,
                        struct str file)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    mistake->place = place;
    snprintf(mistake->text, sizeof mistake->text, "%s '%.*s': %s", what, STR_ARGS(file),
             why != NULL ? why : "it cannot be used");
    ERR_clear_error();
}

/* A client that offers protocols, but not ours, would misunderstand us (RFC 7301 3.2). */
static int on_protocols(SSL *ssl, const unsigned char **out, unsigned char *length,
                        const unsigned char *offered, unsigned offered_length, void *closure)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl, (void)closure;
    if (SSL_select_next_proto(&chosen, length, ours, sizeof ours - 1, offered, offered_length) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static int on_server_name(SSL *ssl, int *alert, void *closure)
{
    const struct tls_context *context = closure;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    (void)alert;
    if (name == NULL)
        return SSL_TLSEXT_ERR_NOACK;
    uint32_t chosen = tls_context_choose(context, name);
    if (chosen > 0)
        SSL_set_SSL_CTX(ssl, context->list[chosen]);
    return SSL_TLSEXT_ERR_OK;
}

static void set_choices(SSL_CTX *ctx)
{
    static const unsigned char name[] = "braid";
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets need none */
    SSL_CTX_set_session_id_context(ctx, name, sizeof name - 1);
    SSL_CTX_set_alpn_select_cb(ctx, on_protocols, NULL);
}

static bool certificate_load(SSL_CTX *ctx, const struct certificate *file,
                             struct tls_mistake *mistake)
{
    if (SSL_CTX_use_certificate_chain_file(ctx, file->certificate.at) != 1) {
        mistake_set(mistake, file->place, "no certificate is read from", file->certificate);
        return false;
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, file->key.at, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        mistake_set(mistake, file->place, "no key of the certificate is read from", file->key);
        return false;
    }
    return true;
}

static bool clients_load(SSL_CTX *ctx, const struct listener_tls *files,
                         struct tls_mistake *mistake)
{
    if (str_is_empty(files->client_ca))
        return true;
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(files->client_ca.at);
    if (names == NULL || SSL_CTX_load_verify_file(ctx, files->client_ca.at) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        mistake_set(mistake, files->client_ca_place, "no authorities are read from",
                    files->client_ca);
        return false;
    }
    SSL_CTX_set_client_CA_list(ctx, names);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_verify_depth(ctx, CLIENT_CHAIN_DEPTH);
    SSL_CTX_set_max_cert_list(ctx, CLIENT_CHAIN_BYTES);
    return true;
}

/* Nobody may be asked for a passphrase. */
static int on_passphrase(char *to, int size, int is_writing, void *closure)
{
    (void)to, (void)size, (void)is_writing, (void)closure;
    return -1;
}

static bool context_add(struct tls_context *context, const struct listener_tls *files,
                        struct tls_mistake *mistake)
{
    const struct certificate *file = &files->list[context->count];
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    if (ctx == NULL)
        abort();
    context->list[context->count++] = ctx;
    set_choices(ctx);
    SSL_CTX_set_default_passwd_cb(ctx, on_passphrase);
    if (SSL_CTX_set_cipher_list(ctx, CIPHERS_OF_1_2) != 1 ||
        SSL_CTX_set1_groups_list(ctx, GROUPS) != 1) {
        mistake_set(mistake, file->place, "the ciphers are not there for", file->certificate);
        return false;
    }
    SSL_CTX_set_tlsext_servername_callback(ctx, on_server_name);
    SSL_CTX_set_tlsext_servername_arg(ctx, context);
    return certificate_load(ctx, file, mistake) && clients_load(ctx, files, mistake);
}

struct tls_context *tls_context_new(const struct listener_tls *files,
                                    struct tls_mistake *ret_mistake)
{
    struct tls_context *context = calloc(1, sizeof *context);
    if (context == NULL)
        abort();
    atomic_init(&context->references, 1);
    ERR_clear_error();
    while (context->count < files->count) {
        if (!context_add(context, files, ret_mistake)) {
            tls_context_unref(context);
            return NULL;
        }
    }
    return context;
}

struct tls_context *tls_context_ref(struct tls_context *context)
{
    atomic_fetch_add_explicit(&context->references, 1, memory_order_relaxed);
    return context;
}

void tls_context_unref(struct tls_context *context)
{
    if (context == NULL ||
        atomic_fetch_sub_explicit(&context->references, 1, memory_order_acq_rel) > 1)
        return;
    for (uint32_t i = 0; i < context->count; i++)
        SSL_CTX_free(context->list[i]);
    free(context);
}

SSL *tls_context_session(struct tls_context *context)
{
    SSL *ssl = SSL_new(context->list[0]);
    if (ssl == NULL)
        abort();
    SSL_set_accept_state(ssl);
    return ssl;
}

uint32_t tls_context_choose(const struct tls_context *context, const char *name)
{
    for (uint32_t i = 0; i < context->count; i++)
        if (X509_check_host(SSL_CTX_get0_certificate(context->list[i]), name, 0, 0, NULL) == 1)
            return i;
    return 0;
}
