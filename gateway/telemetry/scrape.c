/*
 * A name that was never counted is shown with zeros where a missing series would be read as "no
 * data" (duration, degraded), and not shown where it would only be noise (statuses, reasons).
 */
#include "gateway/telemetry/scrape.h"

#include "base/log.h"
#include "gateway/telemetry/metrics.h"
#include "gateway/telemetry/process.h"
#include "gateway/telemetry/telemetry.h"

typedef uint64_t (*tally_reader)(const struct tally *tally);

static uint64_t sum_of(const struct telemetry *telemetry, tally_reader read)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < telemetry->witness_count; i++)
        sum += read(telemetry->witnesses[i].tally);
    return sum;
}

/* Both are read while they change: an end may be seen without its beginning. */
static uint64_t still_open(uint64_t begun, uint64_t ended)
{
    return begun > ended ? begun - ended : 0;
}

/* --- routes ------------------------------------------------------------------------------- */

struct route_sum {
    uint64_t statuses[TALLY_STATUSES];
    struct histogram_sum duration;
    uint64_t degraded, received, sent;
};

static void route_sum_read(const struct telemetry *telemetry, uint32_t number,
                           struct route_sum *sum)
{
    *sum = (struct route_sum){0};
    for (uint32_t i = 0; i < telemetry->witness_count; i++) {
        const struct route_tally *route = atomic_load_explicit(
            &telemetry->witnesses[i].tally->routes[number], memory_order_acquire);
        if (route == NULL)
            continue;
        for (size_t k = 0; k < TALLY_STATUSES; k++)
            sum->statuses[k] += count_read(&route->statuses[k]);
        histogram_read(&route->duration, &sum->duration);
        sum->degraded += count_read(&route->degraded);
        sum->received += count_read(&route->received);
        sum->sent += count_read(&route->sent);
    }
}

static void route_write(enum figure figure, struct str name, const struct route_sum *sum,
                        struct exposition *to)
{
    struct label_values values = {{name}};
    switch (figure) {
    case FIGURE_REQUESTS:
        for (uint32_t i = 0; tally_status_text(i) != NULL; i++) {
            values.at[1] = str_of(tally_status_text(i));
            if (sum->statuses[i] > 0)
                exposition_number(to, &values, sum->statuses[i]);
        }
        break;
    case FIGURE_REQUEST_DURATION:
        exposition_histogram(to, &values, &sum->duration);
        break;
    case FIGURE_REQUESTS_DEGRADED:
        exposition_number(to, &values, sum->degraded);
        break;
    case FIGURE_RECEIVED:
        exposition_number(to, &values, sum->received);
        break;
    default:
        exposition_number(to, &values, sum->sent);
        break;
    }
}

static void routes_write(struct telemetry *telemetry, struct exposition *to)
{
    uint32_t count = catalogue_count(&telemetry->catalogue, CATALOGUE_ROUTE);
    for (enum figure figure = FIGURE_REQUESTS; figure <= FIGURE_SENT; figure++) {
        exposition_family(to, &metrics[figure]);
        for (uint32_t i = 0; i < count; i++) {
            struct route_sum sum;
            route_sum_read(telemetry, i, &sum);
            route_write(figure, catalogue_name(&telemetry->catalogue, CATALOGUE_ROUTE, i).name,
                        &sum, to);
        }
    }
}

/* --- services ----------------------------------------------------------------------------- */

struct service_sum {
    uint64_t reasons[REASON_COUNT];
    struct histogram_sum duration;
    uint64_t begun, ended;
};

static void service_sum_read(const struct telemetry *telemetry, uint32_t number,
                             struct service_sum *sum)
{
    *sum = (struct service_sum){0};
    for (uint32_t i = 0; i < telemetry->witness_count; i++) {
        const struct service_tally *service = atomic_load_explicit(
            &telemetry->witnesses[i].tally->services[number], memory_order_acquire);
        if (service == NULL)
            continue;
        for (size_t k = 0; k < REASON_COUNT; k++)
            sum->reasons[k] += count_read(&service->reasons[k]);
        histogram_read(&service->duration, &sum->duration);
        sum->ended += count_read(&service->ended);
        sum->begun += count_read(&service->begun);
    }
}

