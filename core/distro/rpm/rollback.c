/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that died while it changed the database leaves pages of both states, and a journal of the old ones, which
 * sqlite writes back before anybody reads. Here they are read out of the journal instead, since nothing is written.
 * Source: sqlite's "Database File Format", 3 (The Rollback Journal). */
#include "core/distro/rpm/rollback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/distro/reader.h"

/* A writer that does not wait for the disk counts no records: they end with the file. */
static const uint32_t UNCOUNTED = 0xffffffff;

enum { HEAD = 28, PAGE_LEAST = 512, SECTOR_LEAST = 32, MOST = 65536, CHECK_STEP = 200 };

struct page {
        uint32_t number; /* from 1 */
        int64_t at;      /* in the journal */
};

struct rv_rollback {
        int journal;
        int64_t page_size, size;
        struct page *pages; /* by number, each once */
        size_t n, capacity;
        bool cut; /* a record is missing, or does not hold */
};

struct head {
        uint32_t records, nonce, pages, sector, page_size;
};

static bool read_at(int fd, void *bytes, size_t n, int64_t at)
{
        return rv_pread(fd, bytes, n, at) == (ssize_t)n;
}

static bool ends_at(int fd, int64_t at)
{
        struct stat st;

        return fstat(fd, &st) == 0 && st.st_size == at;
}

static bool is_size(uint32_t n, uint32_t least)
{
        return n >= least && n <= MOST && (n & (n - 1)) == 0;
}

static bool read_head(int fd, int64_t at, struct head *ret)
{
        static const unsigned char magic[] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
        unsigned char b[HEAD];

        if (!read_at(fd, b, sizeof b, at) || memcmp(b, magic, sizeof magic) != 0)
                return false;
        *ret = (struct head){ rv_be32(b + 8), rv_be32(b + 12), rv_be32(b + 16), rv_be32(b + 20), rv_be32(b + 24) };
        return true;
}

/* False without memory. */
static bool add(struct rv_rollback *rollback, uint32_t number, int64_t at)
{
        size_t more = rollback->capacity ? rollback->capacity * 2 : 64;
        struct page *pages;

        if (rollback->n == rollback->capacity) {
                pages = realloc(rollback->pages, more * sizeof *pages);
                if (!pages)
                        return false;
                rollback->pages = pages;
                rollback->capacity = more;
        }
        rollback->pages[rollback->n++] = (struct page){ number, at };
        return true;
}

/* A record is a page's number, the page, and a sum over some of its bytes. False at the last that holds. */
static bool read_record(const struct rv_rollback *rollback, uint32_t nonce, int64_t at, unsigned char *record)
{
        const unsigned char *page = record + 4;
        uint32_t sum = nonce;

        if (!read_at(rollback->journal, record, (size_t)rollback->page_size + 8, at) || rv_be32(record) == 0)
                return false;
        for (int64_t i = rollback->page_size - CHECK_STEP; i > 0; i -= CHECK_STEP)
                sum += page[i];
        return sum == rv_be32(page + rollback->page_size);
}

/* The records behind one head; *at moves behind them. False without memory; *ret_end: nothing comes after them. */
static bool read_records(struct rv_rollback *rollback, const struct head *head, unsigned char *record, int64_t *at,
                         bool *ret_end)
{
        const int64_t step = rollback->page_size + 8;
        uint32_t i;

        for (i = 0; i < head->records; i++, *at += step) {
                if (!read_record(rollback, head->nonce, *at, record)) {
                        *ret_end = true;
                        rollback->cut = head->records != UNCOUNTED || !ends_at(rollback->journal, *at);
                        return true;
                }
                if ((int64_t)rv_be32(record) * rollback->page_size <= rollback->size &&
                    !add(rollback, rv_be32(record), *at + 4))
                        return false;
        }
        return true;
}

/* The first copy of a page is the oldest one, and that counts. */
static int by_number(const void *a, const void *b)
{
        const struct page *one = a, *other = b;

        if (one->number != other->number)
                return one->number < other->number ? -1 : 1;
        return one->at < other->at ? -1 : one->at > other->at;
}

static void sort(struct rv_rollback *rollback)
{
        size_t i, kept = 0;

        if (rollback->n)
                qsort(rollback->pages, rollback->n, sizeof *rollback->pages, by_number);
        for (i = 0; i < rollback->n; i++)
                if (!kept || rollback->pages[i].number != rollback->pages[kept - 1].number)
                        rollback->pages[kept++] = rollback->pages[i];
        rollback->n = kept;
}

/* Heads begin at sectors; each but the first may follow the records of the one before. */
static bool read_all(struct rv_rollback *rollback, const struct head *first, unsigned char *record)
{
        struct head head = *first;
        int64_t at = 0;
        bool end = false;

        do {
                at += first->sector;
                if (!read_records(rollback, &head, record, &at, &end))
                        return false;
                at = (at + first->sector - 1) / first->sector * first->sector;
        } while (!end && read_head(rollback->journal, at, &head));
        sort(rollback);
        return true;
}

bool rv_rollback_open(int journal, struct rv_rollback **ret)
{
        struct rv_rollback *rollback;
        unsigned char *record;
        struct head head;
        bool good;

        *ret = NULL;
        if (!read_head(journal, 0, &head) || !is_size(head.page_size, PAGE_LEAST) ||
            !is_size(head.sector, SECTOR_LEAST) || head.pages == 0)
                return true;
        rollback = calloc(1, sizeof *rollback);
        record = malloc((size_t)head.page_size + 8);
        good = rollback && record;
        if (good) {
                *rollback = (struct rv_rollback){ .journal = journal,
                                                  .page_size = head.page_size,
                                                  .size = (int64_t)head.pages * head.page_size };
                good = read_all(rollback, &head, record);
        }
        free(record);
        if (good)
                *ret = rollback;
        else
                rv_rollback_free(rollback);
        return good;
}

void rv_rollback_free(struct rv_rollback *rollback)
{
        if (!rollback)
                return;
        free(rollback->pages);
        free(rollback);
}

bool rv_rollback_whole(const struct rv_rollback *rollback)
{
        return !rollback->cut;
}

int64_t rv_rollback_size(const struct rv_rollback *rollback)
{
        return rollback->size;
}

int rv_rollback_read(const struct rv_rollback *rollback, void *bytes, size_t n, int64_t offset)
{
        const int64_t in = offset % rollback->page_size;
        size_t low = 0, high = rollback->n, middle;
        const int64_t number = offset / rollback->page_size + 1;

        while (low < high) {
                middle = low + (high - low) / 2;
                if (rollback->pages[middle].number < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == rollback->n || rollback->pages[low].number != number || in + (int64_t)n > rollback->page_size)
                return 0;
        return read_at(rollback->journal, bytes, n, rollback->pages[low].at + in) ? 1 : -EIO;
}
