/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which package of a repository has a file: a file that is mapped, made once from filelists. Paths are kept as
 * directories and the names in them, so that 1.9 million of them take 40 MB.
 * Ownership: an index owns its mapping, and everything that it hands out is borrowed from it. */
#ifndef REEVE_DISTRO_PATHINDEX_H
#define REEVE_DISTRO_PATHINDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <reeve/err.h>

struct rv_pathindex_writer; /* opaque */

/* Writes to fd from offset 0, an empty file. NULL: no memory. */
struct rv_pathindex_writer *rv_pathindex_writer_new(int fd);
void rv_pathindex_writer_free(struct rv_pathindex_writer *writer);
/* The next package, "name-[epoch:]version-release.arch"; the files that follow are its own. */
int rv_pathindex_package(struct rv_pathindex_writer *writer, const char *nevra, struct rv_err *err) RV_CHECK;
/* One of its files or directories, by its absolute path. RV_DAMAGED: it is none, or there are more than can be. */
int rv_pathindex_file(struct rv_pathindex_writer *writer, const char *path, size_t n, struct rv_err *err) RV_CHECK;
/* Until then the file is none. */
int rv_pathindex_finish(struct rv_pathindex_writer *writer, const char *name, struct rv_err *err) RV_CHECK;

struct rv_pathindex; /* opaque */

int rv_pathindex_open(int fd, const char *name, struct rv_pathindex **ret, struct rv_err *err) RV_CHECK;
void rv_pathindex_close(struct rv_pathindex *index);
size_t rv_pathindex_files(const struct rv_pathindex *index);

/* Told of each file found: its directory with a slash at the end, its name, and the package that has it. Other than 0
 * ends the search and is returned. */
typedef int rv_pathindex_found(void *user, const char *directory, const char *name, const char *nevra);
/* All packages that have a path, or one that a pattern (core/base/glob.h) fits; a pattern without a slash means names
 * in any directory. */
int rv_pathindex_find(const struct rv_pathindex *index, const char *path, rv_pathindex_found *found, void *user);

#endif
