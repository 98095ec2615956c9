/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a header in place. Opening it checks all that can be checked without walking the data; texts are checked when
 * they are asked for, since most of a header never is. */
#include "core/distro/rpmheader.h"

#include <string.h>

#include "core/distro/reader.h"

enum { PREAMBLE = 8, ENTRY = 16, MAX_ENTRIES = 0xffff, LAST_TAG = RV_TAG_POSTUNTRANSPROG, MAX_DATA = 256 << 20 };

enum type { T_NULL, T_CHAR, T_INT8, T_INT16, T_INT32, T_INT64, T_STRING, T_BIN, T_STRING_ARRAY, T_I18NSTRING, T_COUNT };

struct entry {
        uint32_t tag, type, offset, count;
};

static struct entry entry_at(const uint8_t *p)
{
        return (struct entry){ rv_be32(p), rv_be32(p + 4), rv_be32(p + 8), rv_be32(p + 12) };
}

/* Bytes of one value, which is also what its offset is a multiple of; texts count as at least one byte each. */
static uint32_t type_size(uint32_t type)
{
        static const uint8_t sizes[T_COUNT] = { 1, 1, 1, 2, 4, 8, 1, 1, 1, 1 };

        return sizes[type];
}

/* Whether all its values lie inside the data. Texts take at least a byte each; where they really end is found when
 * they are read. */
static bool entry_sound(const struct entry *e, uint32_t data_size)
{
        uint32_t size;

        if (e->type >= T_COUNT || e->count == 0)
                return false;
        size = type_size(e->type);
        return e->offset <= data_size && e->offset % size == 0 && e->count <= (data_size - e->offset) / size;
}

/* The region's trailer repeats its entry, with minus the size of the region's index as offset. */
static bool read_region(struct rv_rpm_header *header)
{
        struct entry first, trailer;
        int32_t back;

        if (header->n_entries == 0)
                return false;
        first = entry_at(header->index);
        if (first.tag != RV_TAG_IMMUTABLE)
                return true; /* made before rpm 4: nothing in it was ever signed this way */
        if (first.type != T_BIN || first.count != ENTRY || first.offset > header->data_size ||
            header->data_size - first.offset < ENTRY)
                return false;
        trailer = entry_at(header->data + first.offset);
        back = (int32_t)trailer.offset;
        if (trailer.tag != RV_TAG_IMMUTABLE || trailer.type != T_BIN || trailer.count != ENTRY || back >= 0 ||
            back < -(int32_t)(header->n_entries * ENTRY) || back % ENTRY != 0)
                return false;
        header->region_entries = (uint32_t)-back / ENTRY;
        header->region_size = first.offset + ENTRY;
        return true;
}

/* Tags that rpm itself adds when it installs: time, colour, transaction, states, relocation, and what the
 * package's signature header held: size of the archive, signatures of files. */
static bool is_added(const struct rv_rpm_header *header, uint32_t tag)
{
        static const uint32_t added[] = { RV_TAG_INSTALLTIME,    RV_TAG_FILESTATES,         RV_TAG_ARCHIVESIZE,
                                          RV_TAG_INSTPREFIXES,   RV_TAG_ORIGDIRINDEXES,     RV_TAG_ORIGBASENAMES,
                                          RV_TAG_ORIGDIRNAMES,   RV_TAG_INSTALLCOLOR,       RV_TAG_INSTALLTID,
                                          RV_TAG_FILESIGNATURES, RV_TAG_FILESIGNATURELENGTH };
        uint32_t i;

        for (i = 0; i < sizeof added / sizeof *added; i++)
                if (tag == added[i])
                        return true;
        if (tag < RV_TAG_DIRINDEXES || tag > RV_TAG_DIRNAMES)
                return false;
        /* The paths move with a package that is relocatable as it was signed. */
        for (i = 0; i < header->region_entries; i++)
                if (entry_at(header->index + (size_t)i * ENTRY).tag == RV_TAG_PREFIXES)
                        return true;
        return false;
}

/* Whether any other entry from outside the region says something of the package (those below NAME
 * are of signatures): it would put words, or a scriptlet, into the signer's mouth. */
static bool has_unsigned(const struct rv_rpm_header *header)
{
        uint32_t i, tag;

        for (i = header->region_entries; header->region_entries && i < header->n_entries; i++) {
                tag = entry_at(header->index + (size_t)i * ENTRY).tag;
                if (tag >= RV_TAG_NAME && tag <= LAST_TAG && !is_added(header, tag))
                        return true;
        }
        return false;
}

/* Not a byte more or less than the sizes say, as rpm has it. */
bool rv_rpm_open(const void *blob, size_t size, struct rv_rpm_header *ret)
{
        struct rv_rpm_header header = { 0 };
        uint32_t i;

        if (size < PREAMBLE)
                return false;
        header.n_entries = rv_be32(blob);
        header.data_size = rv_be32((const uint8_t *)blob + 4);
        if (header.n_entries > MAX_ENTRIES || header.data_size > MAX_DATA ||
            size - PREAMBLE != (size_t)header.n_entries * ENTRY + header.data_size)
                return false;
        header.index = (const uint8_t *)blob + PREAMBLE;
        header.data = header.index + (size_t)header.n_entries * ENTRY;
        if (!read_region(&header))
                return false;
        for (i = 0; i < header.n_entries; i++) {
                struct entry e = entry_at(header.index + (size_t)i * ENTRY);

                /* What was signed must not reach into what was added at installation. */
                if (!entry_sound(&e, i < header.region_entries ? header.region_size : header.data_size))
                        return false;
        }
        header.shadowed = has_unsigned(&header);
        *ret = header;
        return true;
}

