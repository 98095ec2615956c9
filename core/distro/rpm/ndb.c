/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clang-format off */
/* Walking Packages.db of rpm's back end "ndb": slots say in which blob each header lies. All numbers are 32 bits,
 * little endian; blocks of 16 bytes are counted from the start of the file; a page has 4096 bytes.
 *
 *   head   "RpmP", version 0, generation (counts every change), pages of slots, next number; 32 bytes with zeroes
 *   slot   "Slot", number of the header, first block, blocks; the last three are 0 in a free one
 *   blob   "BlbS", number, time, size, the header, zeroes, Adler-32 of all before it (RFC 1950), size, "BlbE"
 *
 * Source: rpm's lib/backend/ndb/rpmpkg.c. A change writes the blob, then its slot, then the generation; it takes a slot
 * back and counts before it wipes the blob. So a blob that does not hold is damaged, unless the generation moved on. */
/* clang-format on */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/distro/reader.h"
#include "core/distro/rpm/db.h"

enum {
        HEAD = 32,
        SLOT = 16,
        BLOCK = 16,
        PAGE = 4096,
        BLOB_HEAD = 16,
        BLOB_TAIL = 12,
        PAGES_MOST = 4096, /* of slots: a million packages, in 12 MiB of memory */
        TRIES = 5          /* of reading the slots while somebody writes */
};

struct slot {
        uint32_t number, first, blocks;
};

struct reader {
        struct rv_reader file;
        uint32_t generation;
        struct slot *slots; /* in use, by number */
        size_t n_slots, at;
        size_t n_lost;  /* slots that are destroyed, or name a number again */
        bool told_lost; /* the sink was told of them */
        bool chosen;    /* rows are being given */
        int64_t only;   /* the number asked for; 0: all */
        char *name;     /* the name asked for; NULL: all */
        uint64_t left;  /* bytes that this choice may still read: blobs that overlap are not read for ever */
        unsigned again; /* times that the slots were read anew */
        uint8_t *blob;  /* the last one */
        size_t blob_space;
        size_t blob_size; /* of the header in it, damaged or not; 0: it was not read */
};

static int whole_flaw(const struct rv_rpmdb *db, const char *msgid, struct rv_err *err)
{
        const struct rv_rpm_flaw flaw = { .code = RV_DAMAGED, .whole = msgid };

        return rv_rpmdb_fail(db, &flaw, err);
}

/* --- slots */
static int read_head(const struct rv_rpmdb *db, uint32_t *ret_generation, uint32_t *ret_pages, struct rv_err *err)
{
        const struct reader *reader = db->reader;
        uint8_t head[HEAD];
        int r = rv_read(&reader->file, 0, head, sizeof head, err);
        uint32_t pages;

        if (r)
                return r;
        if (memcmp(head, "RpmP", 4) != 0)
                return whole_flaw(db, N_("%1: the package database is damaged: its beginning is destroyed"), err);
        if (rv_le32(head + 4) != 0)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: is an ndb package database of a version that is not known"),
                               N_("convert it on that system: rpmdb --define '_db_backend sqlite' --rebuilddb"),
                               db->place.path, NULL);
        pages = rv_le32(head + 12);
        if (pages == 0 || pages > PAGES_MOST || (uint64_t)pages * PAGE > reader->file.size)
                return whole_flaw(db, N_("%1: the package database is damaged: its table of headers is cut off"), err);
        *ret_generation = rv_le32(head + 8);
        *ret_pages = pages;
        return RV_OK;
}

static int order(const void *a, const void *b)
{
        const struct slot *one = a, *two = b;

        if (one->number != two->number)
                return one->number < two->number ? -1 : 1;
        return one->first < two->first ? -1 : one->first > two->first;
}

/* A number that comes twice names nothing that can be told apart: the first counts. */
static void sort(struct reader *reader)
{
        size_t i, n = 0;

        qsort(reader->slots, reader->n_slots, sizeof *reader->slots, order);
        for (i = 0; i < reader->n_slots; i++)
                if (n == 0 || reader->slots[i].number != reader->slots[n - 1].number)
                        reader->slots[n++] = reader->slots[i];
        reader->n_lost += reader->n_slots - n;
        reader->n_slots = n;
}

static void take_page(struct reader *reader, const uint8_t *page, size_t from)
{
        const uint8_t *at;
        struct slot slot;

        for (at = page + from; at < page + PAGE; at += SLOT) {
                slot = (struct slot){ rv_le32(at + 4), rv_le32(at + 8), rv_le32(at + 12) };
                if (memcmp(at, "Slot", 4) != 0 || (slot.first != 0 && slot.number == 0))
                        reader->n_lost++;
                else if (slot.first != 0)
                        reader->slots[reader->n_slots++] = slot;
        }
}

