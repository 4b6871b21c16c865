/*
 * The dates of HTTP fields (RFC 9110 5.6.7) as seconds since 1970.
 */
#ifndef BRAID_GATEWAY_CACHE_HTTP_DATE_H
#define BRAID_GATEWAY_CACHE_HTTP_DATE_H

#include "base/str.h"

/*
 * "Sun, 06 Nov 1994 08:49:37 GMT"; the two obsolete forms are read too, a two-digit year as one
 * that is at most 50 years ahead of `now` (seconds since 1970). false where it is no date.
 */
bool http_date_parse(struct str text, int64_t now, int64_t *ret_seconds);

#endif
