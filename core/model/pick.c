/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows named by words. Plain words go into a hash table that each row is looked up in, so that thousands of keys from
 * standard input cost no more than one pass. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/glob.h"
#include "core/base/hash.h"
#include "core/model/query.h"
#include "core/model/rows.h"

enum { MISSING_NAMED = 10, LEAST_TAIL = 8 /* digits of a short key id */ };

struct word {
        const char *text;
        size_t size;
        uint32_t next; /* the next word with the same slot, one more than its index; 0: none */
        bool glob, by_key, found;
};

struct picker {
        const struct rv_snapshot *snapshot;
        struct word *words;
        size_t n;
        uint32_t *slots; /* one more than the index of a word; 0: none */
        size_t mask;
        bool *keep; /* by position in the row set */
        bool any_glob;
};

/* At most half of the slots are used, so chains stay short; equal words share one. */
static int prepare(struct picker *picker, const char *const *words, size_t n, size_t rows, struct rv_err *err)
{
        size_t slots = 16, i, slot;

        while (slots < n * 2)
                slots *= 2;
        picker->words = calloc(n, sizeof *picker->words);
        picker->slots = calloc(slots, sizeof *picker->slots);
        picker->keep = calloc(rows + 1, sizeof *picker->keep);
        if (!picker->words || !picker->slots || !picker->keep)
                return rv_fail_memory(err);
        picker->mask = slots - 1;
        picker->n = n;
        for (i = 0; i < n; i++) {
                picker->words[i] =
                        (struct word){ .text = words[i], .size = strlen(words[i]), .glob = rv_is_glob(words[i]) };
                picker->any_glob = picker->any_glob || picker->words[i].glob;
                slot = rv_hash(RV_HASH_START, words[i], picker->words[i].size) & picker->mask;
                picker->words[i].next = picker->slots[slot];
                picker->slots[slot] = (uint32_t)i + 1;
        }
        return RV_OK;
}

static void release(struct picker *picker)
{
        free(picker->words);
        free(picker->slots);
        free(picker->keep);
}

/* A word found among the keys means those rows and no others, even where a name is the same. */
static bool note(struct word *word, bool key)
{
        if (!key && word->by_key)
                return false;
        word->found = true;
        word->by_key = word->by_key || key;
        return true;
}

/* Whether a word names this text. All words are looked at: each must know that it was found. */
static bool named(struct picker *picker, const char *text, size_t n, bool key)
{
        size_t slot = rv_hash(RV_HASH_START, text, n) & picker->mask, i;
        struct word *word;
        bool hit = false;
        uint32_t at;

        for (at = picker->slots[slot]; at; at = picker->words[at - 1].next) {
                word = &picker->words[at - 1];
                if (word->size == n && memcmp(word->text, text, n) == 0 && note(word, key))
                        hit = true;
        }
        for (i = 0; picker->any_glob && i < picker->n; i++) {
                word = &picker->words[i];
                if (word->glob && rv_glob(word->text, text, n, false) && note(word, key))
                        hit = true;
        }
        return hit;
}

/* Null names nothing, not even for the glob *. */
static bool cell_named(struct picker *picker, size_t row, unsigned column, bool key)
{
        const char *text;
        char number[24];
        size_t n;

        text = rv_row_word(picker->snapshot, row, column, number, &n);
        return text && named(picker, text, n, key);
}

/* The form that administrators type for one of several architectures. */
static bool name_arch_named(struct picker *picker, size_t row, unsigned name, unsigned arch, struct rv_buf *joined)
{
        char number[24];
        const char *text;
        size_t n;

        rv_buf_clear(joined);
        text = rv_row_word(picker->snapshot, row, name, number, &n);
        if (!text)
                return false;
        rv_buf_add(joined, text, n);
        rv_buf_add_char(joined, '.');
        text = rv_row_word(picker->snapshot, row, arch, number, &n);
        if (!text)
                return false;
        rv_buf_add(joined, text, n);
        return named(picker, rv_buf_str(joined), joined->size, false);
}

