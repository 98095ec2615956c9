/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which database rpm is set to use, out of its macro files. They are looked at only where two databases lie side by
 * side, and as text: a line "%_db_backend WORD" counts, and nothing is expanded, since a macro may run a program. */
#include "core/distro/rpm/macros.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"

enum { FILE_MOST = 1 << 20, NAMES_MOST = 256 };

static void look(const char *text, bool *ret)
{
        static const char name[] = "%_db_backend";
        const char *line, *word;
        size_t n;

        for (line = text; line; line = strchr(line, '\n')) {
                line += strspn(line, " \t\n");
                if (strncmp(line, name, sizeof name - 1) != 0)
                        continue;
                word = line + sizeof name - 1;
                n = strspn(word, " \t");
                if (n == 0)
                        continue;
                word += n;
                n = strcspn(word, " \t\n");
                if (n == 3 && memcmp(word, "ndb", 3) == 0)
                        *ret = true;
                else if (n == 6 && memcmp(word, "sqlite", 6) == 0)
                        *ret = false;
        }
}

/* The last file that sets it counts; one that cannot be read sets nothing. */
static int look_in(int root, const char *path, struct rv_sink *sink, bool *ret)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        if (sink && rv_depends(sink, root, path))
                return RV_FAILED;
        if (rv_file_read(root, path, FILE_MOST, &text, NULL) == RV_OK)
                look(rv_buf_str(&text), ret);
        return RV_OK;
}

static int wanted(const struct dirent *entry)
{
        return strncmp(entry->d_name, "macros.", 7) == 0;
}

/* directory/macros.*, in the order of their names, as rpm's own pattern gives them. */
static int look_in_all(int root, const char *directory, struct rv_sink *sink, bool *ret)
{
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        RV_FD_CLEANUP int fd = -1;
        struct dirent **names = NULL;
        int r = RV_OK, n, i;

        if (sink && rv_depends(sink, root, directory))
                return RV_FAILED;
        fd = rv_open_in_root(root, directory, O_RDONLY | O_DIRECTORY);
        n = fd < 0 ? 0 : scandirat(fd, ".", &names, wanted, alphasort);
        if (n < 0)
                return RV_FAILED; /* one that can be opened can be read, if there is memory */
        for (i = 0; i < n; i++) {
                rv_buf_clear(&path);
                rv_buf_printf(&path, "%s/%s", directory, names[i]->d_name);
                if (!r && i < NAMES_MOST)
                        r = path.failed ? RV_FAILED : look_in(root, rv_buf_str(&path), sink, ret);
                free(names[i]);
        }
        free(names);
        return r;
}

/* rpm's macro path, without what names a platform or a user. */
int rv_rpm_prefers_ndb(int root, struct rv_sink *sink, bool *ret)
{
        bool ndb = false;
        int r = look_in(root, "usr/lib/rpm/macros", sink, &ndb);

        if (!r)
                r = look_in_all(root, "usr/lib/rpm/macros.d", sink, &ndb);
        if (!r)
                r = look_in_all(root, "etc/rpm", sink, &ndb);
        if (!r)
                r = look_in(root, "etc/rpm/macros", sink, &ndb);
        if (!r)
                *ret = ndb;
        return r;
}
