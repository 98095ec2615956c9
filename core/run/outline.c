/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public outline of a job. Only for the running system and only by root: a foreign root's jobs are nobody's
 * business here, and a user's jobs are that user's. */
#include "core/run/outline.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/model/query.h"
#include "core/run/job.h"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, HUNDRED = 100 };

/* A directory of root's, made when it is missing; -1 when something else lies there. The umask is the helper's. */
static int descend(int parent, const char *name)
{
        struct stat st;
        int fd;

        if (parent < 0)
                return -1;
        if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
                return -1;
        fd = openat(parent, name, DIRECTORY);
        if (fd >= 0 && (fstat(fd, &st) < 0 || st.st_uid != 0 || st.st_mode & 022))
                rv_close(&fd);
        return fd;
}

static void write_text(const struct rv_job_info *info, struct rv_buf *out)
{
        struct rv_json json = { .out = out };

        rv_json_begin(&json, '{');
        rv_json_key(&json, "reeve");
        rv_json_int(&json, 1);
        rv_json_key(&json, "id");
        rv_json_int(&json, (int64_t)info->id);
        rv_json_key(&json, "state");
        rv_json_str(&json, rv_job_state_id(info->state));
        rv_json_key(&json, "percent");
        if (info->total && info->done <= info->total && info->total <= UINT64_MAX / HUNDRED)
                rv_json_int(&json, (int64_t)(info->done * HUNDRED / info->total));
        else
                rv_json_null(&json);
        rv_json_end(&json, '}');
        rv_buf_add_char(out, '\n');
}

void rv_outline_write(const struct rv_root *root, const struct rv_job_info *info)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        RV_FD_CLEANUP int run = -1, own = -1, jobs = -1;
        char name[32];

        if (geteuid() != 0 || root->foreign)
                return;
        run = open("/run", DIRECTORY);
        own = descend(run, "reeve");
        jobs = descend(own, "jobs");
        (void)snprintf(name, sizeof name, "%" PRIu64 ".json", info->id);
        write_text(info, &text);
        if (jobs >= 0 && !text.failed)
                (void)!rv_file_write(jobs, name, text.data, text.size, 0644, NULL);
}
