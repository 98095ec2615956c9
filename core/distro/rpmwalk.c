/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk over installed packages, finding one by name, and the names of verdicts. */
#include "core/distro/rpmwalk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/glob.h"
#include "core/base/hash.h"
#include "core/base/time.h"

const struct rv_enum rv_verdict_values[8] = {
        [RV_VERDICT_OK] = { "ok", N_("ok"), RV_GOOD, 0 },
        [RV_VERDICT_NOKEY] = { "nokey", N_("no key"), RV_WARN, 0 },
        [RV_VERDICT_UNSIGNED] = { "unsigned", N_("unsigned"), RV_INFO, 0 },
        [RV_VERDICT_BAD] = { "bad", N_("bad"), RV_BAD, 0 },
        [RV_VERDICT_EXPIRED] = { "expired", N_("expired"), RV_WARN, 0 },
        [RV_VERDICT_REVOKED] = { "revoked", N_("revoked"), RV_BAD, 0 },
        [RV_VERDICT_UNTRUSTED] = { "untrusted", N_("untrusted"), RV_BAD, 0 },
        [RV_VERDICT_DAMAGED] = { "damaged", N_("damaged"), RV_BAD, 0 },
};

const struct rv_enum rv_header_values[3] = {
        [RV_HEADER_OK] = { "ok", N_("ok"), RV_GOOD, 0 },
        [RV_HEADER_BAD] = { "bad", N_("bad"), RV_BAD, 0 },
        [RV_HEADER_NONE] = { "none", N_("none"), RV_MUTED, 0 },
};

const struct rv_enum rv_key_values[3] = {
        [RV_KEY_VALID] = { "valid", N_("valid"), RV_GOOD, 0 },
        [RV_KEY_EXPIRED] = { "expired", N_("expired"), RV_WARN, 0 },
        [RV_KEY_REVOKED] = { "revoked", N_("revoked"), RV_BAD, 0 },
};

const struct rv_enum rv_reason_values[6] = {
        [RV_REASON_CHANGED] = { "changed", N_("does not match its signature"), RV_BAD, 0 },
        [RV_REASON_LATE] = { "late", N_("signed after its key had expired"), RV_WARN, 0 },
        [RV_REASON_GONE] = { "gone", N_("its bytes are not all in the database"), RV_BAD, 0 },
        [RV_REASON_CUT] = { "cut", N_("shorter than it says"), RV_BAD, 0 },
        [RV_REASON_SHAPE] = { "shape", N_("not the bytes of a package header"), RV_BAD, 0 },
        [RV_REASON_NAMELESS] = { "nameless", N_("without a name, version or architecture"), RV_BAD, 0 },
};

static int open_ring(struct rv_walk *walk, struct rv_err *err)
{
        const void *backend;
        int r = rv_backend_open("rpmsig", RV_RPMSIG_WANTED, &backend, err);

        if (r)
                return r;
        walk->sig = backend;
        return walk->sig->ring(walk->rpm, walk->db, walk->now, &walk->ring, err);
}

/* The back end is opened at the first walk; a host without it has "unsupported", not a failed start. */
int rv_walk_open(const struct rv_query *query, struct rv_sink *sink, bool verdicts, struct rv_walk *ret,
                 struct rv_err *err)
{
        struct rv_walk walk = { .sink = sink, .now = rv_now() };
        const void *backend;
        int r = rv_backend_open("rpm", RV_RPM_WANTED, &backend, err);

        if (r)
                return r;
        walk.rpm = backend;
        r = walk.rpm->open(rv_root_fd(query), rv_option(query, "root"), sink, &walk.db, err);
        if (!r && verdicts)
                r = open_ring(&walk, err);
        if (!r)
                r = walk.rpm->all(walk.db, err);
        if (r) {
                rv_walk_close(&walk);
                return r;
        }
        *ret = walk;
        return RV_OK;
}

void rv_walk_close(struct rv_walk *walk)
{
        if (walk->sig)
                walk->sig->ring_free(walk->ring);
        if (walk->rpm)
                walk->rpm->close(walk->db);
        free(walk->seen);
        rv_buf_free(&walk->key);
        rv_buf_free(&walk->name);
        *walk = (struct rv_walk){ 0 };
}

