/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The completion command: what a shell loads, and what it asks for at each press of Tab. */
#include "tui/complete/complete.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <reeve/err.h>

#include "core/base/buf.h"
#include "tui/present/offer.h"

enum { LIMIT_SECONDS = 1 };

static const char bash[] = "_reeve()\n"
                           "{\n"
                           "        local IFS=$'\\n'\n"
                           "        COMPREPLY=($(reeve complete words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" "
                           "2>/dev/null))\n"
                           "        [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default\n"
                           "}\n"
                           "complete -F _reeve reeve\n";
static const char zsh[] = "#compdef reeve\n"
                          "_reeve()\n"
                          "{\n"
                          "        local -a found\n"
                          "        found=(${(f)\"$(reeve complete words -- ${words[2,CURRENT]} 2>/dev/null)\"})\n"
                          "        if (( ${#found} )); then compadd -a found; else _files; fi\n"
                          "}\n"
                          "compdef _reeve reeve\n";
static const char fish[] = "complete -c reeve -f -a '(reeve complete words -- (commandline -opc)[2..-1] "
                           "(commandline -ct) 2>/dev/null)'\n";

/* Nothing that is read at Tab is worth waiting for: what has not come by then is not offered. A read may hang where no
 * flag is looked at, as on a network file system, so the process ends; nothing of it is needed any more. */
static void give_up(int number)
{
        (void)number;
        _exit(0);
}

static void offer_in_time(struct rv_host *host, const char *const *words, size_t n, struct rv_buf *out)
{
        static const struct itimerval limit = { .it_value = { .tv_sec = LIMIT_SECONDS } }, none = { 0 };
        const struct sigaction ends = { .sa_handler = give_up };
        struct sigaction before;

        (void)sigaction(SIGALRM, &ends, &before);
        (void)setitimer(ITIMER_REAL, &limit, NULL);
        rv_offer_words(host, NULL, true, words, n, out);
        (void)setitimer(ITIMER_REAL, &none, NULL);
        (void)sigaction(SIGALRM, &before, NULL);
}

int rv_complete(struct rv_host *host, const char *const *words, size_t n, struct rv_buf *out)
{
        if (n == 1 && strcmp(words[0], "bash") == 0)
                rv_buf_add_str(out, bash);
        else if (n == 1 && strcmp(words[0], "zsh") == 0)
                rv_buf_add_str(out, zsh);
        else if (n == 1 && strcmp(words[0], "fish") == 0)
                rv_buf_add_str(out, fish);
        else if (n >= 1 && strcmp(words[0], "words") == 0)
                offer_in_time(host, words + 1, n - 1, out);
        else
                return RV_USAGE;
        return RV_OK;
}
