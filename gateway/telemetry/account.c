/* See account.h. */
#include "gateway/telemetry/account.h"

static void call_add_hop(struct call_account *call, const struct hop *hop, usec now)
{
    usec wait = (hop->took_off > 0 ? hop->took_off
                 : hop->ended > 0  ? hop->ended
                                   : now) -
                hop->began;
    call->wait = wait > call->wait ? wait : call->wait;
    call->requests++;
    call->tries += hop->tries;
}

static void account_of_steps(struct exchange *exchange, struct account *account)
{
    const struct run *run = &exchange->run;
    account->call_count = run->count;
    for (uint32_t i = 0; i < run->count; i++) {
        const struct step *step = &run->steps[i];
        bool has_ended = step->outcome.source != SOURCE_NONE;
        account->calls[i] = (struct call_account){
            .is_begun = step->is_started,
            .name = step->call->name,
            .service = step->call->request.service,
            .source = step->outcome.source,
            .reason = has_ended ? step->outcome.reason : REASON_CANCELLED,
            .status = step->outcome.status,
            .began = step->began,
            .ended = has_ended ? step->ended : account->ended,
        };
    }
    for (const struct hop *hop = exchange->context.trail.first; hop != NULL; hop = hop->next)
        call_add_hop(&account->calls[hop->call->index], hop, account->ended);
}

static void account_of_passage(struct exchange *exchange, struct account *account)
{
    const struct hop *hop = exchange->context.trail.first;
    if (hop == NULL)
        return;
    bool is_answer = hop->ended > 0 && hop->reason == REASON_NONE;
    account->call_count = 1;
    account->calls[0] = (struct call_account){
        .is_begun = true,
        .service = hop->service,
        .source = is_answer ? SOURCE_LIVE : SOURCE_FAILED,
        .reason = hop->ended > 0 ? hop->reason : REASON_CANCELLED,
        .status = hop->status,
        .began = hop->began,
        .ended = hop->ended > 0 ? hop->ended : account->ended,
    };
    call_add_hop(&account->calls[0], hop, account->ended);
}

void account_make(struct exchange *exchange, int status, usec now, struct account *ret_account)
{
    struct context *context = &exchange->context;
    *ret_account = (struct account){.status = status, .began = context->began, .ended = now};
    if (context->route == NULL)
        return;
    uint32_t room = context->route->call_count + 1;
    ret_account->calls = arena_array(&context->arena, struct call_account, room);
    if (route_is_proxy(context->route))
        account_of_passage(exchange, ret_account);
    else
        account_of_steps(exchange, ret_account);
}
