/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which database rpm is set to use, out of its macro files. They are looked at only where there are several, and as
 * text: a line "%_db_backend WORD" or "%_dbpath WORD" counts, and nothing is expanded, since a macro may run a
 * program. */
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

/* As distributions write them: with the macros whose values are the same everywhere, or without. */
static const char *known_directory(const char *word, size_t n)
{
        static const struct {
                const char *word, *directory;
        } known[] = {
                { "/usr/lib/sysimage/rpm", "/usr/lib/sysimage/rpm" },
                { "%{_usr}/lib/sysimage/rpm", "/usr/lib/sysimage/rpm" },
                { "%{_prefix}/lib/sysimage/rpm", "/usr/lib/sysimage/rpm" },
                { "/var/lib/rpm", "/var/lib/rpm" },
                { "%{_var}/lib/rpm", "/var/lib/rpm" },
                { "%{_localstatedir}/lib/rpm", "/var/lib/rpm" },
                { "/usr/share/rpm", "/usr/share/rpm" },
                { "%{_usr}/share/rpm", "/usr/share/rpm" },
                { "%{_datadir}/rpm", "/usr/share/rpm" },
        };
        size_t i;

        while (n > 0 && word[n - 1] == '/')
                n--;
        for (i = 0; i < sizeof known / sizeof *known; i++)
                if (strlen(known[i].word) == n && memcmp(word, known[i].word, n) == 0)
                        return known[i].directory;
        return NULL;
}

/* The word that a line sets a macro to, and its length; NULL: it sets another. */
static const char *set_to(const char *line, const char *macro, size_t *ret_n)
{
        const size_t n = strlen(macro);
        size_t blank;

        if (strncmp(line, macro, n) != 0)
                return NULL;
        blank = strspn(line + n, " \t");
        if (blank == 0)
                return NULL;
        *ret_n = strcspn(line + n + blank, " \t\n");
        return line + n + blank;
}

static void look(const char *text, struct rv_rpm_set *ret)
{
        const char *line, *word;
        size_t n;

        for (line = text; line; line = strchr(line, '\n')) {
                line += strspn(line, " \t\n");
                word = set_to(line, "%_db_backend", &n);
                if (word && n == 3 && memcmp(word, "ndb", 3) == 0)
                        ret->ndb = true;
                else if (word && n == 6 && memcmp(word, "sqlite", 6) == 0)
                        ret->ndb = false;
                word = set_to(line, "%_dbpath", &n);
                if (word)
                        ret->directory = known_directory(word, n);
        }
}

/* The last file that sets it counts; one that cannot be read sets nothing. */
static int look_in(int root, const char *path, struct rv_sink *sink, struct rv_rpm_set *ret)
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
static int look_in_all(int root, const char *directory, struct rv_sink *sink, struct rv_rpm_set *ret)
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
int rv_rpm_set_to(int root, struct rv_sink *sink, struct rv_rpm_set *ret)
{
        struct rv_rpm_set set = { 0 };
        int r = look_in(root, "usr/lib/rpm/macros", sink, &set);

        if (!r)
                r = look_in_all(root, "usr/lib/rpm/macros.d", sink, &set);
        if (!r)
                r = look_in_all(root, "etc/rpm", sink, &set);
        if (!r)
                r = look_in(root, "etc/rpm/macros", sink, &set);
        if (!r)
                *ret = set;
        return r;
}
