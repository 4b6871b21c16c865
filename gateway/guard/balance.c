/*
 * Choosing: first who may be chosen, then one of them.
 */
#include "gateway/guard/balance.h"

#include "config/url.h"

#include <assert.h>
#include <math.h>

#define BOUND 1.25 /* c of the paper: how far above its share an address may be */

static bool member_is_out(const struct member *member, usec now)
{
    return member->is_unhealthy || outlier_is_out(&member->outlier, now);
}

uint32_t balance_count_out(const struct roster *roster, usec now, uint32_t *ret_all,
                           bool *ret_panics)
{
    uint32_t all = 0, out = 0;
    for (uint32_t i = 0; i < roster->count; i++) {
        const struct member *member = &roster->list[i];
        all += member_is_placed(member);
        out += member_is_placed(member) && member_is_out(member, now);
    }
    *ret_all = all;
    *ret_panics = out > 0 && 2 * out > all;
    return out;
}

static bool member_was_tried(const struct member *member, const struct balance_wish *wish)
{
    uint32_t slot = member->endpoint.slot;
    return wish->tried != NULL && (wish->tried[slot / 64] >> (slot % 64) & 1) != 0;
}

/* The members that may be chosen, as bits by slot. */
struct choice {
    struct roster *roster;
    uint64_t bits[BALANCE_TRIED_WORDS];
    uint32_t count;
    uint64_t weight; /* of all of them */
    uint64_t flying;
};

static bool choice_has(const struct choice *choice, uint32_t slot)
{
    return (choice->bits[slot / 64] >> (slot % 64) & 1) != 0;
}

/* `is_fresh`: only those that were not tried. */
static void choice_collect(struct choice *choice, const struct balance_wish *wish, usec now,
                           bool is_fresh, bool panics)
{
    *choice = (struct choice){.roster = choice->roster};
    for (uint32_t i = 0; i < choice->roster->count; i++) {
        const struct member *member = &choice->roster->list[i];
        if (!member_is_placed(member) || (!panics && member_is_out(member, now)) ||
            (is_fresh && member_was_tried(member, wish)))
            continue;
        choice->bits[i / 64] |= UINT64_C(1) << (i % 64);
        choice->count++;
        choice->weight += member->weight;
        choice->flying += member->flying;
    }
}

static struct member *choose_by_weight(const struct choice *choice, uint64_t dice)
{
    struct roster *roster = choice->roster;
    uint64_t left = dice % choice->weight;
    for (uint32_t i = 0; i < roster->count; i++) {
        if (!choice_has(choice, i))
            continue;
        if (left < roster->list[i].weight)
            return &roster->list[i];
        left -= roster->list[i].weight;
    }
    assert(false);
    return NULL;
}

static struct member *choose_least(const struct choice *choice, struct random *random)
{
    struct member *first = choose_by_weight(choice, random_next(random));
    struct member *second = choose_by_weight(choice, random_next(random));
    uint64_t load_of_first = (uint64_t)first->flying * second->weight;
    uint64_t load_of_second = (uint64_t)second->flying * first->weight;
    return load_of_second < load_of_first ? second : first;
}

static struct member *choose_next(const struct choice *choice)
{
    struct member *best = NULL;
    for (uint32_t i = 0; i < choice->roster->count; i++) {
        struct member *member = &choice->roster->list[i];
        if (!choice_has(choice, i))
            continue;
        member->turn += member->weight;
        if (best == NULL || member->turn > best->turn)
            best = member;
    }
    best->turn -= (int64_t)choice->weight;
    return best;
}

/* --- the hash ----------------------------------------------------------------------------- */

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input reaches every
   bit. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

/* FNV-1a: the same in every process and after every start, or the keys would move. */
static uint64_t text_hash(struct str text, uint64_t hash)
{
    for (size_t i = 0; i < text.length; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 0x100000001B3u;
    return hash;
}

static uint64_t endpoint_identity(const struct endpoint *endpoint)
{
    uint64_t hash = 0xCBF29CE484222325u;
    const union endpoint_address *address = &endpoint->place.address;
    hash = text_hash(endpoint->url->authority, hash);
    hash = text_hash(endpoint->url->unix_path, hash);
    if (!endpoint->is_resolved)
        return hash;
    if (address->any.sa_family == AF_INET6)
        return text_hash((struct str){(const char *)&address->v6.sin6_addr, 16}, hash);
    return text_hash((struct str){(const char *)&address->v4.sin_addr, 4}, hash);
}

/* The least wins, in proportion to the weights (an exponential draw with that rate). */
static double member_score(const struct member *member, uint64_t key)
{
    uint64_t bits = mix(key ^ mix(endpoint_identity(&member->endpoint))) >> 11;
    double evenly = ((double)bits + 0.5) * 0x1p-53; /* between 0 and 1, neither of them */
    return -log(evenly) / member->weight;
}

static bool member_has_room(const struct member *member, const struct choice *choice)
{
    double share = (double)member->weight / (double)choice->weight;
    return member->flying < ceil(BOUND * share * (double)(choice->flying + 1));
}

static struct member *choose_by_hash(const struct choice *choice, struct str text)
{
    uint64_t key = mix(text_hash(text, 0xCBF29CE484222325u));
    struct member *best = NULL;
    double least = 0;
    for (uint32_t i = 0; i < choice->roster->count; i++) {
        struct member *member = &choice->roster->list[i];
        if (!choice_has(choice, i) || !member_has_room(member, choice))
            continue;
        double score = member_score(member, key);
        if (best == NULL || score < least) {
            best = member;
            least = score;
        }
    }
    /* the bounds add up to more than all, so somebody has room */
    assert(best != NULL);
    return best;
}

/* --- all of it ---------------------------------------------------------------------------- */

static struct member *roster_first(struct roster *roster)
{
    uint32_t i = 0;
    while (member_is_free(&roster->list[i]))
        i++;
    return &roster->list[i];
}

struct member *balance_choose(struct roster *roster, const struct balance_wish *wish, usec now,
                              struct random *random)
{
    if (roster->count == 1)
        return &roster->list[0];
    if (roster->placed == 0)
        return roster_first(roster);
    uint32_t all;
    bool panics;
    balance_count_out(roster, now, &all, &panics);
    struct choice choice = {.roster = roster};
    choice_collect(&choice, wish, now, true, panics);
    if (choice.count == 0)
        choice_collect(&choice, wish, now, false, panics);
    if (wish->balance == BALANCE_ROUND_ROBIN)
        return choose_next(&choice);
    if (wish->balance == BALANCE_HASH && wish->hash.length > 0)
        return choose_by_hash(&choice, wish->hash);
    return choose_least(&choice, random);
}
