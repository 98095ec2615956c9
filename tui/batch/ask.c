/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions: on standard error, because standard output may be a document; and never on a pipe, where the option that
 * answers is named instead. */
#include "tui/batch/ask.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/message.h"
#include "core/run/plan.h"
#include "tui/present/command.h"
#include "tui/present/text.h"

enum { LONGEST_ANSWER = 1024 };

bool rv_can_ask(void)
{
        return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
}

static void say(const char *text, size_t n)
{
        (void)!rv_write_all(STDERR_FILENO, text, n);
}

/* One line from the terminal, without its newline; false at its end. */
static bool read_answer(char *ret, size_t size)
{
        size_t n = 0;
        char c;

        while (read(STDIN_FILENO, &c, 1) == 1) {
                if (c == '\n') {
                        ret[n] = '\0';
                        return true;
                }
                if (n + 1 < size)
                        ret[n++] = c;
        }
        return false;
}

/* An empty line, the end of input and several words are all no. */
bool rv_ask_yes(const char *msgid)
{
        const char *text = rv_tr(RV_DOMAIN, msgid);
        /* Translators: the first letters or words that mean yes, between blanks; English ones count too. */
        const char *words = _(" y yes ");
        char answer[32], wanted[40];

        say(text, strlen(text));
        if (!read_answer(answer, sizeof answer) || !answer[0] || strchr(answer, ' '))
                return false;
        (void)snprintf(wanted, sizeof wanted, " %s ", answer);
        return strstr(words, wanted) || strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0;
}

/* The empty line is no answer. */
bool rv_ask_line(char *ret, size_t size)
{
        say("> ", 2);
        return read_answer(ret, size) && ret[0];
}

int rv_plan_check_asked(const struct rv_command *command, const struct rv_plan *plan, struct rv_err *err)
{
        if (!command->settings.plan || strcmp(command->settings.plan, rv_plan_id(plan)) == 0)
                return RV_OK;
        return rv_fail(err, RV_STALE, N_("the system or the words have changed since plan %1"),
                       N_("look at the plan again: it is %2 now"), command->settings.plan, rv_plan_id(plan), NULL);
}

/* The name of the option that answers, without its dashes and its value; 0: none does. */
static size_t option_name(const struct rv_question *question, const char **ret)
{
        if (!question->option || strncmp(question->option, "--", 2) != 0)
                return 0;
        *ret = question->option + 2;
        return strcspn(*ret, " =");
}

int rv_plan_answer_by_options(const struct rv_command *command, struct rv_plan *plan, struct rv_err *err)
{
        struct rv_question question;
        size_t n = rv_plan_questions(plan), i, k, len;
        const char *name;
        int r = RV_OK;

        for (i = 0; i < n; i++) {
                rv_plan_question_at(plan, i, &question);
                len = option_name(&question, &name);
                for (k = 0; len && !question.answer && k + 1 < command->n_options && r == RV_OK; k += 2)
                        if (strlen(command->options[k]) == len && strncmp(command->options[k], name, len) == 0)
                                r = rv_plan_answer(plan, question.id, command->options[k + 1], err);
        }
        return r;
}

/* An option with a value is answered by that value, typed whole: a "y" too quickly said must not trust a key. */
static bool ask_one(const struct rv_question *question, char *ret, size_t size)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };
        const char *name;
        size_t len = option_name(question, &name);

        rv_tr_packed(question->packed, question->packed_size, &text);
        rv_buf_add_char(&text, '\n');
        if (len && !name[len]) {
                say(rv_buf_str(&text), text.size);
                (void)snprintf(ret, size, "yes");
                return rv_ask_yes(N_("Is that wanted? [y/N] "));
        }
        rv_tr_format(&text, N_("The answer, as behind %1; an empty line is none"),
                     question->option ? question->option : question->id, NULL);
        rv_buf_add_char(&text, '\n');
        say(rv_buf_str(&text), text.size);
        return rv_ask_line(ret, size);
}

int rv_plan_ask(struct rv_plan *plan, struct rv_err *err)
{
        char answer[LONGEST_ANSWER];
        struct rv_question question;
        size_t n = rv_plan_questions(plan), i;
        int r = RV_OK;

        for (i = 0; i < n && r == RV_OK; i++) {
                rv_plan_question_at(plan, i, &question);
                if (question.answer)
                        continue;
                if (!ask_one(&question, answer, sizeof answer))
                        return rv_fail(err, RV_CANCELLED, N_("not answered; nothing was changed"), NULL, NULL);
                r = rv_plan_answer(plan, question.id, answer, err);
        }
        return r;
}