static void service_write(enum figure figure, struct str name, const struct service_sum *sum,
                          struct exposition *to)
{
    struct label_values values = {{name}};
    switch (figure) {
    case FIGURE_SERVICE_CALLS:
        for (int i = 0; i < REASON_COUNT; i++) {
            values.at[1] = str_of(reason_name((enum reason)i));
            if (sum->reasons[i] > 0 || i == REASON_NONE)
                exposition_number(to, &values, sum->reasons[i]);
        }
        break;
    case FIGURE_SERVICE_CALL_DURATION:
        exposition_histogram(to, &values, &sum->duration);
        break;
    default:
        exposition_number(to, &values, still_open(sum->begun, sum->ended));
        break;
    }
}

/* Number 0, "other", is shown when something was counted there: services are never nameless. */
static void services_write(struct telemetry *telemetry, struct exposition *to)
{
    uint32_t count = catalogue_count(&telemetry->catalogue, CATALOGUE_SERVICE);
    for (enum figure figure = FIGURE_SERVICE_CALLS; figure <= FIGURE_SERVICE_CALLS_IN_FLIGHT;
         figure++) {
        exposition_family(to, &metrics[figure]);
        for (uint32_t i = 0; i < count; i++) {
            struct service_sum sum;
            service_sum_read(telemetry, i, &sum);
            if (i > 0 || sum.begun > 0)
                service_write(figure,
                              catalogue_name(&telemetry->catalogue, CATALOGUE_SERVICE, i).name,
                              &sum, to);
        }
    }
}

/* --- calls -------------------------------------------------------------------------------- */

struct call_sum {
    uint64_t sources[SOURCE_COUNT];
    uint64_t partial[REASON_COUNT];
};

static void call_sum_read(const struct telemetry *telemetry, uint32_t number, struct call_sum *sum)
{
    *sum = (struct call_sum){0};
    for (uint32_t i = 0; i < telemetry->witness_count; i++) {
        const struct call_tally *call = atomic_load_explicit(
            &telemetry->witnesses[i].tally->calls[number], memory_order_acquire);
        if (call == NULL)
            continue;
        for (size_t k = 0; k < SOURCE_COUNT; k++)
            sum->sources[k] += count_read(&call->sources[k]);
        for (size_t k = 0; k < REASON_COUNT; k++)
            sum->partial[k] += count_read(&call->partial[k]);
    }
}

static void calls_write(struct telemetry *telemetry, struct exposition *to)
{
    uint32_t count = catalogue_count(&telemetry->catalogue, CATALOGUE_CALL);
    for (enum figure figure = FIGURE_CALL_SOURCES; figure <= FIGURE_PARTIAL_ANSWERS; figure++) {
        bool is_source = figure == FIGURE_CALL_SOURCES;
        exposition_family(to, &metrics[figure]);
        for (uint32_t i = 0; i < count; i++) {
            struct catalogue_name name = catalogue_name(&telemetry->catalogue, CATALOGUE_CALL, i);
            struct label_values values = {{name.route, name.name}};
            struct call_sum sum;
            call_sum_read(telemetry, i, &sum);
            for (int k = 0; k < (is_source ? (int)SOURCE_COUNT : (int)REASON_COUNT); k++) {
                uint64_t number = is_source ? sum.sources[k] : sum.partial[k];
                values.at[2] =
                    str_of(is_source ? source_name((enum source)k) : reason_name((enum reason)k));
                if (number > 0)
                    exposition_number(to, &values, number);
            }
        }
    }
}

/* --- the process -------------------------------------------------------------------------- */

static uint64_t opened_clients(const struct tally *tally)
{
    return count_read(&tally->connections_opened[0]);
}

static uint64_t opened_admins(const struct tally *tally)
{
    return count_read(&tally->connections_opened[1]);
}

static uint64_t closed_clients(const struct tally *tally)
{
    return count_read(&tally->connections_closed[0]);
}

static uint64_t closed_admins(const struct tally *tally)
{
    return count_read(&tally->connections_closed[1]);
}

static uint64_t requests_begun(const struct tally *tally)
{
    return count_read(&tally->requests_begun);
}