/* Half full at most, a power of two. */
static bool grow_seen(struct rv_walk *walk)
{
        size_t size = walk->seen_size ? walk->seen_size * 2 : 1024, i, at;
        uint64_t *seen = calloc(size, sizeof *seen);

        if (!seen)
                return false;
        for (i = 0; i < walk->seen_size; i++) {
                if (!walk->seen[i])
                        continue;
                for (at = walk->seen[i] & (size - 1); seen[at]; at = (at + 1) & (size - 1))
                        ;
                seen[at] = walk->seen[i];
        }
        free(walk->seen);
        walk->seen = seen;
        walk->seen_size = size;
        return true;
}

/* Whether this key came before; it has from now on. */
static bool seen_before(struct rv_walk *walk, bool *ret)
{
        uint64_t hash = rv_hash(RV_HASH_START, rv_buf_str(&walk->key), walk->key.size) | 1;
        size_t at;

        if (2 * (walk->n_seen + 1) > walk->seen_size && !grow_seen(walk))
                return false;
        for (at = hash & (walk->seen_size - 1); walk->seen[at]; at = (at + 1) & (walk->seen_size - 1))
                if (walk->seen[at] == hash) {
                        *ret = true;
                        return true;
                }
        walk->seen[at] = hash;
        walk->n_seen++;
        *ret = false;
        return true;
}

/* A name alone, without version and architecture, is no key: that stays the number. */
static void name_damaged(struct rv_walk *walk)
{
        const char *name = walk->rpm->name(walk->db, walk->row.hnum);

        walk->n_damaged++;
        if (name)
                rv_buf_add_str(&walk->name, name);
}

/* The key of a row must be its only one, so the second header of the same name goes by its number. */
static int name_row(struct rv_walk *walk, struct rv_err *err)
{
        bool again = false;

        rv_buf_clear(&walk->key);
        rv_buf_clear(&walk->name);
        walk->sound =
                rv_rpm_open(walk->row.blob, walk->row.size, &walk->header) && rv_rpm_nevra(&walk->header, &walk->key);
        if (walk->sound && !seen_before(walk, &again))
                return rv_fail_memory(err);
        if (!walk->sound || again) {
                rv_buf_clear(&walk->key);
                rv_buf_printf(&walk->key, "#%lld", (long long)walk->row.hnum);
        }
        if (!walk->sound)
                name_damaged(walk);
        return walk->key.failed || walk->name.failed ? rv_fail_memory(err) : RV_OK;
}

void rv_walk_warn_damaged(struct rv_walk *walk)
{
        char n[24];

        if (!walk->n_damaged || !walk->sink || walk->told)
                return;
        (void)snprintf(n, sizeof n, "%zu", walk->n_damaged);
        rv_warn(walk->sink, RV_DAMAGED,
                NP_("%1 package header is damaged; it is listed by the name that the database still knows, or its "
                    "number",
                    "%1 package headers are damaged; they are listed by the names that the database still knows, or "
                    "their numbers"),
                n, NULL);
        walk->told = true;
}

int rv_walk_next(struct rv_walk *walk, struct rv_err *err)
{
        int r;

        for (;;) {
                r = walk->rpm->next(walk->db, &walk->row, err);
                if (r)
                        return r;
                if (!walk->row.blob) {
                        rv_walk_warn_damaged(walk);
                        return RV_OK;
                }
                r = name_row(walk, err);
                if (r || !walk->sound || !rv_rpm_is_key(&walk->header))
                        return r;
        }
}

/* --- finding by name */
enum { KEYS_SHOWN = 1000 }; /* bytes of keys that a message names */

struct match {
        struct rv_walk_numbers *numbers;
        size_t before; /* numbers of earlier words */
        size_t n;
        bool exact, glob;
        struct rv_buf keys; /* of all that match, for the message */
        struct rv_buf scratch;
};

static bool named(const struct rv_walk *walk, const char *word)
{
        const char *name = rv_walk_name(walk), *arch = walk->sound ? rv_rpm_text(&walk->header, RV_TAG_ARCH) : NULL;
        const size_t n = name ? strlen(name) : 0;

        if (n == 0 || strncmp(word, name, n) != 0)
                return false;
        return word[n] == '\0' || (word[n] == '.' && arch && strcmp(word + n + 1, arch) == 0);
}

