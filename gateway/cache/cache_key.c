/*
 * The parts are hashed one by one with the process's seed (str_hash) and mixed: what nobody can
 * foresee in the parts nobody can foresee in the sum.
 */
#include "gateway/cache/cache_key.h"

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash << 23 | hash >> 41) * 0x9e3779b97f4a7c15 + more;
    return hash ^ hash >> 29;
}

uint64_t cache_key_hash_target(struct str service, struct str target)
{
    return mix(str_hash(target), str_hash(service));
}

struct cache_key cache_key_of(enum cache_kind kind, enum method method, struct str service,
                              struct str target, struct str lines)
{
    uint64_t target_hash = cache_key_hash_target(service, target);
    return (struct cache_key){
        .hash = mix(mix(target_hash, str_hash(lines)), (uint64_t)kind << 8 | (uint64_t)method),
        .target_hash = target_hash,
        .kind = kind,
        .method = method,
        .service = service,
        .target = target,
        .lines = lines,
    };
}
