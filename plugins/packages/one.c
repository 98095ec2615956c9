/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The views of one package: its files, changelog and scripts. (Dependencies have a file of their own.) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/glob.h"
#include "plugins/packages/packages.h"

/* rpmfiles.h: RPMFILE_* */
enum { FLAG_CONFIG = 1 << 0, FLAG_DOC = 1 << 1, FLAG_GHOST = 1 << 6, FLAG_LICENSE = 1 << 7 };
enum { DIRECTORIES_MAX = 1 << 20 /* the largest packages have some tens of thousands */ };

int open_package(const struct rv_query *query, struct rv_sink *sink, struct rv_walk *ret, struct rv_err *err)
{
        struct rv_walk walk = { 0 };
        int r = rv_walk_open(query, sink, false, &walk, err);

        if (!r)
                r = rv_walk_find(&walk, rv_arg(query, "package", 0), err);
        if (!r && !walk.sound)
                r = rv_fail(err, RV_DAMAGED, N_("the header of package %1 is damaged"),
                            N_("copy the database away, then rebuild it there: rpmdb --rebuilddb"),
                            rv_arg(query, "package", 0), NULL);
        if (r) {
                rv_walk_close(&walk);
                return r;
        }
        *ret = walk;
        return RV_OK;
}

/* --- files */
static enum file_kind kind_of(uint64_t mode, uint64_t flags)
{
        if (flags & FLAG_GHOST)
                return KIND_GHOST;
        if (flags & FLAG_CONFIG)
                return KIND_CONFIG;
        if (flags & FLAG_LICENSE)
                return KIND_LICENSE;
        if (flags & FLAG_DOC)
                return KIND_DOC;
        if (S_ISDIR((mode_t)mode))
                return KIND_DIRECTORY;
        if (S_ISLNK((mode_t)mode))
                return KIND_LINK;
        return S_ISREG((mode_t)mode) ? KIND_FILE : KIND_OTHER;
}

/* Sizes beyond 4 GiB have a tag of their own, for all files of the package. */
static void put_file(struct rv_sink *sink, const struct rv_rpm_header *header, size_t i)
{
        uint64_t mode = 0, flags = 0, size;
        char text[8];

        if (rv_rpm_int(header, rv_rpm_count(header, RV_TAG_LONGFILESIZES) ? RV_TAG_LONGFILESIZES : RV_TAG_FILESIZES, i,
                       &size))
                rv_put_int(sink, F_SIZE, (int64_t)(size & INT64_MAX));
        (void)rv_rpm_int(header, RV_TAG_FILEFLAGS, i, &flags);
        if (rv_rpm_int(header, RV_TAG_FILEMODES, i, &mode)) {
                (void)snprintf(text, sizeof text, "%04o", (unsigned)mode & 07777);
                put_text(sink, F_MODE, text);
                rv_put_int(sink, F_KIND, kind_of(mode, flags));
        }
}

int read_directories(const struct rv_rpm_header *header, struct directories *directories, struct rv_err *err)
{
        size_t i, n = rv_rpm_count(header, RV_TAG_DIRNAMES);
        struct rv_rpm_texts texts;
        const char **more;

        if (n > DIRECTORIES_MAX)
                n = DIRECTORIES_MAX;
        if (n > directories->room) {
                more = reallocarray(directories->names, n, sizeof *more);
                if (!more)
                        return rv_fail_memory(err);
                directories->names = more;
                directories->room = n;
        }
        rv_rpm_texts(header, RV_TAG_DIRNAMES, &texts);
        for (i = 0; i < n && (directories->names[i] = rv_rpm_next_text(&texts)); i++)
                ;
        directories->n = i;
        return RV_OK;
}

void free_directories(struct directories *directories)
{
        free(directories->names);
        *directories = (struct directories){ 0 };
}

/* Old headers have whole paths and no directories. */
bool path_of(const struct rv_rpm_header *header, const struct directories *directories, size_t i, const char *base,
             struct rv_buf *out)
{
        uint64_t at;

        rv_buf_clear(out);
        if (directories->n) {
                if (!rv_rpm_int(header, RV_TAG_DIRINDEXES, i, &at) || at >= directories->n)
                        return false;
                rv_buf_add_str(out, directories->names[at]);
        }
        rv_buf_add_str(out, base);
        return !out->failed;
}

int find_file(const struct rv_rpm_header *header, const char *pattern, struct rv_buf *ret_path, struct rv_err *err)
{
        DIRECTORIES_CLEANUP struct directories directories = { 0 };
        struct rv_rpm_texts bases;
        const char *base;
        bool glob = rv_is_glob(pattern);
        size_t i;
        int r = read_directories(header, &directories, err);

        if (r)
                return r;
        rv_rpm_texts(header, directories.n ? RV_TAG_BASENAMES : RV_TAG_OLDFILENAMES, &bases);
        for (i = 0; (base = rv_rpm_next_text(&bases)); i++)
                if (path_of(header, &directories, i, base, ret_path) &&
                    (glob ? rv_glob(pattern, rv_buf_str(ret_path), ret_path->size, false)
                          : strcmp(pattern, rv_buf_str(ret_path)) == 0))
                        return RV_OK;
        rv_buf_clear(ret_path);
        return RV_OK;
}

