/* See log_file.h. */
#include "base/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void log_file_init(struct log_file *file, int fd)
{
    char link[32];
    struct stat status, named;
    *file = (struct log_file){.fd = fd};
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, file->path, sizeof file->path - 1);
    file->path[length > 0 ? length : 0] = '\0';
    if (stat(file->path, &named) != 0 || named.st_ino != status.st_ino ||
        named.st_dev != status.st_dev)
        file->path[0] = '\0'; /* it was removed or renamed already */
}

int log_file_reopen(struct log_file *file)
{
    if (file->path[0] == '\0')
        return 0;
    int fd = open(file->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return -errno;
    int error = dup2(fd, file->fd) < 0 ? -errno : 0;
    close(fd);
    return error;
}
