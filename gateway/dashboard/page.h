/*
 * The dashboard: one page, made of page.html, page.css and page.js when braid is built, together
 * with the policy that lets a browser run exactly that and fetch from nowhere else.
 */
#ifndef BRAID_GATEWAY_DASHBOARD_PAGE_H
#define BRAID_GATEWAY_DASHBOARD_PAGE_H

#include <stddef.h>

extern const unsigned char dashboard_page[];
extern const size_t dashboard_page_length;

/* The value of Content-Security-Policy. */
extern const char dashboard_policy[];

#endif
