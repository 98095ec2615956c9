/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and signatures made by gpg in a directory of the test's own, at times that the test chooses. */
#ifndef REEVE_TESTS_GPG_FIXTURE_H
#define REEVE_TESTS_GPG_FIXTURE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/spawn.h"

struct gpg {
        char path[64];
        struct rv_buf out;
};

static inline int gpg_remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
        (void)st, (void)kind, (void)where;
        (void)remove(path);
        return 0;
}

static inline int gpg_run(struct gpg *gpg, const char *const *argv, int in)
{
        RV_BUF_CLEANUP struct rv_buf errors = { 0 };
        RV_ERR_CLEANUP struct rv_err err = { 0 };
        char home[80];
        const char *env[] = { home, "PATH=/usr/bin:/bin", "LANG=C", NULL };
        struct rv_spawn spawn = { .argv = argv, .env = env, .stdin_fd = in };
        int status = -1;

        (void)snprintf(home, sizeof home, "GNUPGHOME=%s", gpg->path);
        rv_buf_clear(&gpg->out);
        if (rv_spawn(&spawn, &gpg->out, &errors, &status, &err) || status)
                print_message("%s: %s\n", argv[0], rv_buf_str(&errors));
        return status;
}

/* gpg at a time, "20200101T000000" and after; its output is in gpg->out. Arguments end with NULL. */
static inline void gpg_at(struct gpg *gpg, const char *when, const char *in, const char *const *args)
{
        const char *argv[32] = { "/usr/bin/gpg",
                                 "--batch",
                                 "--yes",
                                 "--quiet",
                                 "--no-tty",
                                 "--pinentry-mode",
                                 "loopback",
                                 "--passphrase",
                                 "",
                                 "--faked-system-time",
                                 when };
        char path[96];
        size_t n = 11;
        int fd = -1;

        while (*args && n < 31)
                argv[n++] = *args++;
        if (in) {
                RV_FD_CLEANUP int out = -1;

                (void)snprintf(path, sizeof path, "%s/in", gpg->path);
                out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
                assert_int_equal(rv_write_all(out, in, strlen(in)), 0);
                fd = open(path, O_RDONLY);
        }
        assert_int_equal(gpg_run(gpg, argv, fd), 0);
        rv_close(&fd);
}

#define GPG(gpg, when, ...) gpg_at((gpg), (when), NULL, (const char *const[]){ __VA_ARGS__, NULL })

static inline void gpg_begin(struct gpg *gpg)
{
        *gpg = (struct gpg){ 0 };
        (void)snprintf(gpg->path, sizeof gpg->path, "/tmp/reeve-gpg-XXXXXX");
        assert_non_null(mkdtemp(gpg->path));
}

static inline void gpg_end(struct gpg *gpg)
{
        unsigned tries;

        (void)gpg_run(gpg, (const char *const[]){ "/usr/bin/gpgconf", "--kill", "all", NULL }, -1);
        rv_buf_free(&gpg->out);
        /* The agent that was told to end takes its sockets away at the same time. */
        for (tries = 0; tries < 1000 && access(gpg->path, F_OK) == 0; tries++)
                (void)nftw(gpg->path, gpg_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
