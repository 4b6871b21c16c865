/* See process.h. */
#include "gateway/telemetry/process.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* The names in a folder without `.` and `..`. */
static uint64_t names_in(const char *path)
{
    uint64_t count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void memory_read(struct process_figures *figures)
{
    uint64_t size = 0, resident = 0;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return;
    if (fscanf(file, "%" SCNu64 " %" SCNu64, &size, &resident) == 2) {
        figures->virtual_bytes = size * page;
        figures->resident_bytes = resident * page;
    }
    fclose(file);
}

static usec of_timeval(struct timeval time)
{
    return (usec)time.tv_sec * SECOND + (usec)time.tv_usec;
}

void process_read(struct process_figures *ret_figures)
{
    struct rusage usage;
    struct rlimit limit;
    struct process_figures figures = {
        .descriptors = names_in("/proc/self/fd"),
        .threads = names_in("/proc/self/task"),
    };
    if (figures.descriptors > 0)
        figures.descriptors--; /* the one that looked */
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        figures.cpu = of_timeval(usage.ru_utime) + of_timeval(usage.ru_stime);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        figures.descriptor_limit = limit.rlim_cur;
    memory_read(&figures);
    *ret_figures = figures;
}
