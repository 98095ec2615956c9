/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole plugin: the notes below var/lib/notes of a root as a view, and one action that writes new ones as a job. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <reeve/plugin.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ID, TITLE, SIZE, CHANGED_AT };

static int open_notes(const struct rv_query *query, struct rv_err *err, int *ret)
{
        struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };

        *ret = (int)syscall(SYS_openat2, rv_root_fd(query), "var/lib/notes", &how, sizeof how);
        return *ret < 0 ? rv_fail(err, RV_NOTFOUND, N_("there is no var/lib/notes"), N_("make it"), NULL) : RV_OK;
}

static int fill_notes(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        int fd, note, rc = rv_depends(sink, rv_root_fd(query), "var/lib/notes");
        struct dirent *entry;
        struct stat st;
        DIR *dir;

        rc = rc ? rc : open_notes(query, err, &fd);
        for (dir = rc ? NULL : fdopendir(fd); dir && !rc && (entry = readdir(dir)); close(note)) {
                char line[200] = "";

                note = openat(fd, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
                if (note < 0 || fstat(note, &st) || !S_ISREG(st.st_mode) || (rc = rv_row_begin(sink, 0)))
                        continue;
                rv_put_text(sink, ID, entry->d_name, strlen(entry->d_name));
                rv_put_text(sink, TITLE, line, read(note, line, sizeof line - 1) < 0 ? 0 : strcspn(line, "\n"));
                rv_put_int(sink, SIZE, st.st_size);
                rv_put_int(sink, CHANGED_AT, st.st_mtime);
        }
        return dir ? closedir(dir), rc : rc;
}

static int plan_stamp(const struct rv_request *const *requests, size_t n, struct rv_plan *plan, struct rv_err *err)
{
        const struct rv_query *query = rv_request_query(requests[n - 1]); /* n is 1: the action has no group */
        const char *count = rv_arg(query, "count", 0), *delay = rv_arg(query, "delay", 0);
        int fd, i, total = 0, rc = open_notes(query, err, &fd);
        struct stat st = { 0 };
        char text[80];

        for (i = 1, sscanf(count, "%d", &total); !rc && i <= total; i++) {
                rc = rv_row_begin(rv_plan_steps(plan), 0);
                rv_put_text(rv_plan_steps(plan), ID, text, (size_t)snprintf(text, sizeof text, "stamp-%d", i));
        }
        if (!rc && fstat(fd, &st) == 0 && close(fd) == 0) /* the plan rests on the directory as it is now */
                rv_plan_state(plan, "notes", &st.st_mtim, sizeof st.st_mtim);
        snprintf(text, sizeof text, "{\"count\":%d,\"delay\":%.9s}", total, delay ? delay : "0");
        return rc ? rc : rv_plan_data(plan, text, err);
}

/* Goes through all stamps: 'p' prepares or plans, 'w' writes, 'r' removes. Each can be cut off and done again. */
static int go_through(struct rv_job *job, struct rv_sink *steps, char what, struct rv_err *err)
{
        int fd, note, rc = open_notes(rv_job_query(job), err, &fd);
        unsigned i, count = 0, delay = 0;
        char name[40];

        for (i = 1, sscanf(rv_job_data(job), "{\"count\":%u,\"delay\":%u}", &count, &delay); !rc && i <= count; i++) {
                snprintf(name, sizeof name, "stamp-%u", i);
                rc = steps ? rv_row_begin(steps, 0) : rv_job_step(job, what == 'p' ? "prepare" : name, i, count);
                steps ? rv_put_text(steps, ID, name, strlen(name)) : (void)usleep(delay * 1000);
                if (what == 'r')
                        unlinkat(fd, name, 0);
                note = rc || what != 'w' ? -1 : openat(fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
                if (!rc && what == 'w' && (note < 0 || write(note, "stamped\n", 8) != 8 || fsync(note) || close(note)))
                        rc = rv_fail(err, RV_FAILED, N_("%1: cannot be written"), NULL, name, NULL);
        }
        return rc || (fsync(fd) == 0 && close(fd) == 0) ? rc : RV_FAILED;
}

static int run_stamp(struct rv_job *job, struct rv_err *err)
{
        int rc = go_through(job, NULL, 'p', err);

        rc = rc ? rc : rv_job_commit(job, err);
        return rc ? rc : go_through(job, NULL, 'w', err);
}

static int recover_stamp(struct rv_job *job, enum rv_way way, struct rv_plan *plan, struct rv_err *err)
{
        return go_through(job, plan ? rv_plan_steps(plan) : NULL, plan ? 'p' : way == RV_FINISH ? 'w' : 'r', err);
}

static const struct rv_column columns[] = {
        { .id = "id", .title = N_("Note"), .type = RV_TEXT, .flags = RV_KEY | RV_MATCH },
        { .id = "title", .title = N_("Title"), .type = RV_TEXT },
        { .id = "size", .title = N_("Size"), .type = RV_SIZE, .priority = 1 },
        { .id = "changed_at", .title = N_("Changed"), .type = RV_TIME, .priority = 2 },
};
static const struct rv_arg args[] = {
        { "count", N_("How many"), NULL, NULL, NULL, 0, RV_INT, RV_REQUIRED | RV_POSITIONAL, 0 },
        { "delay", N_("Milliseconds for each"), NULL, NULL, NULL, 0, RV_INT, 0, 0 },
};
static const struct rv_view views[] = { { "notes", N_("Notes"), NULL, columns, NULL, NULL, NULL, fill_notes, 4, 0,
                                          RV_SHAPE_LIST, 0, NULL } };
static const struct rv_action actions[] = { { "stamp", N_("Stamp"), NULL, args, NULL, NULL, "notes", NULL, plan_stamp,
                                              run_stamp, recover_stamp, 2, 0, "" } };
RV_PLUGIN = { RV_ABI, 0,    RV_SIZES, "notes", N_("Notes"), NULL, "1", NULL, NULL, views, actions,
              NULL,   NULL, NULL,     1,       1,           NULL, 0,   0,    NULL, 0,     0 };
