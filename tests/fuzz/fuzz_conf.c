/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any configuration file: each line is visited at most once, in order, and a sound one has sound names. */
#include <stdlib.h>
#include <string.h>

#include "core/base/conf.h"
#include "fuzz.h"

static void visit(void *user, const struct rv_conf_line *line)
{
        static const char names[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
        unsigned *number = user;

        must(line->number > *number);
        *number = line->number;
        if (line->wrong)
                return;
        must(*line->section && !line->section[strspn(line->section, names)]);
        must(*line->key && !line->key[strspn(line->key, names)]);
        must(!strpbrk(line->value, "\n\r\033\177"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);
        unsigned number = 0;

        if (!text)
                return 0;
        if (size)
                memcpy(text, data, size);
        text[size] = '\0';
        rv_conf_parse(text, size, visit, &number);
        free(text);
        return 0;
}
