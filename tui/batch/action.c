/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Actions: the words become one plan; it is shown, answered, confirmed and run as a job. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/model/load.h"
#include "core/model/registry.h"
#include "core/run/job.h"
#include "core/run/plan.h"
#include "core/run/start.h"
#include "tui/batch/ask.h"
#include "tui/batch/batch.h"
#include "tui/batch/emit.h"
#include "tui/batch/follow.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

enum { KEYS_LIMIT = 16 * 1024 * 1024, MOST_REQUESTS = 64 };

/* The words of a request from wherever they come: the command, standard input, the keys of chosen rows. */
struct words {
        struct rv_arena *arena;
        const char **at;
        size_t n, room;
};

/* The array doubles in the arena; what it leaves behind goes with the request. */
static bool add_word(struct words *words, const char *word)
{
        size_t room = words->room ? words->room * 2 : 16;
        const char **more;

        if (words->n == words->room) {
                more = rv_arena_alloc(words->arena, room * sizeof *more);
                if (!more)
                        return false;
                if (words->n)
                        memcpy(more, words->at, words->n * sizeof *more);
                words->at = more;
                words->room = room;
        }
        word = rv_arena_strdup(words->arena, word);
        words->at[words->n] = word;
        words->n += word != NULL;
        return word != NULL;
}

/* `-` as the only word: keys on standard input, one a line. */
static int read_keys(struct words *words, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        char piece[4096], *line, *rest;
        ssize_t n;

        while ((n = read(STDIN_FILENO, piece, sizeof piece)) != 0) {
                if (n < 0 && errno != EINTR)
                        return rv_fail_errno(err, errno, N_("%1: cannot be read: %2"), "-");
                rv_buf_add(&text, piece, n > 0 ? (size_t)n : 0);
                if (text.size > KEYS_LIMIT || text.failed)
                        return rv_fail(err, RV_USAGE, N_("too many keys on standard input"), NULL, NULL);
        }
        for (line = text.data; line && *line; line = rest) {
                rest = line + strcspn(line, "\n");
                if (*rest)
                        *rest++ = '\0';
                if (*line && !add_word(words, line))
                        return rv_fail_memory(err);
        }
        return RV_OK;
}

/* --where chooses rows of the action's view; their keys become words. */
static int add_rows(struct rv_session *session, const struct rv_command *command, struct words *words,
                    struct rv_err *err)
{
        RV_RESULT_CLEANUP struct rv_result result = { 0 };
        struct rv_command rows = *command;
        char number[24];
        size_t i;
        int r;

        rows.view = command->action->view ? rv_plugin_view(command->plugin, command->action->view) : NULL;
        if (!rows.view)
                return rv_fail(err, RV_USAGE, N_("--where: %1 takes no rows"), NULL, command->action->id, NULL);
        rows.n_words = rows.n_named = 0;
        r = rv_command_load(session->host, &rows, false, &result, err);
        for (i = 0; r == RV_OK && i < result.rows.n; i++)
                if (!add_word(words, rv_row_key(result.snapshot, result.rows.at[i], number)))
                        r = rv_fail_memory(err);
        return r;
}

/* A word that no argument takes is refused here: a mistyped one must not widen what is changed. */
static int add_words(struct rv_session *session, const struct rv_command *command, struct rv_query *arguments,
                     struct rv_err *err)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        struct words words = { .arena = &arena };
        size_t used = 0, i;
        int r = RV_OK;

        if (command->limit >= 0 && !command->where)
                return rv_fail(err, RV_USAGE,
                               N_("--limit says how many rows --where may choose, and there is no --where"), NULL,
                               NULL);
        if (command->n_words == 1 && strcmp(command->words[0], "-") == 0)
                r = read_keys(&words, err);
        else
                for (i = 0; i < command->n_words && r == RV_OK; i++)
                        r = add_word(&words, command->words[i]) ? RV_OK : rv_fail_memory(err);
        if (r == RV_OK && command->where)
                r = add_rows(session, command, &words, err);
        if (r == RV_OK)
                r = rv_query_words(arguments, words.at, words.n, &used, err);
        if (r == RV_OK && used < words.n)
                r = rv_fail(err, RV_USAGE, N_("%1: %2 takes no such word"), N_("reeve help %3 %2"), words.at[used],
                            command->action->id, command->plugin_id, NULL);
        return r;
}

