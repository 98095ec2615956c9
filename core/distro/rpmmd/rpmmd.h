/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The back end "rpmmd": what a repository's metadata says, read from XML as a stream. Everything in it is hostile:
 * sizes, depths and texts are bounded, and where a file lies is checked before anybody asks for it. Sources: the
 * repomd.xml and primary formats as createrepo_c writes them (http://linux.duke.edu/metadata/repo). Ownership: a repomd
 * owns its texts. */
#ifndef REEVE_DISTRO_RPMMD_RPMMD_H
#define REEVE_DISTRO_RPMMD_RPMMD_H

#include <stdbool.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/distro/open.h"

enum {
        RV_REPOMD_LIMIT = 4 << 20, /* bytes of a repomd.xml */
        RV_REPOMD_FILES = 64,      /* metadata files that it may list */
        RV_CHECKSUM_HEX = 128 + 1
};

enum rv_checksum_kind { RV_CHECKSUM_NONE, RV_CHECKSUM_MD5, RV_CHECKSUM_SHA1, RV_CHECKSUM_SHA256, RV_CHECKSUM_SHA512 };

struct rv_checksum {
        enum rv_checksum_kind kind;
        char hex[RV_CHECKSUM_HEX]; /* small letters */
};

struct rv_repomd_file {
        const char *type;                  /* "primary", "filelists", "updateinfo", "modules", ... */
        const char *href;                  /* below the repository: relative, without "..", and plain */
        struct rv_checksum checksum, open; /* of the file, and of what it unpacks to */
        int64_t size, open_size;           /* bytes, -1: not said */
        int64_t timestamp;                 /* Unix seconds, -1: not said */
};

struct rv_repomd {
        const char *revision; /* "" for none */
        struct rv_repomd_file *files;
        size_t n;
        int64_t timestamp; /* the newest of its files' */
        struct rv_arena arena;
};

/* Reads a repomd.xml of at most RV_REPOMD_LIMIT bytes. name is for the error. RV_DAMAGED names what is wrong and its
 * line. */
int rv_repomd_parse(const char *text, size_t size, const char *name, struct rv_repomd *ret,
                    struct rv_err *err) RV_CHECK;
static inline void rv_repomd_free(struct rv_repomd *repomd)
{
        rv_arena_free(&repomd->arena);
        *repomd = (struct rv_repomd){ 0 };
}
#define RV_REPOMD_CLEANUP __attribute__((cleanup(rv_repomd_free)))
/* The file of a type, NULL for none; of a type given twice the first. */
static inline const struct rv_repomd_file *rv_repomd_file(const struct rv_repomd *repomd, const char *type)
{
        size_t i;

        for (i = 0; i < repomd->n; i++)
                if (strcmp(repomd->files[i].type, type) == 0)
                        return &repomd->files[i];
        return NULL;
}

/* Whether a location leads to a file below the repository whoever resolves it: a relative path of plain characters,
 * without "." and ".." parts, escapes, queries or a scheme. */
bool rv_href_sound(const char *href);
/* Takes a checksum as metadata has it ("sha256", hexadecimal); false: of a kind or a length that there is none. */
bool rv_checksum_take(const char *kind, const char *hex, size_t n, struct rv_checksum *ret);

#endif
