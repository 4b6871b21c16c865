/*
 * While those who wait are told, the owner's memory is held: the last of them may let it go.
 */
#include "gateway/compose/joint.h"

#include <stdlib.h>

#define BUCKETS_AT_FIRST 64

/* --- the table ---------------------------------------------------------------------------- */

static struct joint **joints_bucket(const struct joints *joints, uint64_t hash)
{
    return &joints->buckets[hash & joints->mask];
}

/* As many buckets as transfers, which the services' places bound. */
static void joints_grow(struct joints *joints)
{
    struct joints old = *joints;
    uint32_t count = old.buckets == NULL ? BUCKETS_AT_FIRST : 2 * (old.mask + 1);
    joints->mask = count - 1;
    joints->buckets = calloc(count, sizeof(*joints->buckets));
    if (joints->buckets == NULL)
        abort();
    for (uint32_t i = 0; old.buckets != NULL && i <= old.mask; i++) {
        struct joint *next;
        for (struct joint *joint = old.buckets[i]; joint != NULL; joint = next) {
            struct joint **bucket = joints_bucket(joints, joint->key.hash);
            next = joint->chain;
            joint->chain = *bucket;
            *bucket = joint;
        }
    }
    free(old.buckets);
}

static void joints_add(struct joints *joints, struct joint *joint)
{
    if (joints->buckets == NULL || joints->count > joints->mask)
        joints_grow(joints);
    struct joint **bucket = joints_bucket(joints, joint->key.hash);
    joint->chain = *bucket;
    *bucket = joint;
    joint->is_listed = true;
    joints->count++;
}

static void joint_unlist(struct joint *joint)
{
    struct joints *joints = &joint->owner->composer->joints;
    if (!joint->is_listed)
        return;
    struct joint **at = joints_bucket(joints, joint->key.hash);
    while (*at != joint)
        at = &(*at)->chain;
    *at = joint->chain;
    joint->is_listed = false;
    joints->count--;
}

static bool joint_has_key(const struct joint *joint, const struct cache_key *key,
                          const struct service *service)
{
    return joint->key.hash == key->hash && joint->flight.request.service == service &&
           joint->key.method == key->method && str_equal(joint->key.target, key->target) &&
           str_equal(joint->key.lines, key->lines);
}

static struct joint *joints_find(const struct joints *joints, const struct cache_key *key,
                                 const struct service *service)
{
    if (joints->count == 0)
        return NULL;
    struct joint *joint = *joints_bucket(joints, key->hash);
    while (joint != NULL && !joint_has_key(joint, key, service))
        joint = joint->chain;
    return joint;
}

void joints_done(struct joints *joints)
{
    free(joints->buckets);
    joints->buckets = NULL;
}

/* --- one of them -------------------------------------------------------------------------- */

static void joint_forget(struct joint *joint)
{
    cache_entry_unref(joint->validated);
    cache_entry_unref(joint->entry);
    joint->validated = NULL;
    joint->entry = NULL;
}

static void joint_land(struct flight *flight)
{
    struct joint *joint = container_of(flight, struct joint, flight);
    struct context *owner = joint->owner;
    struct list *place;
    joint_unlist(joint);
    joint->has_landed = true;
    context_ref(owner);
    while ((place = list_shift(&joint->waiters)) != NULL) {
        struct joint_waiter *waiter = container_of(place, struct joint_waiter, place);
        waiter->joint = NULL;
        waiter->landed(waiter, joint);
    }
    joint_forget(joint);
    context_unref(owner);
}

static void joint_enter(struct joint *joint, struct joint_waiter *waiter)
{
    list_append(&joint->waiters, &waiter->place);
    waiter->joint = joint;
}

bool joint_join(struct joint_waiter *waiter, struct context *context, const struct cache_key *key,
                const struct service *service)
{
    struct joint *joint = joints_find(&context->composer->joints, key, service);
    if (joint == NULL)
        return false;
    context_hold_memory(context, joint->owner);
    joint_enter(joint, waiter);
    return true;
}

void joint_start(struct joint_waiter *waiter, struct context *context, const struct cache_key *key,
                 const struct flight_request *request, struct cache_entry *validated)
{
    struct joint *joint = arena_allocate(&context->arena, sizeof *joint);
    memset(joint, 0, offsetof(struct joint, flight)); /* which begins its life in flight_start */
    joint->owner = context;
    joint->asked = context_now(context);
    joint->validated = validated != NULL ? cache_entry_ref(validated) : NULL;
    list_init(&joint->waiters);
    joint_enter(joint, waiter);
    flight_start(&joint->flight, context->composer->upstreams, &context->arena, request,
                 joint_land);
    if (key == NULL)
        return;
    joint->key = *key;
    joints_add(&context->composer->joints, joint);
}

bool joint_is_flying(const struct composer *composer, const struct cache_key *key,
                     const struct service *service)
{
    return joints_find(&composer->joints, key, service) != NULL;
}

/* NULL: others still wait, or it has landed. */
static struct joint *waiter_depart(struct joint_waiter *waiter)
{
    struct joint *joint = waiter->joint;
    if (joint == NULL)
        return NULL;
    list_remove(&waiter->place);
    waiter->joint = NULL;
    if (joint->has_landed || !list_is_empty(&joint->waiters))
        return NULL;
    joint_unlist(joint);
    return joint;
}

void joint_leave(struct joint_waiter *waiter)
{
    struct joint *joint = waiter_depart(waiter);
    if (joint == NULL)
        return;
    flight_cancel(&joint->flight);
    joint_forget(joint);
}

void joint_expire(struct joint_waiter *waiter)
{
    struct joint *joint = waiter_depart(waiter);
    if (joint == NULL)
        return;
    flight_expire(&joint->flight);
    joint_forget(joint);
}
