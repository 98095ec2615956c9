/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The packages of one repository as a file that is mapped and read in place: what lists, searches and details show. It
 * is made once at a refresh; the solver has a cache of its own without these texts.
 * Ownership: a browse owns its mapping, and everything that it hands out is borrowed from it. */
#ifndef REEVE_DISTRO_BROWSE_H
#define REEVE_DISTRO_BROWSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <reeve/err.h>

/* Texts are "" where the metadata says nothing. */
struct rv_browse_package {
        const char *name, *evr, *arch; /* evr without an epoch of 0 */
        const char *summary, *description, *source, *vendor, *license, *group, *url;
        const char *location;             /* below the repository */
        const char *checksum;             /* "sha256:HEX" */
        int64_t size, download, built_at; /* bytes, bytes, Unix seconds; -1: not said */
};

struct rv_browse_writer; /* opaque */

/* Writes to fd from offset 0, an empty file; it must stay open until the writer is freed. NULL: no memory. */
struct rv_browse_writer *rv_browse_writer_new(int fd);
void rv_browse_writer_free(struct rv_browse_writer *writer);
/* Copies. RV_DAMAGED beyond a million packages or 1 GiB of texts. */
int rv_browse_add(struct rv_browse_writer *writer, const struct rv_browse_package *package,
                  struct rv_err *err) RV_CHECK;
/* Puts them in order: by name, then by version (newest first) and architecture. name is for errors. Until then the file
 * is none. */
int rv_browse_finish(struct rv_browse_writer *writer, const char *name, struct rv_err *err) RV_CHECK;

struct rv_browse; /* opaque */

/* Maps a file that rv_browse_finish() wrote. RV_DAMAGED: it is none, or not whole. fd may be closed afterwards. */
int rv_browse_open(int fd, const char *name, struct rv_browse **ret, struct rv_err *err) RV_CHECK;
void rv_browse_close(struct rv_browse *browse);
size_t rv_browse_count(const struct rv_browse *browse);
/* The ith package; whatever the file says, its texts end within it. */
void rv_browse_get(const struct rv_browse *browse, size_t i, struct rv_browse_package *ret);
/* The first package of a name, rv_browse_count() for none; the others of that name follow. */
size_t rv_browse_find(const struct rv_browse *browse, const char *name);

#endif
