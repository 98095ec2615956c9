/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tasks in lanes and their way back to a page. A load that its page no longer wants stays in the list until its lane
 * has let go of it. */
#include "tui/curses/load.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/run/lane.h"
#include "core/run/loop.h"
#include "tui/present/text.h"

enum { MAX_COLUMNS = 64 };

struct load {
        struct rv_task task;
        struct load *next;
        unsigned timer; /* until it counts as slow; 0: it does, or is not waited for */
        struct ui *ui;
        struct page *page; /* NULL: dropped */
        struct rv_arena arena;
        /* a view */
        struct rv_ask ask;
        const char *word[1], *columns[MAX_COLUMNS];
        int tag;
        load_done *done;
        struct rv_snapshot *snapshot;
        struct rv_err err;
        int rc;
        /* anything else */
        load_work *work;
        void (*work_done)(struct page *page, void *user);
        void (*free_user)(void *user);
        void *user;
};

static void unlink_load(struct load *load)
{
        struct load **at = &load->ui->loads;

        while (*at && *at != load)
                at = &(*at)->next;
        if (*at)
                *at = load->next;
}

static void stop_timer(struct load *load)
{
        if (load->timer)
                rv_loop_cancel(load->ui->loop, load->timer);
        load->timer = 0;
}

static void free_load(struct load *load)
{
        unlink_load(load);
        stop_timer(load);
        rv_snapshot_unref(load->snapshot);
        rv_err_clear(&load->err);
        if (load->user && load->free_user)
                load->free_user(load->user);
        rv_arena_free(&load->arena);
        free(load);
}

/* Back in the drawing thread. A page that dropped the load hears nothing. */
static void tell(struct load *load)
{
        struct page *page = load->page;

        if (!page)
                return;
        page->loading--;
        page->slow = page->slow && page->loading;
        page->quiet = page->quiet && page->loading;
        ui_touch(load->ui);
        if (load->work) {
                load->work_done(page, load->user);
                load->user = NULL;
                return;
        }
        load->done(page, load->tag, load->snapshot, load->rc ? &load->err : NULL);
        load->snapshot = NULL;
}

static void finished(struct rv_task *task)
{
        struct load *load = task->user;

        tell(load);
        free_load(load);
}

static void work_view(struct rv_task *task)
{
        struct load *load = task->user;
        bool joined = strcmp(load->ask.plugin, "reeve") == 0;

        /* A joined view enters every plugin, so it has them for itself; one lane alone would not keep the others out.
         */
        if (joined)
                pthread_rwlock_wrlock(&load->ui->plugins);
        else
                pthread_rwlock_rdlock(&load->ui->plugins);
        load->rc = rv_load(load->ui->host, &load->ask, NULL, &load->snapshot, &load->err);
        pthread_rwlock_unlock(&load->ui->plugins);
}

static void work_other(struct rv_task *task)
{
        struct load *load = task->user;

        load->work(load->user);
}

static void is_slow(void *user)
{
        struct load *load = user;

        load->timer = 0;
        load->page->slow = true;
        ui_touch(load->ui);
}

static struct load *new_load(struct page *page)
{
        struct load *load = calloc(1, sizeof *load);

        if (!load)
                return NULL;
        load->ui = page->ui;
        load->page = page;
        load->task.user = load;
        load->task.done = finished;
        load->next = load->ui->loads;
        load->ui->loads = load;
        page->loading++;
        load->timer = rv_loop_after(load->ui->loop, UI_AWAIT_MS, is_slow, load);
        return load;
}

/* The ask with texts of its own: the page may be gone before the lane comes to it. */
static void copy_ask(struct load *load, const struct load_ask *ask)
{
        struct rv_arena *arena = &load->arena;
        size_t i;

        load->tag = ask->tag;
        load->done = ask->done;
        load->ask = (struct rv_ask){ .plugin = rv_arena_strdup(arena, ask->plugin),
                                     .view = rv_arena_strdup(arena, ask->view),
                                     .all_columns = ask->all_columns,
                                     .reload = ask->reload,
                                     .cancel = &load->task.cancel };
        if (ask->word) {
                load->word[0] = rv_arena_strdup(arena, ask->word);
                load->ask.words = load->word;
                load->ask.n_words = 1;
        }
        for (i = 0; i < ask->n_columns && i < MAX_COLUMNS; i++)
                load->columns[i] = rv_arena_strdup(arena, ask->columns[i]);
        load->ask.columns = load->columns;
        load->ask.n_columns = i;
}

/* From here on the load is the lane's; on failure it is still ours. */
static int submit(struct load *load, const char *lane)
{
        return rv_lanes_submit(load->ui->lanes, lane, &load->task, &load->err);
}

/* Opening a plugin runs no code of it, so it may happen here; its lane must be known. */
static int submit_view(struct load *load)
{
        const struct rv_plugin *plugin;
        int rc;

        if (strcmp(load->ask.plugin, "reeve") == 0)
                return submit(load, "reeve");
        rc = rv_registry_plugin(load->ui->host->registry, load->ask.plugin, &plugin, &load->err);
        return rc ? rc : submit(load, rv_lane_of(plugin));
}

void load_start(struct page *page, const struct load_ask *ask)
{
        struct load *load = new_load(page);
        int rc;

        if (!load) {
                ask->done(page, ask->tag, NULL, NULL);
                return;
        }
        copy_ask(load, ask);
        load->task.work = work_view;
        rc = submit_view(load);
        if (rc) { /* only now: what was submitted is the lane's */
                load->rc = rc;
                tell(load);
                free_load(load);
        }
}

struct rv_snapshot *load_stale(struct page *page, const struct load_ask *ask)
{
        struct rv_ask stale = { .plugin = ask->plugin, .view = ask->view, .words = &ask->word };

        stale.n_words = ask->word ? 1 : 0;
        return rv_load_stale(page->ui->host, &stale);
}

void load_run(struct page *page, const char *lane, load_work *work, void (*done)(struct page *page, void *user),
              void (*free_user)(void *user), void *user)
{
        struct load *load = new_load(page);

        if (!load) {
                done(page, user);
                return;
        }
        load->work = work;
        load->work_done = done;
        load->free_user = free_user;
        load->user = user;
        load->task.work = work_other;
        if (submit(load, lane)) {
                tell(load);
                free_load(load);
        }
}

/* The lane cannot be interrupted, only told: the load is freed when it lets go. */
void load_drop(struct page *page)
{
        struct load *load;

        for (load = page->ui->loads; load; load = load->next) {
                if (load->page != page)
                        continue;
                stop_timer(load);
                load->page = NULL;
                atomic_store(&load->task.cancel, true);
        }
        page->loading = 0;
        page->slow = page->quiet = false;
}

const char *page_loading(const struct page *page)
{
        return page->slow ? _("loading") : "";
}

bool page_awaits(const struct page *page)
{
        return page->loading && (page->slow || !page->quiet);
}

bool load_idle(const struct ui *ui)
{
        const struct load *load;

        for (load = ui->loads; load; load = load->next)
                if (load->page)
                        return false;
        return true;
}

/* Nobody is told any more. */
void load_free_all(struct ui *ui)
{
        struct load *load = ui->loads, *next;

        ui->loads = NULL;
        for (; load; load = next) {
                next = load->next;
                free_load(load);
        }
}
