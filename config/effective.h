/*
 * The configuration as it is in force, for people: what the file and its includes say, and the
 * defaults of what they do not say. Secrets are not shown: a constant stands as `${env.NAME}`, the
 * value of a key that is named like a secret as "(hidden)".
 */
#ifndef BRAID_CONFIG_EFFECTIVE_H
#define BRAID_CONFIG_EFFECTIVE_H

#include "config/config.h"

/* {files: […], settings: {…}, services: {NAME: {…}}, routes: {KEY: {…}}}; in arena. */
struct json effective_json(struct arena *arena, const struct config *config);

#endif
