/*
 * What is in the shop at the first start: the same people and products in every run and in every
 * service. Each service copies what it keeps (an order the name of its customer); none asks
 * another.
 */
#ifndef BRAID_EXAMPLES_SHOP_SEED_H
#define BRAID_EXAMPLES_SHOP_SEED_H

#include <stdint.h>

#define SEED_PEOPLE   1200
#define SEED_PRODUCTS 600
#define SEED_ORDERS   6000

struct seed_person {
    char name[64];
    char email[64];
    const char *city;
    const char *tier;
    char member_since[16]; /* 2021-03-09 */
};

struct seed_product {
    char name[64];
    char sku[16]; /* MUG-FGR */
    const char *category;
    int64_t cents;
    int64_t stock;
};

/* Ids count from 1 to SEED_PEOPLE and SEED_PRODUCTS. No two people share a name. */
void seed_person(int64_t id, struct seed_person *ret_person);
void seed_product(int64_t id, struct seed_product *ret_product);

/* A number below `limit` that looks random and is the same in every run; `what` tells apart several
 * numbers of one id. */
int64_t seed_number(int64_t id, int64_t what, int64_t limit);

#endif
