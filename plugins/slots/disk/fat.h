/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A FAT12, FAT16 or FAT32 file system, read without a mount: rescue kernels may lack vfat, and reading changes nothing.
 * Source: Microsoft's FAT specification of 2000 (boot sector, table, directory entries, long names).
 * Ownership: an open file system owns a copy of its table and borrows the reader; lists are the caller's. */
#ifndef REEVE_SLOTS_FAT_H
#define REEVE_SLOTS_FAT_H

#include <stdbool.h>

#include "core/distro/reader.h"

enum {
        FAT_NAME = 255 * 3 + 1,      /* UTF-8, with the NUL */
        FAT_TABLE_MAX = 32 << 20,    /* bytes of one table: far more than an ESP has */
        FAT_DIRECTORY_MAX = 2 << 20, /* bytes of a directory: the format's own limit of 65,536 entries */
};

struct fat {
        const struct rv_reader *part;
        uint8_t *table;
        uint32_t n_clusters;   /* data clusters are 2 .. n_clusters + 1 */
        uint32_t cluster_size; /* bytes */
        uint32_t root_cluster; /* FAT32; 0: the fixed root directory */
        uint64_t root_at, root_size, data_at;
        unsigned bits; /* 12, 16 or 32 */
};

struct fat_entry {
        char name[FAT_NAME];
        uint32_t cluster, size;
        bool directory;
};

struct fat_list {
        struct fat_entry *entries;
        size_t n;
};

/* RV_UNSUPPORTED: no FAT; RV_DAMAGED: a FAT whose boot sector contradicts itself or its partition. */
int fat_open(const struct rv_reader *part, struct fat *ret, struct rv_err *err) RV_CHECK;
void fat_close(struct fat *fat);
#define FAT_CLEANUP __attribute__((cleanup(fat_close)))

/* Finds a file or directory; components are separated by slashes and compared without regard to case (ASCII). "" is the
 * root. RV_NOTFOUND. */
int fat_find(const struct fat *fat, const char *path, struct fat_entry *ret, struct rv_err *err) RV_CHECK;
/* What a directory holds, without "." and ".." and volume labels. */
int fat_list(const struct fat *fat, const struct fat_entry *directory, struct fat_list *ret,
             struct rv_err *err) RV_CHECK;
void fat_list_free(struct fat_list *list);
#define FAT_LIST_CLEANUP __attribute__((cleanup(fat_list_free)))

/* A file's bytes as a reader; it borrows both. */
struct fat_file {
        const struct fat *fat;
        const struct fat_entry *entry;
};
struct rv_reader fat_reader(const struct fat_file *file);

/* Bytes that data can take, and those that are free. */
void fat_space(const struct fat *fat, uint64_t *ret_size, uint64_t *ret_free);

#endif