/* A NEVRA that words may match is meant by its name and its name.arch as well: NAME-VERSION-RELEASE.ARCH. */
static bool nevra_named(struct picker *picker, size_t row, unsigned column, struct rv_buf *joined)
{
        char number[24];
        const char *text, *arch;
        size_t n, name, dashes;

        text = rv_row_word(picker->snapshot, row, column, number, &n);
        arch = text ? memrchr(text, '.', n) : NULL;
        if (!arch)
                return false;
        for (name = (size_t)(arch - text), dashes = 0; name > 0; name--)
                if (text[name - 1] == '-' && ++dashes == 2)
                        break;
        if (name < 2)
                return false;
        name--;
        rv_buf_clear(joined);
        rv_buf_add(joined, text, name);
        rv_buf_add(joined, arch, n - (size_t)(arch - text));
        /* Both are looked at: each word must know that it was found. */
        return (int)named(picker, text, name, false) | (int)named(picker, rv_buf_str(joined), joined->size, false);
}

/* Keys first and alone: only then is it known which words are left for the other columns. */
static void match_keys(struct picker *picker, const struct rv_rows *rows)
{
        unsigned key = rv_snapshot_key(picker->snapshot);
        size_t i;

        for (i = 0; i < rows->n; i++)
                picker->keep[i] = cell_named(picker, rows->at[i], key, true);
}

static void match_others(struct picker *picker, const struct rv_rows *rows)
{
        const struct rv_view *view = rv_snapshot_view(picker->snapshot);
        RV_BUF_CLEANUP struct rv_buf joined = { 0 };
        unsigned column, arch;
        size_t i;
        bool hit;

        for (arch = 0; arch < view->n_columns && !(view->columns[arch].flags & RV_ARCH); arch++)
                continue;
        for (column = 0; column < view->n_columns; column++)
                for (i = 0; view->columns[column].flags & RV_MATCH && i < rows->n; i++) {
                        /* All forms are looked at: each word must know that it was found. */
                        hit = cell_named(picker, rows->at[i], column, false);
                        if (view->columns[column].flags & RV_NEVRA)
                                hit |= nevra_named(picker, rows->at[i], column, &joined);
                        if (arch < view->n_columns)
                                hit |= name_arch_named(picker, rows->at[i], column, arch, &joined);
                        picker->keep[i] |= hit;
                }
}

/* Appends the digits of "0x0F09...", "0F09 ..." in capitals; false: it is something else, or too short to name a key.
 */
static bool hex_digits(const char *text, size_t n, struct rv_buf *out)
{
        size_t i = n > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;

        rv_buf_clear(out);
        for (; i < n; i++)
                if (isxdigit((unsigned char)text[i]))
                        rv_buf_add_char(out, (char)toupper((unsigned char)text[i]));
                else if (text[i] != ' ')
                        return false;
        return out->size >= LEAST_TAIL && !out->failed;
}

/* Keeps the rows with a cell of this column that ends in the word's digits. */
static void match_tail(struct picker *picker, const struct rv_rows *rows, struct word *word, unsigned column)
{
        RV_BUF_CLEANUP struct rv_buf tail = { 0 }, cell = { 0 };
        char number[24];
        const char *text;
        size_t i, n;

        if (!hex_digits(word->text, word->size, &tail))
                return;
        for (i = 0; i < rows->n; i++) {
                text = rv_row_word(picker->snapshot, rows->at[i], column, number, &n);
                if (!text || !hex_digits(text, n, &cell) || cell.size < tail.size ||
                    memcmp(rv_buf_str(&cell) + cell.size - tail.size, rv_buf_str(&tail), tail.size) != 0)
                        continue;
                word->found = true;
                picker->keep[i] = true;
        }
}

/* Only for words that nothing else answers to. */
static void match_tails(struct picker *picker, const struct rv_rows *rows)
{
        const struct rv_view *view = rv_snapshot_view(picker->snapshot);
        unsigned column;
        size_t i;

        for (i = 0; i < picker->n; i++)
                for (column = 0; column < view->n_columns && !picker->words[i].found; column++)
                        if (view->columns[column].flags & RV_TAIL)
                                match_tail(picker, rows, &picker->words[i], column);
}

