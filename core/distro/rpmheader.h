/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One RPM header as it lies in the database, read in place: no copy, no foreign library, every offset checked.
 * Format: rpm's doc/manual/hregions and format_header: il, dl (big endian), il index entries of 16 bytes (tag, type,
 * offset, count), dl bytes of data; the first entry names the immutable region, whose bytes were signed.
 * Ownership: a header borrows the blob it was opened on, and what getters return points into that blob. */
#ifndef REEVE_DISTRO_RPMHEADER_H
#define REEVE_DISTRO_RPMHEADER_H

#include "core/base/buf.h"

/* The tags that are read (rpmtag.h has all of them with these numbers). */
enum rv_rpm_tag {
        RV_TAG_IMMUTABLE = 63,
        RV_TAG_PUBKEYS = 266,
        RV_TAG_DSAHEADER = 267,
        RV_TAG_RSAHEADER = 268,
        RV_TAG_SHA1HEADER = 269,
        RV_TAG_SHA256HEADER = 273,
        RV_TAG_OPENPGP = 278,
        RV_TAG_SHA3_256HEADER = 279,
        RV_TAG_NAME = 1000,
        RV_TAG_VERSION = 1001,
        RV_TAG_RELEASE = 1002,
        RV_TAG_EPOCH = 1003,
        RV_TAG_SUMMARY = 1004,
        RV_TAG_INSTALLTIME = 1008,
        RV_TAG_SIZE = 1009,
        RV_TAG_VENDOR = 1011,
        RV_TAG_LICENSE = 1014,
        RV_TAG_ARCH = 1022,
        RV_TAG_PREIN = 1023,
        RV_TAG_POSTIN = 1024,
        RV_TAG_PREUN = 1025,
        RV_TAG_POSTUN = 1026,
        RV_TAG_OLDFILENAMES = 1027,
        RV_TAG_FILESIZES = 1028,
        RV_TAG_FILESTATES = 1029,
        RV_TAG_FILEMODES = 1030,
        RV_TAG_FILEDIGESTS = 1035,
        RV_TAG_FILEFLAGS = 1037,
        RV_TAG_FILEUSERNAME = 1039,
        RV_TAG_FILEGROUPNAME = 1040,
        RV_TAG_SOURCERPM = 1044,
        RV_TAG_ARCHIVESIZE = 1046,
        RV_TAG_PROVIDENAME = 1047,
        RV_TAG_REQUIREFLAGS = 1048,
        RV_TAG_REQUIRENAME = 1049,
        RV_TAG_REQUIREVERSION = 1050,
        RV_TAG_CONFLICTFLAGS = 1053,
        RV_TAG_CONFLICTNAME = 1054,
        RV_TAG_CONFLICTVERSION = 1055,
        RV_TAG_VERIFYSCRIPT = 1079,
        RV_TAG_CHANGELOGTIME = 1080,
        RV_TAG_CHANGELOGNAME = 1081,
        RV_TAG_CHANGELOGTEXT = 1082,
        RV_TAG_PREINPROG = 1085,
        RV_TAG_POSTINPROG = 1086,
        RV_TAG_PREUNPROG = 1087,
        RV_TAG_POSTUNPROG = 1088,
        RV_TAG_OBSOLETENAME = 1090,
        RV_TAG_VERIFYSCRIPTPROG = 1091,
        RV_TAG_PREFIXES = 1098,
        RV_TAG_INSTPREFIXES = 1099,
        RV_TAG_PROVIDEFLAGS = 1112,
        RV_TAG_PROVIDEVERSION = 1113,
        RV_TAG_OBSOLETEFLAGS = 1114,
        RV_TAG_OBSOLETEVERSION = 1115,
        RV_TAG_DIRINDEXES = 1116,
        RV_TAG_BASENAMES = 1117,
        RV_TAG_DIRNAMES = 1118,
        RV_TAG_ORIGDIRINDEXES = 1119,
        RV_TAG_ORIGBASENAMES = 1120,
        RV_TAG_ORIGDIRNAMES = 1121,
        RV_TAG_INSTALLCOLOR = 1127,
        RV_TAG_INSTALLTID = 1128,
        RV_TAG_PRETRANS = 1151,
        RV_TAG_POSTTRANS = 1152,
        RV_TAG_PRETRANSPROG = 1153,
        RV_TAG_POSTTRANSPROG = 1154,
        RV_TAG_LONGFILESIZES = 5008,
        RV_TAG_LONGSIZE = 5009,
        RV_TAG_RECOMMENDNAME = 5046,
        RV_TAG_RECOMMENDVERSION = 5047,
        RV_TAG_RECOMMENDFLAGS = 5048,
        RV_TAG_SUGGESTNAME = 5049,
        RV_TAG_SUGGESTVERSION = 5050,
        RV_TAG_SUGGESTFLAGS = 5051,
        RV_TAG_SUPPLEMENTNAME = 5052,
        RV_TAG_SUPPLEMENTVERSION = 5053,
        RV_TAG_SUPPLEMENTFLAGS = 5054,
        RV_TAG_ENHANCENAME = 5055,
        RV_TAG_ENHANCEVERSION = 5056,
        RV_TAG_ENHANCEFLAGS = 5057,
        RV_TAG_FILESIGNATURES = 5090,
        RV_TAG_FILESIGNATURELENGTH = 5091,
        RV_TAG_PREUNTRANS = 5104,
        RV_TAG_POSTUNTRANS = 5105,
        RV_TAG_PREUNTRANSPROG = 5106,
        RV_TAG_POSTUNTRANSPROG = 5107
};

