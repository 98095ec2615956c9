/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of the test's own, as path and descriptor, and what an error says; for tests of what lies on a disk. */
#ifndef REEVE_TESTS_PLACE_FIXTURE_H
#define REEVE_TESTS_PLACE_FIXTURE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/message.h"

struct place {
        char path[64];
        int fd;
};

static inline int place_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        (void)st, (void)type, (void)ftw;
        return remove(path);
}

static inline int place_setup(void **state)
{
        struct place *place = calloc(1, sizeof *place);

        if (!place)
                return -1;
        (void)snprintf(place->path, sizeof place->path, "/tmp/reeve-place-XXXXXX");
        if (!mkdtemp(place->path))
                return -1;
        place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        *state = place;
        return place->fd < 0;
}

static inline int place_teardown(void **state)
{
        struct place *place = *state;

        close(place->fd);
        (void)nftw(place->path, place_remove_one, 8, FTW_DEPTH | FTW_PHYS);
        free(place);
        return 0;
}

/* A file with these bytes; its mode is as given, whatever the umask. */
static inline void place_write(const struct place *place, const char *name, const void *bytes, size_t n, mode_t mode)
{
        RV_FD_CLEANUP int fd = openat(place->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(rv_write_all(fd, bytes, n), 0);
        assert_int_equal(fchmod(fd, mode), 0);
}

/* Whether the error's words, in English and with its arguments, have this in them. */
static inline bool place_says(const struct rv_err *err, const char *what)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        bool said;

        rv_message_plain(rv_buf_str(&err->message), err->message.size, &text);
        said = strstr(rv_buf_str(&text), what) != NULL;
        if (!said)
                print_message("the error says: %s\n", rv_buf_str(&text));
        return said;
}

/* How many descriptors this process has open: what fails must not leave one behind. */
static inline unsigned place_descriptors(void)
{
        unsigned n = 0;
        int fd;

        for (fd = 0; fd < 1024; fd++)
                n += fcntl(fd, F_GETFD) >= 0;
        return n;
}

#endif