/* Options that answer questions stay with the front end; the others are the plugin's. */
static bool is_answer(const char *id)
{
        return strcmp(id, "accept-key") == 0 || strcmp(id, "policy") == 0;
}

/* Options first, because a plugin may read them when a word is checked. */
static int fill_request(struct rv_session *session, const struct rv_command *command, struct rv_query *arguments,
                        struct rv_err *err)
{
        size_t i;
        int r = RV_OK;

        for (i = 0; i + 1 < command->n_options && r == RV_OK; i += 2)
                if (!is_answer(command->options[i]))
                        r = rv_query_option(arguments, command->options[i], command->options[i + 1], err);
        for (i = 0; i + 1 < command->n_named && r == RV_OK; i += 2)
                r = rv_query_add(arguments, command->named[i], command->named[i + 1], err);
        if (r == RV_OK)
                r = add_words(session, command, arguments, err);
        return r == RV_OK ? rv_query_complete(arguments, command->plugin->id, command->action->id, err) : r;
}

/* On failure the half-made request goes; *ret is set only when it is whole. */
static int make_request(struct rv_session *session, const struct rv_command *command, struct rv_request **ret,
                        struct rv_err *err)
{
        RV_REQUEST_CLEANUP struct rv_request *request =
                rv_request_new(&session->host->root, command->plugin, command->action);
        int r = request ? fill_request(session, command, rv_request_arguments(request), err) : rv_fail_memory(err);

        if (r != RV_OK)
                return r;
        *ret = request;
        request = NULL;
        return RV_OK;
}

/* --plan is a confirmation too: who names the identity has seen the plan. */
static int confirm(struct rv_session *session, const struct rv_command *command, const struct rv_plan *plan,
                   struct rv_err *err)
{
        bool yes;

        if (command->settings.yes || command->settings.plan)
                return RV_OK;
        (void)rv_output_flush(session->output);
        if (!rv_can_ask())
                return rv_fail(err, RV_CONFIRM, N_("the plan is not confirmed, and nobody is there to ask"),
                               N_("-y confirms it; --plan %1 runs exactly this one"), rv_plan_id(plan), NULL);
        yes = rv_ask_yes(rv_plan_flags(plan) & RV_DESTRUCTIVE ? N_("This takes something away. Run it? [y/N] ")
                                                              : N_("Run this plan? [y/N] "));
        return yes ? RV_OK : rv_fail(err, RV_CANCELLED, N_("not confirmed; nothing was changed"), NULL, NULL);
}

static bool has_steps(const struct rv_plan *plan)
{
        return rv_snapshot_rows(rv_plan_snapshot(plan)) > 0;
}

/* On a pipe an open question is an error before anything else is. With more rights the same words ask it themselves. */
static int answer_rest(struct rv_session *session, struct rv_plan *plan, bool permitted, struct rv_err *err)
{
        RV_ERR_CLEANUP struct rv_err open = { 0 };

        if (!rv_can_ask())
                return rv_plan_answered(plan, err);
        if (rv_plan_answered(plan, &open) == RV_OK || !permitted)
                return RV_OK;
        (void)rv_output_flush(session->output);
        return rv_plan_ask(plan, err);
}

/* The helper is started only when nothing is left to ask; from then on the job is not ours. */
static int run_plan(struct rv_session *session, const struct rv_command *command, struct rv_plan *plan,
                    struct rv_err *err)
{
        struct rv_start start = { .wait_s = command->settings.wait > UINT_MAX ? UINT_MAX
                                                                              : (unsigned)command->settings.wait,
                                  .interactive = rv_can_ask() };
        RV_ERR_CLEANUP struct rv_err rights = { 0 };
        bool permitted = rv_plan_permitted(plan, &rights) != RV_DENIED;
        uint64_t job;
        int r = answer_rest(session, plan, permitted, err);

        if (r == RV_OK && !permitted)
                return rv_run_with_rights(session, plan, err);
        if (r == RV_OK)
                r = confirm(session, command, plan, err);
        if (r == RV_OK)
                r = rv_start_run(plan, &start, &job, err);
        if (r == RV_OK)
                r = rv_follow_job(session, &command->settings, job, plan, err);
        return r;
}

/* The order is the contract: a stale plan is refused before anything of it is shown as current; a dry run never reaches
 * a question; nothing to do is no question either. */