static bool fits(const struct rv_walk *walk, const char *pattern, struct rv_buf *scratch)
{
        const char *name = rv_walk_name(walk), *arch = walk->sound ? rv_rpm_text(&walk->header, RV_TAG_ARCH) : NULL;

        if (rv_glob(pattern, rv_buf_str(&walk->key), walk->key.size, false) ||
            (name && rv_glob(pattern, name, strlen(name), false)))
                return true;
        rv_buf_clear(scratch);
        rv_buf_printf(scratch, "%s.%s", name ? name : "", arch ? arch : "");
        return arch && rv_glob(pattern, rv_buf_str(scratch), scratch->size, false);
}

/* What an earlier word named already is not added again. */
static int add_number(struct match *match, int64_t hnum, struct rv_err *err)
{
        struct rv_walk_numbers *numbers = match->numbers;
        int64_t *more;
        size_t i;

        match->n++;
        for (i = 0; i < match->before; i++)
                if (numbers->at[i] == hnum)
                        return RV_OK;
        if (numbers->n == numbers->room) {
                numbers->room = numbers->room ? numbers->room * 2 : 16;
                more = reallocarray(numbers->at, numbers->room, sizeof *more);
                if (!more)
                        return rv_fail_memory(err);
                numbers->at = more;
        }
        numbers->at[numbers->n++] = hnum;
        return RV_OK;
}

static void add_shown(struct match *match, const struct rv_buf *key)
{
        if (match->keys.size > KEYS_SHOWN)
                return;
        if (match->keys.size)
                rv_buf_add_char(&match->keys, ' ');
        rv_buf_add(&match->keys, rv_buf_str(key), key->size);
        if (match->keys.size > KEYS_SHOWN)
                rv_buf_add_str(&match->keys, " ...");
}

/* All that the word may mean among the rows chosen; the whole key ends the search, and is then the only one. */
static int collect(struct rv_walk *walk, const char *word, struct match *match, struct rv_err *err)
{
        int r;

        while (!(r = rv_walk_next(walk, err)) && walk->row.blob) {
                match->exact = strcmp(rv_buf_str(&walk->key), word) == 0;
                if (!match->exact && !(match->glob ? fits(walk, word, &match->scratch) : named(walk, word)))
                        continue;
                if (match->exact) {
                        match->n = 0;
                        match->numbers->n = match->before;
                }
                r = add_number(match, walk->row.hnum, err);
                if (r || match->exact)
                        break;
                add_shown(match, &walk->key);
        }
        return r;
}

/* Between two choices of rows: what one of them named is no duplicate in the next. */
static void forget_seen(struct rv_walk *walk)
{
        free(walk->seen);
        walk->seen = NULL;
        walk->n_seen = walk->seen_size = walk->n_damaged = 0;
}

/* One name out of the word: rpm's index knows names only, so the word is tried whole, without .ARCH, and without the
 * last two parts. */
static int collect_by_index(struct rv_walk *walk, const char *word, struct match *match, struct rv_err *err)
{
        char *name = strdup(word), *cut;
        unsigned i;
        int r = name ? RV_OK : rv_fail_memory(err);

        for (i = 0; !r && i < 3 && !match->n; i++) {
                cut = i == 0 ? NULL : strrchr(name, i == 1 ? '.' : '-');
                if (cut)
                        *cut = '\0';
                if (i == 2 && (cut = strrchr(name, '-')))
                        *cut = '\0';
                forget_seen(walk);
                r = walk->rpm->by_name(walk->db, name, err);
                if (!r)
                        r = collect(walk, word, match, err);
        }
        free(name);
        return r;
}

/* An index that is damaged, or lacks what the table has, hides nothing: then every header is looked at. */
static int collect_anyhow(struct rv_walk *walk, const char *word, struct match *match, struct rv_err *err)
{
        int r = match->glob ? RV_OK : collect_by_index(walk, word, match, err);

        if ((r && r != RV_DAMAGED) || match->n)
                return r;
        if (err)
                rv_err_clear(err);
        forget_seen(walk);
        r = walk->rpm->all(walk->db, err);
        return r ? r : collect(walk, word, match, err);
}

