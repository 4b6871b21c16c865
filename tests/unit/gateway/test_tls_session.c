/*
 * A session and openssl's own client at the two ends of a pair of sockets, both in this thread; and
 * which certificate is shown to whom. The certificates are made here.
 */
#include "gateway/front/tls_session.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define MEGABYTES_MOST 64

struct pair {
    char folder[64];
    struct listener_tls files;
    struct tls_context *context;
    struct tls_session *session; /* ours, at ends[0] */
    SSL_CTX *client_context;
    SSL *client; /* at ends[1] */
    int ends[2];
};

static struct str file_of(struct pair *pair, const char *name, const char *end)
{
    char *text = malloc(128);
    assert_non_null(text);
    snprintf(text, 128, "%s/%s.%s", pair->folder, name, end);
    return str_of(text);
}

/* Signed by itself, for the names. */
static void certificate_make(struct pair *pair, const char *name, const char *names)
{
    struct certificate *to = &pair->files.list[pair->files.count++];
    *to = (struct certificate){file_of(pair, name, "pem"), file_of(pair, name, "key"), {0}};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *made = X509_new();
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), 3600);
    X509_set_pubkey(made, key);
    X509_NAME *subject = X509_get_subject_name(made);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(made, subject);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    X509_add_ext(made, extension, -1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(made, key, EVP_sha256()) > 0);
    FILE *file = fopen(to->certificate.at, "w");
    assert_int_equal(PEM_write_X509(file, made), 1);
    fclose(file);
    file = fopen(to->key.at, "w");
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    X509_free(made);
    EVP_PKEY_free(key);
}

static int pair_begin(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);
    assert_non_null(pair);
    strcpy(pair->folder, "/tmp/braid-test-tls-XXXXXX");
    assert_non_null(mkdtemp(pair->folder));
    certificate_make(pair, "shop", "DNS:shop.test,DNS:*.shop.test");
    certificate_make(pair, "other", "DNS:other.test");
    *state = pair;
    return 0;
}

static int pair_end(void **state)
{
    struct pair *pair = *state;
    tls_session_free(pair->session);
    tls_context_unref(pair->context);
    SSL_free(pair->client);
    SSL_CTX_free(pair->client_context);
    for (uint32_t i = 0; i < pair->files.count; i++) {
        unlink(pair->files.list[i].certificate.at);
        unlink(pair->files.list[i].key.at);
        free((char *)(uintptr_t)pair->files.list[i].certificate.at);
        free((char *)(uintptr_t)pair->files.list[i].key.at);
    }
    rmdir(pair->folder);
    free(pair);
    return 0;
}

static void pair_open(struct pair *pair)
{
    struct tls_mistake mistake;
    pair->context = tls_context_new(&pair->files, &mistake);
    assert_non_null(pair->context);
}

/* Both have shaken hands, and the client has taken its tickets. */
static void pair_connect(struct pair *pair, int version)
{
    const char *why;
    char none;
    pair_open(pair);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair->ends),
                     0);
    pair->session = tls_session_new(tls_context_ref(pair->context), pair->ends[0]);
    pair->client_context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(pair->client_context, version);
    SSL_CTX_set_max_proto_version(pair->client_context, version);
    pair->client = SSL_new(pair->client_context);
    SSL_set_fd(pair->client, pair->ends[1]);
    SSL_set_connect_state(pair->client);
    for (int i = 0; i < 10; i++) {
        SSL_do_handshake(pair->client);
        if (tls_session_handshake(pair->session, &why) == TLS_STEP_DONE)
            break;
    }
    SSL_do_handshake(pair->client);
    assert_true(SSL_is_init_finished(pair->client));
    assert_int_equal(SSL_read(pair->client, &none, 1), -1);
}

static void pair_close(struct pair *pair)
{
    close(pair->ends[0]);
    close(pair->ends[1]);
}

static ssize_t say(struct pair *pair, const char *text, size_t length)
{
    struct iovec part = {(void *)(uintptr_t)text, length};
    return tls_session_send(pair->session, &part, 1, 0);
}

static void assert_received(struct pair *pair, const char *expected)
{
    char text[256];
    ssize_t count = tls_session_receive(pair->session, text, sizeof text);
    assert_int_equal(count, strlen(expected));
    assert_memory_equal(text, expected, strlen(expected));
}

static void a_name_finds_its_certificate(void **state)
{
    struct pair *pair = *state;
    pair_open(pair);
    assert_int_equal(tls_context_choose(pair->context, "shop.test"), 0);
    assert_int_equal(tls_context_choose(pair->context, "a.shop.test"), 0);
    assert_int_equal(tls_context_choose(pair->context, "OTHER.test"), 1);
    assert_int_equal(tls_context_choose(pair->context, "a.other.test"), 0);
    assert_int_equal(tls_context_choose(pair->context, "nobody.test"), 0);
    assert_int_equal(tls_context_choose(pair->context, ""), 0);
}

static void a_key_of_another_one_is_a_mistake(void **state)
{
    struct pair *pair = *state;
    struct tls_mistake mistake;
    struct listener_tls files = pair->files;
    files.list[1].key = files.list[0].key;
    files.list[1].place.line = 7;
    assert_null(tls_context_new(&files, &mistake));
    assert_int_equal(mistake.place.line, 7);
    assert_non_null(strstr(mistake.text, "key values mismatch"));
    files = pair->files;
    files.client_ca = files.list[0].key;
    files.client_ca_place.line = 9;
    assert_null(tls_context_new(&files, &mistake));
    assert_int_equal(mistake.place.line, 9);
}