bool rv_rpm_is_cut(const void *blob, size_t size)
{
        uint32_t n_entries, data_size;

        if (size < PREAMBLE)
                return true;
        n_entries = rv_be32(blob);
        data_size = rv_be32((const uint8_t *)blob + 4);
        return n_entries <= MAX_ENTRIES && data_size <= MAX_DATA &&
               size - PREAMBLE < (size_t)n_entries * ENTRY + data_size;
}

/* Linear, since a header has about 80 entries and most views want a dozen of them. */
static bool find(const struct rv_rpm_header *header, uint32_t tag, struct entry *ret)
{
        uint8_t wanted[4] = { (uint8_t)(tag >> 24), (uint8_t)(tag >> 16), (uint8_t)(tag >> 8), (uint8_t)tag };
        uint32_t i = header->n_entries;

        while (i-- > 0) { /* backwards: entries added at installation come last and win */
                const uint8_t *at = header->index + (size_t)i * ENTRY;

                if (memcmp(at, wanted, sizeof wanted) == 0) {
                        *ret = entry_at(at);
                        return true;
                }
        }
        return false;
}

size_t rv_rpm_count(const struct rv_rpm_header *header, uint32_t tag)
{
        struct entry e;

        return find(header, tag, &e) ? e.count : 0;
}

/* Nothing is aligned for the machine: the blob starts where sqlite put it. */
bool rv_rpm_int(const struct rv_rpm_header *header, uint32_t tag, size_t nth, uint64_t *ret)
{
        struct entry e;
        const uint8_t *at;
        uint64_t value = 0;
        uint32_t i, size;

        if (!find(header, tag, &e) || e.type < T_CHAR || e.type > T_INT64 || nth >= e.count)
                return false;
        size = type_size(e.type);
        at = header->data + e.offset + nth * size;
        for (i = 0; i < size; i++)
                value = value << 8 | at[i];
        *ret = value;
        return true;
}

void rv_rpm_texts(const struct rv_rpm_header *header, uint32_t tag, struct rv_rpm_texts *ret)
{
        struct entry e;

        *ret = (struct rv_rpm_texts){ 0 };
        if (!find(header, tag, &e) || (e.type != T_STRING && e.type != T_STRING_ARRAY && e.type != T_I18NSTRING))
                return;
        ret->at = (const char *)header->data + e.offset;
        ret->end = (const char *)header->data + header->data_size;
        ret->left = e.type == T_STRING ? 1 : e.count;
}

/* Each text must end inside the data; the one that does not ends the array. */
const char *rv_rpm_next_text(struct rv_rpm_texts *texts)
{
        const char *text = texts->at, *nul;

        if (texts->left == 0 || texts->at >= texts->end)
                return NULL;
        nul = memchr(text, '\0', (size_t)(texts->end - text));
        if (!nul) {
                texts->left = 0;
                return NULL;
        }
        texts->at = nul + 1;
        texts->left--;
        return text;
}

/* The C locale's translation comes first in a header: rpmbuild writes it so. */
const char *rv_rpm_text(const struct rv_rpm_header *header, uint32_t tag)
{
        struct rv_rpm_texts texts;

        rv_rpm_texts(header, tag, &texts);
        return rv_rpm_next_text(&texts);
}

const uint8_t *rv_rpm_bytes(const struct rv_rpm_header *header, uint32_t tag, size_t *ret_size)
{
        struct entry e;

        if (!find(header, tag, &e) || e.type != T_BIN)
                return NULL;
        *ret_size = e.count;
        return header->data + e.offset;
}

/* An epoch of 0 that is written down is shown, as rpm does: it is part of the key. */
bool rv_rpm_evr(const struct rv_rpm_header *header, struct rv_buf *out)
{
        const char *version = rv_rpm_text(header, RV_TAG_VERSION), *release = rv_rpm_text(header, RV_TAG_RELEASE);
        uint64_t epoch;

        if (!version || !release)
                return false;
        if (rv_rpm_int(header, RV_TAG_EPOCH, 0, &epoch))
                rv_buf_printf(out, "%u:", (unsigned)epoch);
        rv_buf_add_str(out, version);
        rv_buf_add_char(out, '-');
        rv_buf_add_str(out, release);
        return true;
}

/* The epoch stands before the version, as in rpm's own %{NEVRA}. */
bool rv_rpm_nevra(const struct rv_rpm_header *header, struct rv_buf *out)
{
        const char *name = rv_rpm_text(header, RV_TAG_NAME), *arch = rv_rpm_text(header, RV_TAG_ARCH);
        size_t start = out->size;

        if (!name)
                return false;
        rv_buf_add_str(out, name);
        rv_buf_add_char(out, '-');
        if (!rv_rpm_evr(header, out)) {
                rv_buf_truncate(out, start);
                return false;
        }
        if (arch) { /* a key has none */
                rv_buf_add_char(out, '.');
                rv_buf_add_str(out, arch);
        }
        return true;
}

bool rv_rpm_is_key(const struct rv_rpm_header *header)
{
        const char *name = rv_rpm_text(header, RV_TAG_NAME);

        return name && strcmp(name, "gpg-pubkey") == 0;
}
