/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The completion command: what a shell loads, and what it asks for at each press of Tab. */
#include "tui/complete/complete.h"

#include <string.h>

#include <reeve/err.h>

#include "core/base/buf.h"
#include "tui/present/offer.h"

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

int rv_complete(struct rv_host *host, const char *const *words, size_t n, struct rv_buf *out)
{
        if (n == 1 && strcmp(words[0], "bash") == 0)
                rv_buf_add_str(out, bash);
        else if (n == 1 && strcmp(words[0], "zsh") == 0)
                rv_buf_add_str(out, zsh);
        else if (n == 1 && strcmp(words[0], "fish") == 0)
                rv_buf_add_str(out, fish);
        else if (n >= 1 && strcmp(words[0], "words") == 0)
                rv_offer_words(host, NULL, words + 1, n - 1, out);
        else
                return RV_USAGE;
        return RV_OK;
}
