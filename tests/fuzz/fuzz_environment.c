/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of an environment: no RECORD names a path outside of it or runs past its end, and the two that are made of
 * headers keep their texts inside theirs. The first byte says which file it is. */
#include <string.h>

#include "fuzz.h"
#include "plugins/sandboxes/metadata.h"
#include "plugins/sandboxes/pyvenv.h"
#include "plugins/sandboxes/record.h"

static void must_stay_inside(const char *path)
{
        const char *slash;

        must(*path && *path != '/' && strlen(path) <= RECORD_PATH_MAX);
        for (slash = path; slash; slash = strchr(slash, '/')) {
                slash += *slash == '/';
                must(strncmp(slash, "../", 3) != 0 && strcmp(slash, "..") != 0 && *slash);
        }
}

static void read_record(const char *text, size_t size)
{
        RECORD_CLEANUP struct record record;
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        struct record_row row;
        enum record_next next;
        size_t rows = 0;

        record_start(&record, text, size);
        while ((next = record_next(&record, &row)) != RECORD_END) {
                must(++rows <= size && record.line <= size);
                if (next == RECORD_DAMAGED)
                        continue;
                must(row.size >= -1 && row.path_len <= size);
                must(!row.hash || row.digest.size >= 32);
                if (record_path("lib/python3.11/site-packages", row.path, row.path_len, &path))
                        must_stay_inside(rv_buf_str(&path));
        }
}

static void must_be_short(const char *text, size_t size)
{
        must(!text || strlen(text) <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        RV_ARENA_CLEANUP struct rv_arena arena = { 0 };
        const char *text = (const char *)data + 1;
        struct metadata metadata;
        struct pyvenv config;

        if (size-- == 0)
                return 0;
        if (*data == 'R') {
                read_record(text, size);
        } else if (*data == 'P') {
                must(pyvenv_parse(text, size, &arena, &config));
                must_be_short(config.home, size);
                must_be_short(config.version, size);
        } else {
                must(metadata_parse(text, size, &arena, &metadata));
                must_be_short(metadata.name, size);
                must_be_short(metadata.version, size);
        }
        return 0;
}