static int read_pages(struct reader *reader, uint32_t pages, struct rv_err *err)
{
        struct slot *slots = realloc(reader->slots, (size_t)pages * (PAGE / SLOT) * sizeof *slots);
        uint8_t page[PAGE];
        uint32_t i;
        int r;

        if (!slots)
                return rv_fail_memory(err);
        reader->slots = slots;
        reader->n_slots = reader->n_lost = 0;
        for (i = 0; i < pages; i++) {
                r = rv_read(&reader->file, (uint64_t)i * PAGE, page, sizeof page, err);
                if (r)
                        return r;
                take_page(reader, page, i ? 0 : HEAD);
        }
        sort(reader);
        return RV_OK;
}

/* Slots of one generation. */
static int read_slots(struct rv_rpmdb *db, struct rv_err *err)
{
        struct reader *reader = db->reader;
        uint32_t after = 0, pages;
        struct stat st;
        unsigned i;
        int r;

        for (i = 0; i < TRIES; i++) {
                if (fstat(db->place.fd, &st) < 0)
                        return rv_fail_errno(err, errno, N_("%1: cannot be looked at: %2"), db->place.path);
                reader->file = rv_reader_fd(db->place.fd, (uint64_t)st.st_size, db->place.path);
                r = read_head(db, &reader->generation, &pages, err);
                if (!r)
                        r = read_pages(reader, pages, err);
                if (!r)
                        r = read_head(db, &after, &pages, err);
                if (r || after == reader->generation)
                        return r;
        }
        return rv_rpmdb_locked(db, err);
}

/* --- blobs */

/* RFC 1950: 5552 is the most that can be summed up before 32 bits run over. */
static uint32_t adler32(const uint8_t *bytes, size_t n)
{
        uint32_t a = 1, b = 0;
        size_t i, part;

        for (; n; n -= part, bytes += part) {
                part = n < 5552 ? n : 5552;
                for (i = 0; i < part; i++) {
                        a += bytes[i];
                        b += a;
                }
                a %= 65521;
                b %= 65521;
        }
        return b << 16 | a;
}

static bool make_space(struct reader *reader, size_t size)
{
        uint8_t *blob;

        if (size <= reader->blob_space)
                return true;
        blob = realloc(reader->blob, size);
        if (!blob)
                return false;
        reader->blob = blob;
        reader->blob_space = size;
        return true;
}

/* RV_DAMAGED when the blob is not what its slot says. The head is read first, so that a wrong slot costs nothing. */
static int read_blob(struct reader *reader, const struct slot *slot, size_t *ret_size, struct rv_err *err)
{
        const uint64_t offset = (uint64_t)slot->first * BLOCK, whole = (uint64_t)slot->blocks * BLOCK;
        const uint8_t *tail;
        uint8_t head[BLOB_HEAD];
        uint64_t size;
        int r = rv_read(&reader->file, offset, head, sizeof head, NULL);

        reader->blob_size = 0;
        if (r)
                return r;
        size = rv_le32(head + 12);
        if (memcmp(head, "BlbS", 4) != 0 || rv_le32(head + 4) != slot->number || size > LARGEST_HEADER ||
            (BLOB_HEAD + size + BLOB_TAIL + BLOCK - 1) / BLOCK != slot->blocks || whole > reader->left ||
            offset + whole > reader->file.size)
                return RV_DAMAGED;
        if (!make_space(reader, (size_t)whole))
                return rv_fail_memory(err);
        reader->left -= whole;
        r = rv_read(&reader->file, offset, reader->blob, (size_t)whole, NULL);
        if (r)
                return r;
        reader->blob_size = (size_t)size;
        tail = reader->blob + whole - BLOB_TAIL;
        if (rv_le32(tail) != adler32(reader->blob, (size_t)whole - BLOB_TAIL) || rv_le32(tail + 4) != size ||
            memcmp(tail + 8, "BlbE", 4) != 0)
                return RV_DAMAGED;
        *ret_size = (size_t)size;
        return RV_OK;
}

/* --- the walk */
static int ndb_open(struct rv_rpmdb *db, struct rv_err *err)
{
        db->reader = calloc(1, sizeof(struct reader));
        return db->reader ? read_slots(db, err) : rv_fail_memory(err);
}

static void ndb_close(struct rv_rpmdb *db)
{
        struct reader *reader = db->reader;

        if (!reader)
                return;
        free(reader->name);
        free(reader->slots);
        free(reader->blob);
        free(reader);
}

static int choose(struct rv_rpmdb *db, int64_t only, const char *name, struct rv_err *err)
{
        struct reader *reader = db->reader;

        free(reader->name);
        reader->name = name ? strdup(name) : NULL;
        reader->at = 0;
        reader->chosen = true;
        reader->only = only;
        reader->left = reader->file.size;
        return name && !reader->name ? rv_fail_memory(err) : RV_OK;
}

