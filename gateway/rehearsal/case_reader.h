/*
 * Readers of the parts of a case. Each is false when it has reported a mistake.
 */
#ifndef BRAID_GATEWAY_REHEARSAL_CASE_READER_H
#define BRAID_GATEWAY_REHEARSAL_CASE_READER_H

#include "config/config.h"
#include "gateway/compose/client_request.h"
#include "gateway/rehearsal/expectation.h"
#include "gateway/upstream/canned.h"

/* "users" and its rules or word for each; what is not mentioned is as in `base` (may be NULL). */
bool case_services_read(struct reader *reader, const struct config *config, const struct node *node,
                        const struct canned_service *base,
                        const struct canned_service **ret_services);

/* "GET /orders/7", or a mapping. */
bool case_request_read(struct reader *reader, const struct node *node,
                       struct client_request *ret_request);

/* "GET /orders/7" alone; false, and nothing reported, where it is none. */
bool case_request_parse(struct arena *arena, struct str line, struct client_request *ret_request);

bool case_expectation_read(struct reader *reader, const struct node *node,
                           struct expectation *ret_expectation);

/* A mapping of header names and values; a list of values is several lines. */
bool case_fields_read(struct reader *reader, const struct node *node, struct field **ret_fields,
                      uint32_t *ret_count);

/* `json` or `text`, each may be NULL: the bytes. Both are a mistake. */
bool case_body_read(struct reader *reader, const struct node *json, const struct node *text,
                    struct str *ret_body);

/* The fields, and Content-Type before them where there is a body and they do not have it. */
void case_fields_complete(struct arena *arena, bool has_json, bool has_text,
                          const struct field **fields, uint32_t *count);

#endif
