/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Translating through gettext, one domain for each plugin, and shaping text to cells. Without rv_text_setup() nothing
 * of the locale is loaded, which is what batch output for programs relies on. */
#include "tui/present/text.h"

#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/message.h"
#include "core/base/utf8.h"

enum { PLURAL_MARK = '\004' };

bool rv_text_setup(const char *locale_directory)
{
        const char *language;

        /* Only texts follow the locale: numbers, dates and the order of rows are the same everywhere. */
        if (!setlocale(LC_CTYPE, "") || !setlocale(LC_MESSAGES, ""))
                setlocale(LC_ALL, "C");
        /* Nobody translates into C.UTF-8, but gettext would look for it with each text. */
        language = setlocale(LC_MESSAGES, NULL);
        if (language && strncmp(language, "C.", 2) == 0 && !getenv("LANGUAGE"))
                setlocale(LC_MESSAGES, "C");
        bindtextdomain(RV_DOMAIN, locale_directory);
        bind_textdomain_codeset(RV_DOMAIN, "UTF-8");
        return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* A plugin's catalogue lies where ours does; binding again is what gettext allows. */
static const char *bound(const char *domain)
{
        const char *directory;

        if (!domain || strcmp(domain, RV_DOMAIN) == 0)
                return RV_DOMAIN;
        directory = bindtextdomain(RV_DOMAIN, NULL);
        if (directory && !bindtextdomain(domain, NULL))
                bindtextdomain(domain, directory);
        bind_textdomain_codeset(domain, "UTF-8");
        return domain;
}

const char *rv_tr(const char *domain, const char *msgid)
{
        if (!msgid || !*msgid)
                return msgid;
        return dgettext(bound(domain), msgid);
}

/* Splits "singular\004plural" and lets the language choose; NULL when there is no memory. */
static char *translate_plural(const char *domain, const char *msgid, const char *mark, unsigned long n)
{
        char *singular = strndup(msgid, (size_t)(mark - msgid)), *text = NULL;

        if (singular)
                text = strdup(dngettext(bound(domain), singular, mark + 1, n));
        free(singular);
        return text;
}

/* Arguments come from packages and files: they are made safe before they meet our words, which need no cleaning. */
void rv_tr_message(const struct rv_message *message, struct rv_buf *out)
{
        RV_BUF_CLEANUP struct rv_buf args = { 0 };
        struct rv_message clean = { .domain = message->domain, .msgid = message->msgid, .n_args = message->n_args };
        const char *mark = strchr(message->msgid, PLURAL_MARK);
        char *plural;
        size_t at[RV_MESSAGE_ARGS];
        unsigned i;

        for (i = 0; i < message->n_args; i++) {
                at[i] = args.size;
                rv_sanitize(message->args[i], strlen(message->args[i]), &args);
                rv_buf_add(&args, "", 1);
        }
        for (i = 0; i < message->n_args; i++)
                clean.args[i] = args.failed ? "" : args.data + at[i];
        if (!mark) {
                rv_message_expand(&clean, rv_tr(message->domain, message->msgid), out);
                return;
        }
        plural = translate_plural(message->domain, message->msgid, mark, rv_message_count(message));
        rv_message_expand(&clean, plural ? plural : mark + 1, out);
        free(plural);
}

void rv_tr_packed(const char *packed, size_t size, struct rv_buf *out)
{
        struct rv_message message;

        if (rv_message_unpack(packed, size, &message))
                rv_tr_message(&message, out);
}

static void add_error_line(const char *before, const struct rv_buf *packed, struct rv_buf *out)
{
        rv_buf_add_str(out, before);
        rv_tr_packed(rv_buf_str(packed), packed->size, out);
        rv_buf_add_char(out, '\n');
}

void rv_tr_error(const struct rv_err *err, struct rv_buf *out)
{
        const struct rv_err *cause;

        add_error_line("reeve: ", &err->message, out);
        for (cause = err->cause; cause; cause = cause->cause)
                add_error_line("  ", &cause->message, out);
        if (err->hint.size)
                add_error_line("  -> ", &err->hint, out);
}

void rv_tr_format(struct rv_buf *out, const char *msgid, ...)
{
        RV_BUF_CLEANUP struct rv_buf packed = { 0 };
        va_list args;

        va_start(args, msgid);
        rv_message_pack(&packed, RV_DOMAIN, msgid, args);
        va_end(args);
        rv_tr_packed(rv_buf_str(&packed), packed.size, out);
}

/* Capitals of the alphabets that catalogues are written in; towupper() would need the user's locale. */
static uint32_t upper(uint32_t c)
{
        if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7) ||
            (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) || (c >= 0x430 && c <= 0x44f))
                return c - 0x20;
        if (c >= 0x450 && c <= 0x45f)
                return c - 0x50;
        if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177))
                return c & ~1u;
        return c;
}