static int ndb_all(struct rv_rpmdb *db, struct rv_err *err)
{
        return choose(db, 0, NULL, err);
}

/* Every header is looked at: rpm's index is a second file, with a state of its own. */
static int ndb_by_name(struct rv_rpmdb *db, const char *name, struct rv_err *err)
{
        return choose(db, 0, name, err);
}

static int ndb_by_number(struct rv_rpmdb *db, int64_t hnum, struct rv_err *err)
{
        return choose(db, hnum ? hnum : -1, NULL, err);
}

/* Of the last blob. One whose sum does not fit may still say it. */
static const char *own_name(const struct reader *reader)
{
        struct rv_rpm_header header;

        return reader->blob_size && rv_rpm_open(reader->blob + BLOB_HEAD, reader->blob_size, &header)
                       ? rv_rpm_text(&header, RV_TAG_NAME)
                       : NULL;
}

/* rpm's index is a second file, with a state of its own, and is not read. */
static const char *ndb_name(struct rv_rpmdb *db, int64_t hnum)
{
        (void)hnum;
        return own_name(db->reader);
}

static bool has_name(const struct reader *reader)
{
        const char *name = own_name(reader);

        return name && strcmp(name, reader->name) == 0;
}

static bool ndb_changed(struct rv_rpmdb *db)
{
        const struct reader *reader = db->reader;
        uint32_t generation, pages;

        if (!reader->slots)
                return false; /* never read, so nothing tells what it was */
        return read_head(db, &generation, &pages, NULL) != RV_OK || generation != reader->generation;
}

/* A blob that does not hold since somebody wrote may lie elsewhere now, or be gone: the walk goes on behind the number
 * before it, in the new slots. */
static bool caught_up(struct rv_rpmdb *db, uint32_t number)
{
        struct reader *reader = db->reader;

        if (!ndb_changed(db))
                return false;
        (void)rv_rpmdb_changed(db);
        if (reader->again++ >= TRIES || read_slots(db, NULL)) {
                reader->n_slots = 0; /* the sink knows that the list is cut */
                return true;
        }
        reader->left = reader->file.size;
        for (reader->at = 0; reader->at < reader->n_slots; reader->at++)
                if (reader->slots[reader->at].number >= number)
                        break;
        return true;
}

/* Destroyed slots may have named headers, which nothing can tell any more. */
static int end_of_rows(struct rv_rpmdb *db, struct rv_err *err)
{
        struct reader *reader = db->reader;

        reader->chosen = false;
        if (rv_rpmdb_changed(db) || !reader->n_lost)
                return RV_OK;
        if (reader->n_slots == 0)
                return whole_flaw(db, N_("%1: the package database is damaged: its table of headers is destroyed"),
                                  err);
        if (db->sink && !reader->told_lost)
                rv_warn(db->sink, RV_DAMAGED,
                        N_("%1: the package database's table of headers is damaged; packages may be missing"),
                        db->place.path, NULL);
        reader->told_lost = true;
        return RV_OK;
}

static int ndb_next(struct rv_rpmdb *db, struct rv_rpm_row *ret, struct rv_err *err)
{
        const struct rv_rpm_flaw unreadable = {
                RV_FAILED,
                N_("%1: the package database cannot be read: %3"),
                N_("%1: only the first %2 headers of the package database could be read: %3"),
                { strerror(EIO), NULL },
        };
        struct reader *reader = db->reader;
        const struct slot *slot;
        size_t size = 0;
        int r;

        while (reader->chosen && reader->at < reader->n_slots) {
                slot = &reader->slots[reader->at];
                if (reader->only && slot->number != reader->only) {
                        reader->at++;
                        continue;
                }
                r = read_blob(reader, slot, &size, err);
                if (r == RV_DAMAGED && caught_up(db, slot->number))
                        continue;
                if (r != RV_OK && r != RV_DAMAGED) {
                        reader->chosen = false;
                        return err && err->code ? r : rv_rpmdb_cut(db, &unreadable, err);
                }
                reader->at++;
                if (reader->name && !has_name(reader))
                        continue;
                *ret = (struct rv_rpm_row){ slot->number, r ? (const void *)"" : reader->blob + BLOB_HEAD,
                                            r ? 0 : size };
                return RV_OK;
        }
        return reader->chosen ? end_of_rows(db, err) : RV_OK;
}

const struct rv_rpm_kind rv_rpm_ndb = {
        .open = ndb_open,
        .close = ndb_close,
        .all = ndb_all,
        .by_name = ndb_by_name,
        .by_number = ndb_by_number,
        .next = ndb_next,
        .name = ndb_name,
        .changed = ndb_changed,
};