struct rv_rpm_header {
        const uint8_t *index, *data; /* inside the blob */
        uint32_t n_entries, data_size;
        uint32_t region_entries, region_size; /* the signed part: entries, bytes of data; 0: there is none */
        bool shadowed;                        /* an unsigned entry says what only a signed one may */
};

/* Checks the frame, the region and every index entry; false when it is damaged (cut, offsets outside, unknown types).
 * The limits are rpm's own: 65,535 entries, 256 MiB of data. */
bool rv_rpm_open(const void *blob, size_t size, struct rv_rpm_header *ret);
/* Whether there are fewer bytes than the frame says. */
bool rv_rpm_is_cut(const void *blob, size_t size);

/* Number of values of a tag, 0 when it is absent. An entry written at installation wins over a signed one, as in rpm.
 */
size_t rv_rpm_count(const struct rv_rpm_header *header, uint32_t tag);
/* The nth number of a tag (8 to 64 bits); false when there is none. */
bool rv_rpm_int(const struct rv_rpm_header *header, uint32_t tag, size_t nth, uint64_t *ret);
/* A text, or the first of several: of a translated one that is the C locale's. NULL when there is none. */
const char *rv_rpm_text(const struct rv_rpm_header *header, uint32_t tag);
/* The bytes of a binary tag; NULL when there are none. */
const uint8_t *rv_rpm_bytes(const struct rv_rpm_header *header, uint32_t tag, size_t *ret_size);

/* The texts of an array, one after the other. */
struct rv_rpm_texts {
        const char *at, *end;
        size_t left;
};
void rv_rpm_texts(const struct rv_rpm_header *header, uint32_t tag, struct rv_rpm_texts *ret);
/* The next one; NULL at the end, or where the array is cut short. */
const char *rv_rpm_next_text(struct rv_rpm_texts *texts);

/* Appends [E:]V-R, and NAME-[E:]V-R.ARCH; false (nothing appended) when a part of it is missing. */
bool rv_rpm_evr(const struct rv_rpm_header *header, struct rv_buf *out);
bool rv_rpm_nevra(const struct rv_rpm_header *header, struct rv_buf *out);
/* Whether this is a public key that rpm keeps as a header: no package. */
bool rv_rpm_is_key(const struct rv_rpm_header *header);

#endif