void rv_text_upper(const char *s, struct rv_buf *out)
{
        size_t n = strlen(s), step;
        char bytes[4];
        uint32_t c;

        for (; n; s += step, n -= step) {
                step = rv_utf8_decode(s, n, &c);
                if (step == 0) {
                        rv_buf_add_char(out, '?');
                        step = 1;
                } else if (c == 0xdf) { /* a sharp s has no capital that everybody reads */
                        rv_buf_add_str(out, "SS");
                } else {
                        rv_buf_add(out, bytes, rv_utf8_encode(upper(c), bytes));
                }
        }
}

/* Where a line of at most `fit` bytes best ends: behind its last blank, unless the line would be empty. */
static size_t break_at(const char *s, size_t fit)
{
        size_t i;

        for (i = fit; i > 0; i--)
                if (s[i - 1] == ' ')
                        return i;
        return fit;
}

/* Where the line ends, n for one without a newline. One that surely does not fit is not looked through to its end, or
 * cutting a long one into pieces would look at all the rest of it for each; a place in it serves. */
static size_t line_end(const char *s, size_t n, unsigned width)
{
        const size_t near =
                ((size_t)width + 2) * sizeof(uint32_t); /* more than fits, unless much of it takes no cell */
        const char *newline = memchr(s, '\n', n < near ? n : near);
        size_t cells;

        if (!newline && n > near) {
                if (rv_text_fit(s, near, width, &cells) + sizeof(uint32_t) <= near)
                        return near;
                newline = memchr(s + near, '\n', n - near);
        }
        return newline ? (size_t)(newline - s) : n;
}

/* Progress is certain: at least one character a line, however narrow. */
size_t rv_text_wrap(const char *s, size_t n, unsigned width, size_t *ret_next)
{
        size_t line = line_end(s, n, width), cells, fit, end;
        uint32_t c;

        fit = rv_text_fit(s, line, width, &cells);
        if (fit >= line) {
                *ret_next = line < n ? line + 1 : line;
                return line;
        }
        if (fit == 0) {
                fit = rv_utf8_decode(s, line, &c);
                *ret_next = fit ? fit : 1;
                return *ret_next;
        }
        end = s[fit] == ' ' ? fit : break_at(s, fit);
        *ret_next = s[end] == ' ' ? end + 1 : end;
        while (end > 0 && s[end - 1] == ' ')
                end--;
        return end;
}

static void add_blanks(struct rv_buf *out, size_t n)
{
        char *at = rv_buf_reserve(out, n);

        if (!at)
                return;
        memset(at, ' ', n);
        at[n] = '\0';
        out->size += n;
}

void rv_text_put(const char *s, size_t n, unsigned blanks, bool right, struct rv_buf *out)
{
        if (right)
                add_blanks(out, blanks);
        rv_buf_add(out, s, n);
        if (!right)
                add_blanks(out, blanks);
}

/* A wide character that does not fit leaves a blank, so that columns stay in line. */
void rv_text_pad(const char *s, size_t n, unsigned width, bool right, struct rv_buf *out)
{
        size_t cells, fit = rv_text_fit(s, n, width, &cells);

        if (fit >= n) {
                rv_text_put(s, n, width - (unsigned)cells, right, out);
                return;
        }
        if (width > 0)
                fit = rv_text_fit(s, n, width - 1, &cells);
        rv_buf_add(out, s, fit);
        if (width > 0) {
                rv_buf_add_char(out, '~');
                cells++;
        }
        add_blanks(out, width - cells);
}

/* In place: the text only becomes shorter. */
void rv_text_ascii(struct rv_buf *text)
{
        size_t from = 0, to = 0;

        if (!text->data)
                return;
        for (; from < text->size; from++) {
                if ((unsigned char)text->data[from] < 0x80)
                        text->data[to++] = text->data[from];
                else if (((unsigned char)text->data[from] & 0xc0) != 0x80)
                        text->data[to++] = '?';
        }
        rv_buf_truncate(text, to);
}
