/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking the installed packages of a root: what the plugins packages and signatures have in common. Keys are no
 * packages and are passed over; what is damaged, and a name that came before, is called by its number.
 * Ownership: a walk owns all it opened; key and header borrow until the next step. */
#ifndef REEVE_DISTRO_RPMWALK_H
#define REEVE_DISTRO_RPMWALK_H

#include "core/distro/rpm/rpm.h"

struct rv_walk {
        const struct rv_rpm_backend *rpm;
        const struct rv_rpmsig_backend *sig; /* NULL: verdicts were not asked for */
        struct rv_rpmdb *db;
        struct rv_rpm_ring *ring; /* like sig */
        struct rv_sink *sink;     /* borrowed */
        int64_t now;
        struct rv_rpm_row row;
        struct rv_rpm_header header;
        bool sound;         /* false: only row, key and name are set */
        bool told;          /* of damaged headers, here or by the caller: they are no warning too */
        struct rv_buf key;  /* NAME-[E:]V-R.ARCH, or #hnum */
        struct rv_buf name; /* of a damaged header: what the database still calls it; empty: nothing */
        size_t n_damaged;
        uint64_t *seen; /* hashes of the keys so far */
        size_t n_seen, seen_size;
};

/* Of the query's root. verdicts: open the ring of keys too. */
int rv_walk_open(const struct rv_query *query, struct rv_sink *sink, bool verdicts, struct rv_walk *ret,
                 struct rv_err *err) RV_CHECK;
void rv_walk_close(struct rv_walk *walk);
#define RV_WALK_CLEANUP __attribute__((cleanup(rv_walk_close)))

/* Steps to the next package; row.blob is NULL after the last one, and damaged ones have then been warned of. */
int rv_walk_next(struct rv_walk *walk, struct rv_err *err) RV_CHECK;
/* Steps to the package that a word names, also to a damaged one: full key, #hnum, name, or name.arch. RV_NOTFOUND;
 * RV_USAGE lists the keys when there are several. */
int rv_walk_find(struct rv_walk *walk, const char *word, struct rv_err *err) RV_CHECK;
/* The numbers of headers, in the order in which they were asked for, each once. */
struct rv_walk_numbers {
        int64_t *at; /* malloc'd */
        size_t n, room;
};
/* Adds all that a word names, which may also be a glob of keys, names or name.arch. RV_NOTFOUND. */
int rv_walk_find_all(struct rv_walk *walk, const char *word, struct rv_walk_numbers *numbers,
                     struct rv_err *err) RV_CHECK;
/* Steps to the package with this number, which must be there. */
int rv_walk_to(struct rv_walk *walk, int64_t hnum, struct rv_err *err) RV_CHECK;

/* Warns of the damaged headers stepped on since the last choice of rows; rv_walk_next() does it at the end. */
void rv_walk_warn_damaged(struct rv_walk *walk);

/* The name of the package at hand; NULL when a damaged one has none. */
const char *rv_walk_name(const struct rv_walk *walk);
/* The verdict on the package at hand; damaged without a header. */
void rv_walk_judge(struct rv_walk *walk, struct rv_rpm_verdict *ret);
/* Why that verdict is bad or damaged, in the order of the enum column; false: it is neither. */
enum rv_reason {
        RV_REASON_CHANGED,
        RV_REASON_LATE,
        RV_REASON_GONE,
        RV_REASON_CUT,
        RV_REASON_SHAPE,
        RV_REASON_NAMELESS
};
bool rv_walk_reason(const struct rv_walk *walk, const struct rv_rpm_verdict *verdict, enum rv_reason *ret);
/* The owner of a key without address and comment: "Azure Linux" of "Azure Linux (release) <a@example.org>". */
void rv_owner_name(const char *owner, struct rv_buf *out);

/* The values of the columns verdict, header, state and reason, in the order of the enums. */
extern const struct rv_enum rv_verdict_values[8], rv_header_values[3], rv_key_values[3], rv_reason_values[6];

#endif
