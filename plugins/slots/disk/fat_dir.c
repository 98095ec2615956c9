/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories of a FAT: short names, the long ones that precede them, and finding a path. */
#include "plugins/slots/disk/fat_dir.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/base/utf8.h"

enum { ENTRY = 32, UNITS = 13, PARTS = 20, ATTR_LABEL = 0x08, ATTR_DIRECTORY = 0x10, ATTR_LONG = 0x0f };

/* A long name is collected backwards, 13 units an entry, before its short entry. */
struct long_name {
        uint16_t units[PARTS * UNITS];
        unsigned n_parts, next; /* next is the sequence number awaited; 0: complete */
        uint8_t sum;
};

static uint8_t short_sum(const uint8_t *name)
{
        uint8_t sum = 0;

        for (unsigned i = 0; i < 11; i++)
                sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
        return sum;
}

static void take_long(const uint8_t *entry, struct long_name *name)
{
        static const uint8_t at[UNITS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
        unsigned sequence = entry[0] & 0x3f;

        if (entry[0] & 0x40) {
                name->n_parts = name->next = sequence;
                name->sum = entry[13];
        }
        /* Out of order: the name is an orphan of another system's, the short one serves. */
        if (!sequence || sequence > PARTS || sequence != name->next || entry[13] != name->sum) {
                name->n_parts = 0;
                return;
        }
        for (unsigned i = 0; i < UNITS; i++)
                name->units[(sequence - 1) * UNITS + i] = rv_le16(entry + at[i]);
        name->next--;
}

static void put_long(const struct long_name *name, char ret[FAT_NAME])
{
        size_t used = 0;

        for (unsigned i = 0; i < name->n_parts * UNITS && i < 255; i++) {
                uint32_t c = name->units[i];
                if (!c)
                        break;
                /* Surrogates do not occur in the names that matter here; they show as U+FFFD. */
                if (c >= 0xd800 && c < 0xe000)
                        c = 0xfffd;
                used += rv_utf8_encode(c, ret + used);
        }
        ret[used] = '\0';
}

static void put_short(const uint8_t *entry, char ret[FAT_NAME])
{
        size_t used = 0;

        for (unsigned i = 0; i < 11; i++) {
                /* Bits 3 and 4 of byte 12 say that base or extension were written in small letters. */
                bool lower = entry[12] & (i < 8 ? 0x08 : 0x10);
                uint8_t c = i == 0 && entry[0] == 0x05 ? 0xe5 : entry[i];
                if (c == ' ')
                        continue;
                if (i >= 8 && !memchr(ret, '.', used))
                        ret[used++] = '.';
                if (c >= 0x80)
                        used += rv_utf8_encode(0xfffd, ret + used);
                else
                        ret[used++] = (char)(lower && c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        ret[used] = '\0';
}

static void put_entry(const uint8_t *bytes, const struct long_name *name, struct fat_entry *ret)
{
        memset(ret, 0, sizeof *ret);
        ret->directory = bytes[11] & ATTR_DIRECTORY;
        ret->cluster = (uint32_t)rv_le16(bytes + 20) << 16 | rv_le16(bytes + 26);
        ret->size = rv_le32(bytes + 28);
        if (name->n_parts && !name->next && name->sum == short_sum(bytes))
                put_long(name, ret->name);
        else
                put_short(bytes, ret->name);
}

static int parse(const uint8_t *bytes, size_t size, struct fat_list *list, struct rv_err *err)
{
        struct long_name name = { .n_parts = 0 };
        size_t room = 0;

        for (size_t at = 0; at + ENTRY <= size && bytes[at]; at += ENTRY) {
                const uint8_t *entry = bytes + at;
                if (entry[0] != 0xe5 && (entry[11] & 0x3f) == ATTR_LONG) {
                        take_long(entry, &name);
                        continue;
                }
                if (entry[0] != 0xe5 && !(entry[11] & ATTR_LABEL) && entry[0] != '.') {
                        if (list->n == room) {
                                room = room ? 2 * room : 16;
                                struct fat_entry *more = realloc(list->entries, room * sizeof *more);
                                if (!more)
                                        return rv_fail_memory(err);
                                list->entries = more;
                        }
                        put_entry(entry, &name, &list->entries[list->n++]);
                }
                name.n_parts = 0;
        }
        return 0;
}

/* The bytes of a directory: a chain, or the fixed area of a FAT12 or FAT16 root. */
static int read_directory(const struct fat *fat, const struct fat_entry *directory, uint8_t **ret, size_t *ret_size,
                          struct rv_err *err)
{
        bool fixed = !directory->cluster && fat->bits != 32;
        uint32_t cluster = directory->cluster ? directory->cluster : fat->root_cluster;
        uint64_t size = fat->root_size;

        int r = fixed ? 0 : fat_chain_size(fat, cluster, &size, err);
        if (r)
                return r;
        if (size > FAT_DIRECTORY_MAX)
                size = FAT_DIRECTORY_MAX;
        uint8_t *bytes = malloc(size ? (size_t)size : 1);
        if (!bytes)
                return rv_fail_memory(err);
        if (fixed)
                r = rv_read(fat->part, fat->root_at, bytes, (size_t)size, err);
        else
                r = fat_chain(fat, cluster, 0, bytes, (size_t)size, err);
        if (r) {
                free(bytes);
                return r;
        }
        *ret = bytes;
        *ret_size = (size_t)size;
        return 0;
}

int fat_list(const struct fat *fat, const struct fat_entry *directory, struct fat_list *ret, struct rv_err *err)
{
        struct fat_list list = { NULL, 0 };
        uint8_t *bytes = NULL;
        size_t size = 0;

        int r = read_directory(fat, directory, &bytes, &size, err);
        if (r)
                return r;
        r = parse(bytes, size, &list, err);
        free(bytes);
        if (r)
                fat_list_free(&list);
        else
                *ret = list;
        return r;
}

void fat_list_free(struct fat_list *list)
{
        free(list->entries);
        *list = (struct fat_list){ NULL, 0 };
}

static int find_in(const struct fat *fat, const char *name, size_t length, struct fat_entry *at, struct rv_err *err)
{
        struct fat_list FAT_LIST_CLEANUP list = { NULL, 0 };

        int r = at->directory ? fat_list(fat, at, &list, err) : 0;
        if (r)
                return r;
        for (size_t i = 0; i < list.n; i++)
                if (strlen(list.entries[i].name) == length && strncasecmp(list.entries[i].name, name, length) == 0) {
                        *at = list.entries[i];
                        return 0;
                }
        return rv_fail(err, RV_NOTFOUND, N_("%1: has no such file"), NULL, fat->part->name, NULL);
}

int fat_find(const struct fat *fat, const char *path, struct fat_entry *ret, struct rv_err *err)
{
        struct fat_entry at = { .directory = true };

        while (*path) {
                size_t length = strcspn(path, "/");
                int r = length ? find_in(fat, path, length, &at, err) : 0;
                if (r)
                        return r;
                path += length + (path[length] == '/');
        }
        *ret = at;
        return 0;
}