/* The arrays run in step; one that is shorter leaves its cells empty. */
static int put_files(struct rv_sink *sink, const struct rv_rpm_header *header, struct rv_err *err)
{
        DIRECTORIES_CLEANUP struct directories directories = { 0 };
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        struct rv_rpm_texts bases, digests, owners, groups;
        const char *base;
        size_t i;
        int r = read_directories(header, &directories, err);

        if (r)
                return r;
        rv_rpm_texts(header, directories.n ? RV_TAG_BASENAMES : RV_TAG_OLDFILENAMES, &bases);
        rv_rpm_texts(header, RV_TAG_FILEDIGESTS, &digests);
        rv_rpm_texts(header, RV_TAG_FILEUSERNAME, &owners);
        rv_rpm_texts(header, RV_TAG_FILEGROUPNAME, &groups);
        for (i = 0; (base = rv_rpm_next_text(&bases)); i++) {
                const char *digest = rv_rpm_next_text(&digests);

                if (!path_of(header, &directories, i, base, &path))
                        return rv_fail(err, RV_DAMAGED, N_("the list of files in the header is damaged"), NULL, NULL);
                r = rv_row_begin(sink, 0);
                if (r)
                        return r;
                rv_put_text(sink, F_PATH, rv_buf_str(&path), path.size);
                put_file(sink, header, i);
                put_text(sink, F_OWNER, rv_rpm_next_text(&owners));
                put_text(sink, F_GROUP, rv_rpm_next_text(&groups));
                put_text(sink, F_DIGEST, digest && *digest ? digest : NULL);
        }
        return RV_OK;
}

int files_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        int r = open_package(query, sink, &walk, err);

        return r ? r : put_files(sink, &walk.header, err);
}

/* --- changelog */
int changelog_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct rv_rpm_texts authors, texts;
        const char *text;
        uint64_t at;
        int64_t n;
        int r = open_package(query, sink, &walk, err);

        if (r)
                return r;
        rv_rpm_texts(&walk.header, RV_TAG_CHANGELOGNAME, &authors);
        rv_rpm_texts(&walk.header, RV_TAG_CHANGELOGTEXT, &texts);
        for (n = 0; (text = rv_rpm_next_text(&texts)); n++) {
                r = rv_row_begin(sink, 0);
                if (r)
                        return r;
                rv_put_int(sink, L_N, n + 1);
                if (rv_rpm_int(&walk.header, RV_TAG_CHANGELOGTIME, (size_t)n, &at))
                        rv_put_int(sink, L_AT, (int64_t)at);
                put_text(sink, L_AUTHOR, rv_rpm_next_text(&authors));
                put_text(sink, L_TEXT, text);
        }
        return RV_OK;
}

/* --- scripts, in the order of the enum `phases` */
static const struct {
        uint32_t text, interpreter;
} scripts[] = {
        { RV_TAG_PRETRANS, RV_TAG_PRETRANSPROG },
        { RV_TAG_PREIN, RV_TAG_PREINPROG },
        { RV_TAG_POSTIN, RV_TAG_POSTINPROG },
        { RV_TAG_PREUN, RV_TAG_PREUNPROG },
        { RV_TAG_POSTUN, RV_TAG_POSTUNPROG },
        { RV_TAG_POSTTRANS, RV_TAG_POSTTRANSPROG },
        { RV_TAG_PREUNTRANS, RV_TAG_PREUNTRANSPROG },
        { RV_TAG_POSTUNTRANS, RV_TAG_POSTUNTRANSPROG },
        { RV_TAG_VERIFYSCRIPT, RV_TAG_VERIFYSCRIPTPROG },
};

/* An interpreter is a text, or a program with its arguments. */
static void put_interpreter(struct rv_sink *sink, const struct rv_rpm_header *header, uint32_t tag)
{
        RV_BUF_CLEANUP struct rv_buf line = { 0 };
        struct rv_rpm_texts words;
        const char *word;

        rv_rpm_texts(header, tag, &words);
        while ((word = rv_rpm_next_text(&words))) {
                if (line.size)
                        rv_buf_add_char(&line, ' ');
                rv_buf_add_str(&line, word);
        }
        if (line.size)
                rv_put_text(sink, S_INTERPRETER, rv_buf_str(&line), line.size);
}

/* In the order in which they run. */
int scripts_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        int r = open_package(query, sink, &walk, err);
        size_t i;

        for (i = 0; !r && i < sizeof scripts / sizeof *scripts; i++) {
                const char *text = rv_rpm_text(&walk.header, scripts[i].text);

                /* A program alone, without a text, is a script too: /sbin/ldconfig. */
                if (!text && !rv_rpm_count(&walk.header, scripts[i].interpreter))
                        continue;
                r = rv_row_begin(sink, 0);
                if (r)
                        return r;
                rv_put_int(sink, S_N, (int64_t)i + 1);
                rv_put_int(sink, S_PHASE, (int64_t)i);
                put_interpreter(sink, &walk.header, scripts[i].interpreter);
                put_text(sink, S_TEXT, text);
        }
        return r;
}