static int dispatch(struct rv_session *session, const struct rv_command *command, struct rv_plan *plan,
                    struct rv_err *err)
{
        bool document = command->settings.format == RV_JSON || command->settings.format == RV_NDJSON;
        int r;

        r = rv_plan_check_asked(command, plan, err);
        if (r != RV_OK)
                return r;
        if (command->settings.dry_run || !has_steps(plan)) {
                r = rv_emit_plan(session, command, plan, NULL, err);
                if (r != RV_OK)
                        return r;
                return command->settings.check && has_steps(plan) ? RV_EXIT_ATTENTION : RV_OK;
        }
        /* A document is written once, with the job in it; people see the plan before they are asked. */
        r = document ? RV_OK : rv_emit_plan(session, command, plan, NULL, err);
        return r == RV_OK ? run_plan(session, command, plan, err) : r;
}

/* rv_plan_new() takes the requests on success only, so each is cleared exactly then. */
static int plan_and_run(struct rv_session *session, const struct rv_command *command, struct rv_request **requests,
                        size_t n, struct rv_err *err)
{
        RV_PLAN_CLEANUP struct rv_plan *plan = NULL;
        size_t i;
        int r = rv_plan_new(requests, n, NULL, &plan, err);

        if (r == RV_OK)
                for (i = 0; i < n; i++)
                        requests[i] = NULL;
        if (r == RV_OK)
                r = rv_plan_answer_by_options(command, plan, err);
        return r == RV_OK ? dispatch(session, command, plan, err) : r;
}

int rv_run_action(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        RV_REQUEST_CLEANUP struct rv_request *request = NULL;
        int r = make_request(session, command, &request, err);

        return r == RV_OK ? plan_and_run(session, command, &request, 1, err) : r;
}

/* There is one plan and one run: a -n or --root inside one of its words would be passed over, and all of it run. */
static int check_part(const struct rv_command *command, const struct rv_command *part, const char *text,
                      struct rv_err *err)
{
        const struct rv_settings *all = &command->settings, *own = &part->settings;

        if (all->dry_run == own->dry_run && all->check == own->check && all->yes == own->yes &&
            all->plan == own->plan && all->wait == own->wait && all->format == own->format &&
            strcmp(all->root, own->root) == 0)
                return RV_OK;
        return rv_fail(err, RV_USAGE, N_("%1: an option of the whole run stands inside a word of do"),
                       N_("put it behind the words, as in: reeve do 'PLUGIN ACTION ROW' -n"), text, NULL);
}

/* One 'ACTION ...' word of `do`: the words of an action, in full or by its alias. */
static int add_request(struct rv_session *session, struct rv_command *command, const char *text,
                       struct rv_command *part, struct rv_request **ret, struct rv_err *err)
{
        const char **words;
        size_t n;
        int r = rv_words_split(text, &command->arena, &words, &n, err);

        if (r == RV_OK)
                r = rv_command_parse(session->host->registry, &command->settings, words, n, part, err);
        if (r == RV_OK && part->verb != RV_DO_ACTION)
                r = rv_fail(err, RV_USAGE, N_("%1: is no action"), NULL, text, NULL);
        if (r == RV_OK)
                r = check_part(command, part, text, err);
        return r == RV_OK ? make_request(session, part, ret, err) : r;
}

/* All parts are read before the first is planned: one wrong word and none of them is tried. */
int rv_run_do(struct rv_session *session, struct rv_command *command, struct rv_err *err)
{
        struct rv_request *requests[MOST_REQUESTS] = { NULL };
        struct rv_command parts[MOST_REQUESTS];
        size_t n = command->n_words, i, made;
        int r = RV_OK;

        if (n == 0 || n > MOST_REQUESTS)
                return rv_fail(err, RV_USAGE, N_("do needs actions, each as one word"),
                               N_("as in: reeve do 'PLUGIN ACTION ROW'; reeve actions lists them"), NULL);
        memset(parts, 0, sizeof parts);
        for (made = 0; made < n && r == RV_OK; made++)
                r = add_request(session, command, command->words[made], &parts[made], &requests[made], err);
        if (r == RV_OK)
                r = plan_and_run(session, command, requests, n, err);
        for (i = 0; i < made; i++) {
                rv_request_free(requests[i]);
                rv_command_free(&parts[i]);
        }
        return r;
}
