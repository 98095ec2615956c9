/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program with two mistakes for the harnesses to find: PROGRAM FILE writes in place, and uses memory without looking
 * whether it got any. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        volatile char *memory = malloc(100);
        int fd = argc == 2 ? open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

        memory[0] = 'n';
        if (fd < 0 || write(fd, "new", 3) != 3)
                return 1;
        free((void *)memory);
        return close(fd) < 0;
}
