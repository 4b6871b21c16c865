/*
 * The rules of methods.
 */
#include "gateway/upstream/request_rules.h"

#include "gateway/upstream/flight_request.h"
#include "routes/method.h"

bool request_may_be_repeated(const struct flight_request *request)
{
    enum method method;
    return method_parse(request->method, &method) && method_is_idempotent(method);
}

bool request_is_head(const struct flight_request *request)
{
    return str_equal(request->method, STR("HEAD"));
}

bool request_sends_body(const struct flight_request *request)
{
    enum method method;
    if (request->has_body)
        return !request_is_head(request);
    return method_parse(request->method, &method) &&
           (method == METHOD_POST || method == METHOD_PUT || method == METHOD_PATCH);
}