static uint64_t requests_ended(const struct tally *tally)
{
    return count_read(&tally->requests_ended);
}

static uint64_t access_lines_lost(const struct tally *tally)
{
    return count_read(&tally->access_lines_lost);
}

static void one_write(struct exposition *to, enum figure figure, uint64_t number)
{
    exposition_family(to, &metrics[figure]);
    exposition_number(to, NULL, number);
}

static void two_write(struct exposition *to, enum figure figure, const struct str names[2],
                      uint64_t first, uint64_t second)
{
    exposition_family(to, &metrics[figure]);
    exposition_number(to, &(struct label_values){{names[0]}}, first);
    exposition_number(to, &(struct label_values){{names[1]}}, second);
}

static void clients_write(const struct telemetry *telemetry, struct exposition *to)
{
    const struct str listeners[2] = {STR("clients"), STR("admin")};
    uint64_t ended = sum_of(telemetry, requests_ended);
    uint64_t closed[2] = {sum_of(telemetry, closed_clients), sum_of(telemetry, closed_admins)};
    uint64_t opened[2] = {sum_of(telemetry, opened_clients), sum_of(telemetry, opened_admins)};
    one_write(to, FIGURE_REQUESTS_IN_FLIGHT, still_open(sum_of(telemetry, requests_begun), ended));
    two_write(to, FIGURE_CONNECTIONS, listeners, still_open(opened[0], closed[0]),
              still_open(opened[1], closed[1]));
    two_write(to, FIGURE_CONNECTIONS_OPENED, listeners, opened[0], opened[1]);
}

static void process_write(const struct telemetry *telemetry, struct exposition *to)
{
    struct process_figures figures;
    process_read(&figures);
    exposition_family(to, &metrics[FIGURE_PROCESS_CPU]);
    exposition_duration(to, NULL, figures.cpu);
    one_write(to, FIGURE_PROCESS_DESCRIPTORS, figures.descriptors);
    one_write(to, FIGURE_PROCESS_DESCRIPTOR_LIMIT, figures.descriptor_limit);
    one_write(to, FIGURE_PROCESS_VIRTUAL_MEMORY, figures.virtual_bytes);
    one_write(to, FIGURE_PROCESS_RESIDENT_MEMORY, figures.resident_bytes);
    one_write(to, FIGURE_PROCESS_THREADS, figures.threads);
    exposition_family(to, &metrics[FIGURE_PROCESS_START]);
    exposition_duration(to, NULL, telemetry->began);
}

static void traces_write(const struct telemetry *telemetry, struct exposition *to)
{
    if (telemetry->exporter == NULL)
        return;
    one_write(to, FIGURE_SPANS_SENT, exporter_sent(telemetry->exporter));
    one_write(to, FIGURE_SPANS_LOST, exporter_lost(telemetry->exporter));
}

static void own_write(struct telemetry *telemetry, struct exposition *to)
{
    const struct str logs[2] = {STR("access"), STR("messages")};
    routes_write(telemetry, to);
    clients_write(telemetry, to);
    services_write(telemetry, to);
    calls_write(telemetry, to);
    two_write(to, FIGURE_LOG_LINES_LOST, logs, sum_of(telemetry, access_lines_lost), log_lost());
    traces_write(telemetry, to);
    exposition_family(to, &metrics[FIGURE_BUILD]);
    exposition_number(to, &(struct label_values){{STR(BRAID_VERSION)}}, 1);
    one_write(to, FIGURE_WORKERS, telemetry->witness_count);
    process_write(telemetry, to);
}

static void feed_write(struct metric_feed *feed, struct exposition *to)
{
    for (size_t row = 0; row < feed->count; row++) {
        exposition_family(to, &feed->metrics[row]);
        feed->write(feed, row, to);
    }
}

void scrape_write(struct telemetry *telemetry, enum exposition_format format, struct slices *out)
{
    struct exposition exposition = {.out = out, .format = format};
    own_write(telemetry, &exposition);
    for (uint32_t i = 0; i < telemetry->feed_count; i++)
        feed_write(telemetry->feeds[i], &exposition);
    exposition_end(&exposition);
}
