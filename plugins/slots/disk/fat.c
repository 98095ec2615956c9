/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The FAT itself: geometry, the table, chains of clusters. Every chain is bounded by the number of clusters, so a loop
 * ends as damage. */
#include "plugins/slots/disk/fat.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "plugins/slots/disk/fat_dir.h"

static int damaged(const struct fat *fat, struct rv_err *err)
{
        return rv_fail(err, RV_DAMAGED, N_("%1: its FAT file system is damaged"),
                       N_("Check it with fsck.fat while it is not mounted"), fat->part->name, NULL);
}

/* The entry of a cluster: the next one, 0 for free, UINT32_MAX for the end of a chain (or a bad cluster). */
static uint32_t table_entry(const struct fat *fat, uint32_t cluster)
{
        uint32_t value, end;

        if (fat->bits == 12) {
                uint32_t pair = rv_le16(fat->table + cluster + cluster / 2);
                value = cluster & 1 ? pair >> 4 : pair & 0xfff;
                end = 0xff7;
        } else if (fat->bits == 16) {
                value = rv_le16(fat->table + 2 * (size_t)cluster);
                end = 0xfff7;
        } else {
                value = rv_le32(fat->table + 4 * (size_t)cluster) & 0x0fffffff;
                end = 0x0ffffff7;
        }
        return value >= end ? UINT32_MAX : value;
}

static bool data_cluster(const struct fat *fat, uint32_t cluster)
{
        return cluster >= 2 && cluster - 2 < fat->n_clusters;
}

int fat_chain(const struct fat *fat, uint32_t cluster, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        uint64_t skip = offset / fat->cluster_size;
        uint32_t at = (uint32_t)(offset % fat->cluster_size);
        char *out = buf;

        if (skip >= fat->n_clusters)
                return damaged(fat, err);
        for (uint32_t steps = 0; n; steps++) {
                /* More steps than there are clusters: the chain runs in a circle. */
                if (!data_cluster(fat, cluster) || steps > fat->n_clusters)
                        return damaged(fat, err);
                if (steps >= skip) {
                        size_t part = fat->cluster_size - at < n ? fat->cluster_size - at : n;
                        uint64_t where = fat->data_at + (uint64_t)(cluster - 2) * fat->cluster_size + at;
                        int r = rv_read(fat->part, where, out, part, err);
                        if (r)
                                return r;
                        out += part;
                        n -= part;
                        at = 0;
                }
                cluster = n ? table_entry(fat, cluster) : 0;
        }
        return 0;
}

int fat_chain_size(const struct fat *fat, uint32_t cluster, uint64_t *ret, struct rv_err *err)
{
        uint64_t size = 0;

        for (uint32_t steps = 0; cluster != UINT32_MAX; steps++) {
                if (!data_cluster(fat, cluster) || steps > fat->n_clusters)
                        return damaged(fat, err);
                size += fat->cluster_size;
                cluster = table_entry(fat, cluster);
        }
        *ret = size;
        return 0;
}

/* Numbers of the boot sector, before they are believed. */
struct boot {
        uint32_t sector, per_cluster, reserved, n_tables, root_entries, sectors, table_sectors, root_cluster;
};

static bool read_boot(const uint8_t *bytes, struct boot *ret)
{
        *ret = (struct boot){
                .sector = rv_le16(bytes + 11),
                .per_cluster = bytes[13],
                .reserved = rv_le16(bytes + 14),
                .n_tables = bytes[16],
                .root_entries = rv_le16(bytes + 17),
                .sectors = rv_le16(bytes + 19) ? rv_le16(bytes + 19) : rv_le32(bytes + 32),
                .table_sectors = rv_le16(bytes + 22) ? rv_le16(bytes + 22) : rv_le32(bytes + 36),
                .root_cluster = rv_le32(bytes + 44),
        };
        bool powers = ret->sector >= 512 && ret->sector <= 4096 && !(ret->sector & (ret->sector - 1)) &&
                      ret->per_cluster && !(ret->per_cluster & (ret->per_cluster - 1));
        return bytes[510] == 0x55 && bytes[511] == 0xaa && powers && ret->n_tables >= 1 && ret->n_tables <= 2 &&
               ret->reserved;
}

/* Derives the geometry; false when the numbers contradict each other or the partition's size. */
static bool set_geometry(const struct boot *boot, struct fat *fat)
{
        uint64_t tables = (uint64_t)boot->n_tables * boot->table_sectors;
        uint64_t root_sectors = ((uint64_t)boot->root_entries * 32 + boot->sector - 1) / boot->sector;
        uint64_t data = boot->reserved + tables + root_sectors;

        if (!boot->table_sectors || data >= boot->sectors || (uint64_t)boot->sectors * boot->sector > fat->part->size)
                return false;
        uint64_t clusters = (boot->sectors - data) / boot->per_cluster;
        /* The number of clusters alone decides the kind; 4085 and 65525 are the specification's limits. */
        fat->bits = clusters < 4085 ? 12 : clusters < 65525 ? 16 : 32;
        if (!clusters || clusters > 0x0ffffff5)
                return false;
        fat->n_clusters = (uint32_t)clusters;
        fat->cluster_size = boot->sector * boot->per_cluster;
        fat->root_at = (boot->reserved + tables) * boot->sector;
        fat->root_size = (uint64_t)boot->root_entries * 32;
        fat->root_cluster = fat->bits == 32 ? boot->root_cluster : 0;
        fat->data_at = data * boot->sector;
        uint64_t needed = ((clusters + 2) * fat->bits + 7) / 8;
        return needed <= (uint64_t)boot->table_sectors * boot->sector && needed <= FAT_TABLE_MAX &&
               (fat->bits == 32) == (boot->root_entries == 0);
}

int fat_open(const struct rv_reader *part, struct fat *ret, struct rv_err *err)
{
        uint8_t sector[512];
        struct boot boot;
        struct fat fat = { .part = part };

        int r = rv_read(part, 0, sector, sizeof sector, err);
        if (r)
                return r;
        if (!read_boot(sector, &boot))
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: has no FAT file system"), NULL, part->name, NULL);
        if (!set_geometry(&boot, &fat))
                return damaged(&fat, err);
        /* FAT12 reads an entry as two bytes, so the last one may touch a byte more. */
        size_t size = (((size_t)fat.n_clusters + 2) * fat.bits + 7) / 8;
        fat.table = calloc(1, size + 1);
        if (!fat.table)
                return rv_fail_memory(err);
        r = rv_read(part, (uint64_t)boot.reserved * boot.sector, fat.table, size, err);
        if (r) {
                fat_close(&fat);
                return r;
        }
        *ret = fat;
        return 0;
}

void fat_close(struct fat *fat)
{
        free(fat->table);
        fat->table = NULL;
}

static int read_file(const struct rv_reader *reader, uint64_t offset, void *buf, size_t n, struct rv_err *err)
{
        const struct fat_file *file = reader->of;

        return fat_chain(file->fat, file->entry->cluster, offset, buf, n, err);
}

struct rv_reader fat_reader(const struct fat_file *file)
{
        return (struct rv_reader){
                .read = read_file, .of = file, .fd = -1, .size = file->entry->size, .name = file->entry->name
        };
}

void fat_space(const struct fat *fat, uint64_t *ret_size, uint64_t *ret_free)
{
        uint64_t unused = 0;

        for (uint32_t i = 2; i < fat->n_clusters + 2; i++)
                unused += table_entry(fat, i) == 0;
        *ret_size = (uint64_t)fat->n_clusters * fat->cluster_size;
        *ret_free = unused * fat->cluster_size;
}
