/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any file of dnf's form: lines are visited in order, and a sound one has a section, a key and a value without control
 * characters. */
#include <stdlib.h>
#include <string.h>

#include "core/distro/policy/ini.h"
#include "fuzz.h"

static void visit(void *user, const struct rv_ini_line *line)
{
        unsigned *number = user;

        must(line->number > *number);
        *number = line->number;
        if (line->wrong)
                return;
        must(*line->section);
        must(!strpbrk(line->section, "\n\033\177") && !strpbrk(line->key, "\n\033\177="));
        must(!strpbrk(line->value, "\033\177"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);
        unsigned number = 0;

        if (!text)
                return 0;
        if (size)
                memcpy(text, data, size);
        rv_ini_parse(text, size, visit, &number);
        free(text);
        return 0;
}