static int collect_number(struct rv_walk *walk, const char *word, struct match *match, struct rv_err *err)
{
        char *end;
        long long hnum = strtoll(word + 1, &end, 10);
        int r = walk->rpm->by_number(walk->db, *end ? -1 : hnum, err);

        if (!r)
                r = rv_walk_next(walk, err);
        if (r || !walk->row.blob)
                return r;
        match->exact = true;
        return add_number(match, walk->row.hnum, err);
}

/* Where the numbers end up is *match; its texts are the caller's to free. */
static int search(struct rv_walk *walk, const char *word, struct match *match, struct rv_err *err)
{
        int r = *word == '#' && !match->glob ? collect_number(walk, word, match, err)
                                             : collect_anyhow(walk, word, match, err);

        forget_seen(walk);
        if (!r && match->scratch.failed)
                r = rv_fail_memory(err);
        if (!r && match->n == 0)
                r = rv_fail(err, RV_NOTFOUND, N_("no package %1 is installed"), N_("see: reeve packages installed"),
                            word, NULL);
        return r;
}

int rv_walk_find_all(struct rv_walk *walk, const char *word, struct rv_walk_numbers *numbers, struct rv_err *err)
{
        struct match match = { .numbers = numbers, .before = numbers->n, .glob = rv_is_glob(word) };
        int r = search(walk, word, &match, err);

        rv_buf_free(&match.keys);
        rv_buf_free(&match.scratch);
        return r;
}

int rv_walk_to(struct rv_walk *walk, int64_t hnum, struct rv_err *err)
{
        int r = walk->rpm->by_number(walk->db, hnum, err);

        if (!r)
                r = rv_walk_next(walk, err);
        if (!r && !walk->row.blob)
                r = rv_fail(err, RV_LOCKED, N_("a package is gone since the package database was read"),
                            N_("try again when nobody changes it"), NULL);
        return r;
}

/* A row of the result is read anew, for the search went past it. */
int rv_walk_find(struct rv_walk *walk, const char *word, struct rv_err *err)
{
        struct rv_walk_numbers numbers = { 0 };
        struct match match = { .numbers = &numbers };
        int r = search(walk, word, &match, err);

        if (!r && match.n > 1)
                r = rv_fail(err, RV_USAGE, N_("%1 names several packages"), N_("name one of them: %2"), word,
                            rv_buf_str(&match.keys), NULL);
        if (!r)
                r = rv_walk_to(walk, numbers.at[0], err);
        free(numbers.at);
        rv_buf_free(&match.keys);
        rv_buf_free(&match.scratch);
        return r;
}

const char *rv_walk_name(const struct rv_walk *walk)
{
        if (walk->sound)
                return rv_rpm_text(&walk->header, RV_TAG_NAME);
        return walk->name.size ? rv_buf_str(&walk->name) : NULL;
}

void rv_walk_judge(struct rv_walk *walk, struct rv_rpm_verdict *ret)
{
        *ret = (struct rv_rpm_verdict){ .verdict = RV_VERDICT_DAMAGED, .header = RV_HEADER_BAD };
        if (walk->sound && walk->ring)
                walk->sig->judge(walk->ring, &walk->header, ret);
}

bool rv_walk_reason(const struct rv_walk *walk, const struct rv_rpm_verdict *verdict, enum rv_reason *ret)
{
        struct rv_rpm_header header;

        if (verdict->verdict == RV_VERDICT_BAD)
                *ret = verdict->late ? RV_REASON_LATE : RV_REASON_CHANGED;
        else if (verdict->verdict != RV_VERDICT_DAMAGED)
                return false;
        else if (walk->row.size == 0)
                *ret = RV_REASON_GONE;
        else if (rv_rpm_is_cut(walk->row.blob, walk->row.size))
                *ret = RV_REASON_CUT;
        else
                *ret = rv_rpm_open(walk->row.blob, walk->row.size, &header) ? RV_REASON_NAMELESS : RV_REASON_SHAPE;
        return true;
}

/* An id that is an address only stays as it is. */
void rv_owner_name(const char *owner, struct rv_buf *out)
{
        size_t n = strcspn(owner, "<(");

        while (n > 0 && owner[n - 1] == ' ')
                n--;
        if (n)
                rv_buf_add(out, owner, n);
        else
                rv_buf_add_str(out, owner);
}
