/*
 * The header lines of a request for CURLOPT_HTTPHEADER, in as few nodes as can be: libcurl sends
 * a node's text as it is, and each node costs it some 3,000 instructions.
 */
#ifndef BRAID_GATEWAY_UPSTREAM_CURL_LINES_H
#define BRAID_GATEWAY_UPSTREAM_CURL_LINES_H

#include <curl/curl.h>
#include <stdbool.h>

#define CURL_LINES_NODES 6

struct arena;
struct flight_request;

struct curl_lines {
    struct curl_slist nodes[CURL_LINES_NODES];
    unsigned count;
};

/*
 * The list for one request; its text is in the arena. Keeps `host_line`, which may be NULL.
 */
struct curl_slist *curl_lines_build(struct curl_lines *lines, struct arena *arena,
                                    const struct flight_request *request, char *host_line,
                                    bool sends_body);

#endif