/* The words behind `reeve` that list the view: findings are called status, and what the view needs is named. */
static void add_command(const struct rv_snapshot *snapshot, const struct rv_view *view, struct rv_buf *out)
{
        const char *plugin = rv_snapshot_plugin(snapshot);
        bool own = strcmp(plugin, "reeve") == 0;
        uint32_t i;

        if (!own)
                rv_buf_printf(out, "%s ", plugin);
        rv_buf_add_str(out, own && strcmp(view->id, "findings") == 0 ? "status" : view->id);
        for (i = 0; i < view->n_args; i++) {
                if (!(view->args[i].flags & RV_REQUIRED))
                        continue;
                rv_buf_add_char(out, ' ');
                rv_arg_word(&view->args[i], out);
        }
}

/* A row that is not among those that could be read. */
static int unsure(const struct rv_snapshot *snapshot, struct rv_err *err)
{
        const char *packed;
        size_t i, size;
        int code;

        for (i = 0; i < rv_snapshot_warnings(snapshot); i++) {
                code = rv_snapshot_warning(snapshot, i, &packed, &size);
                if (rv_code_hides(code))
                        return rv_fail_unsure(err, code, packed, size);
        }
        return err->code;
}

/* In the order of typing, as a reader would look for them. */
static size_t add_missing(const struct picker *picker, size_t most, struct rv_buf *out)
{
        size_t i, n = 0;

        for (i = 0; i < picker->n; i++) {
                if (picker->words[i].found || n++ >= most)
                        continue;
                rv_buf_add_str(out, n > 1 ? ", " : "");
                rv_buf_add(out, picker->words[i].text, picker->words[i].size);
        }
        rv_buf_add_str(out, most > 1 && n > most ? ", ..." : "");
        return n;
}

/* some: it is enough that one word was found; what is missing goes there. Else the first that is missing is named. */
static int check_found(const struct picker *picker, const struct rv_view *view, struct rv_err *some, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf command = { 0 }, words = { 0 };
        size_t n = add_missing(picker, some ? MISSING_NAMED : 1, &words);
        struct rv_err *to = some && n < picker->n ? some : err;
        int r;

        if (n == 0)
                return RV_OK;
        add_command(picker->snapshot, view ? view : rv_snapshot_view(picker->snapshot), &command);
        r = rv_fail(to, RV_NOTFOUND, N_("%1: there is no such row in %2"), N_("list the rows with: reeve %3"),
                    rv_buf_str(&words), rv_snapshot_view(picker->snapshot)->id, rv_buf_str(&command), NULL);
        r = to ? unsure(picker->snapshot, to) : r;
        return to == some && some ? RV_OK : r;
}

static int pick(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_view *view,
                const char *const *words, size_t n, struct rv_err *some, struct rv_err *err)
{
        struct picker picker = { .snapshot = snapshot };
        size_t i, kept = 0;
        int r;

        if (!n)
                return RV_OK;
        r = prepare(&picker, words, n, rows->n, err);
        if (!r) {
                match_keys(&picker, rows);
                match_others(&picker, rows);
                match_tails(&picker, rows);
                r = check_found(&picker, view, some, err);
        }
        if (!r) {
                for (i = 0; i < rows->n; i++)
                        if (picker.keep[i])
                                rows->at[kept++] = rows->at[i];
                rows->n = kept;
        }
        release(&picker);
        return r;
}

int rv_rows_pick(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_view *view,
                 const char *const *words, size_t n, struct rv_err *err)
{
        return pick(rows, snapshot, view, words, n, NULL, err);
}

int rv_rows_pick_some(struct rv_rows *rows, const struct rv_snapshot *snapshot, const struct rv_view *view,
                      const char *const *words, size_t n, struct rv_err *missing, struct rv_err *err)
{
        return pick(rows, snapshot, view, words, n, missing, err);
}
