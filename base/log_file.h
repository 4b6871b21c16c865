/*
 * An output of the process that is a file, found again by its name: what a rotation of logs needs.
 * braid opens no log itself; the shell or systemd has put a file where stdout or stderr goes.
 */
#ifndef BRAID_BASE_LOG_FILE_H
#define BRAID_BASE_LOG_FILE_H

#include <limits.h>
#include <stdbool.h>

struct log_file {
    int fd;
    char path[PATH_MAX]; /* "" where it is no file */
};

/* Notes the name that `fd` was opened by, as long as it still has it. */
void log_file_init(struct log_file *file, int fd);

/*
 * Opens the file of that name again, makes it where there is none, and puts it in the place of the
 * descriptor at once: no line is lost. 0 (also where there is nothing to do) or a negative errno.
 */
int log_file_reopen(struct log_file *file);

#endif