static void fewer_bytes_mean_that_the_socket_is_empty(void **state)
{
    struct pair *pair = *state;
    char text[8];
    pair_connect(pair, TLS1_3_VERSION);
    for (int i = 0; i < 3; i++)
        assert_int_equal(SSL_write(pair->client, "abcdefghij", 10), 10);
    /* as long as there is more, all the room is used, over the cuts of records */
    for (int i = 0; i < 3; i++)
        assert_int_equal(tls_session_receive(pair->session, text, 8), 8);
    assert_true(tls_session_has_pending(pair->session));
    assert_int_equal(tls_session_receive(pair->session, text, 8), 6);
    assert_memory_equal(text, "efghij", 6);
    assert_int_equal(tls_session_receive(pair->session, text, 8), -1);
    assert_int_equal(errno, EAGAIN);
    SSL_write(pair->client, "end", 3);
    SSL_shutdown(pair->client);
    assert_received(pair, "end");
    assert_int_equal(tls_session_receive(pair->session, text, 8), 0);
    pair_close(pair);
}

/* Reads all that there is into a count and a sum. */
static void client_read(struct pair *pair, size_t *count, uint64_t *sum)
{
    static unsigned char text[65536];
    int got;
    while ((got = SSL_read(pair->client, text, sizeof text)) > 0)
        for (int i = 0; i < got; i++)
            *sum += text[i] * (uint64_t)++ * count;
}

static void parts_are_sent_over_any_number_of_calls(void **state)
{
    struct pair *pair = *state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    size_t length = (size_t)3 * 1024 * 1024 + 77, head = 12345;
    unsigned char *text = malloc(length);
    assert_non_null(text);
    for (size_t v = 0; v < 2; v++) {
        size_t sent = 0, seen = 0, waits = 0;
        uint64_t sum = 0, expected = 0;
        for (size_t i = 0; i < length; i++) {
            text[i] = (unsigned char)(i * 7 + i / 251);
            expected += text[i] * (uint64_t)(i + 1);
        }
        pair_connect(pair, versions[v]);
        while (sent < length) {
            struct iovec parts[2] = {
                {text + sent, sent < head ? head - sent : 0},
                {text + (sent < head ? head : sent), length - (sent < head ? head : sent)}};
            ssize_t count = tls_session_send(pair->session, parts, 2, 0);
            if (count < 0) {
                assert_int_equal(errno, EAGAIN);
                waits++;
                client_read(pair, &seen, &sum);
                continue;
            }
            sent += (size_t)count;
        }
        client_read(pair, &seen, &sum);
        assert_true(waits > 3);
        assert_int_equal(seen, length);
        assert_true(sum == expected);
        pair_close(pair);
        tls_session_free(pair->session);
        tls_context_unref(pair->context);
        SSL_free(pair->client);
        SSL_CTX_free(pair->client_context);
        pair->session = NULL, pair->context = NULL, pair->client = NULL;
        pair->client_context = NULL;
    }
    free(text);
}

/* A client that changes its keys wants an answer, which must not hold up what it asks. */
static void keys_change_while_nothing_can_be_sent(void **state)
{
    struct pair *pair = *state;
    static char block[65536];
    size_t sent = 0, seen = 0;
    uint64_t sum = 0;
    ssize_t count;
    pair_connect(pair, TLS1_3_VERSION);
    while ((count = say(pair, block, sizeof block)) > 0 && sent < MEGABYTES_MOST << 20)
        sent += (size_t)count;
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(SSL_key_update(pair->client, SSL_KEY_UPDATE_REQUESTED), 1);
    assert_int_equal(SSL_write(pair->client, "go on", 5), 5);
    assert_received(pair, "go on");
    client_read(pair, &seen, &sum);
    while (say(pair, block, sizeof block) < 0)
        client_read(pair, &seen, &sum);
    client_read(pair, &seen, &sum);
    assert_int_equal(SSL_write(pair->client, "and on", 6), 6);
    assert_received(pair, "and on");
    assert_true(seen > sent);
    pair_close(pair);
}

static void the_end_is_not_said_in_the_middle_of_a_record(void **state)
{
    struct pair *pair = *state;
    static char block[65536];
    size_t seen = 0;
    uint64_t sum = 0;
    pair_connect(pair, TLS1_3_VERSION);
    while (say(pair, block, sizeof block) > 0)
        continue;
    tls_session_finish(pair->session);
    shutdown(pair->ends[0], SHUT_WR);
    client_read(pair, &seen, &sum);
    assert_int_equal(SSL_get_shutdown(pair->client) & SSL_RECEIVED_SHUTDOWN, 0);
    pair_close(pair);
}

static void the_end_is_said_once_all_is_sent(void **state)
{
    struct pair *pair = *state;
    size_t seen = 0;
    uint64_t sum = 0;
    pair_connect(pair, TLS1_3_VERSION);
    assert_int_equal(say(pair, "all", 3), 3);
    tls_session_finish(pair->session);
    assert_int_equal(say(pair, "more", 4), -1);
    assert_int_equal(errno, EPIPE);
    client_read(pair, &seen, &sum);
    assert_int_equal(seen, 3);
    assert_int_equal(SSL_get_shutdown(pair->client) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
    pair_close(pair);
}

#define story(name) cmocka_unit_test_setup_teardown(name, pair_begin, pair_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        story(a_name_finds_its_certificate),
        story(a_key_of_another_one_is_a_mistake),
        story(fewer_bytes_mean_that_the_socket_is_empty),
        story(parts_are_sent_over_any_number_of_calls),
        story(keys_change_while_nothing_can_be_sent),
        story(the_end_is_not_said_in_the_middle_of_a_record),
        story(the_end_is_said_once_all_is_sent),
    };
    return cmocka_run_group_tests_name("TLS session", tests, NULL, NULL) == 0 ? EXIT_SUCCESS
                                                                              : EXIT_FAILURE;
}
