/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the screen and how they meet: tabs hold frames, a frame holds the views of one thing as pages, a page
 * draws itself and answers to acts.
 * Ownership: the ui owns all tabs, frames and pages; a page owns what it loaded. One thread touches any of it. */
#ifndef REEVE_TUI_CURSES_UI_H
#define REEVE_TUI_CURSES_UI_H

#include <pthread.h>

#include "tui/curses/draw.h"
#include "tui/curses/keys.h"
#include "tui/present/settings.h"
#include "tui/present/show.h"

struct rv_command;
struct rv_host;
struct rv_lanes;
struct rv_loop;
struct rv_plugin;
struct rv_snapshot;
struct rv_ui_options;
struct ui;
struct page;
struct load;

/* What a page shows: a view with its words; row is the key of one row of it, NULL for all. Texts are its own. */
struct place {
        char *plugin, *view, *word, *row;
};
struct place place_of(const char *plugin, const char *view, const char *word, const char *row);
void place_free(struct place *place);

/* A kind of page. What is NULL a page does not do. */
struct page_kind {
        void (*free)(struct page *page);
        void (*draw)(struct page *page, const struct area *area);
        bool (*act)(struct page *page, enum act act);
        uint64_t (*can)(const struct page *page); /* acts that do something now; decides the key line */
        void (*status)(struct page *page, struct rv_buf *left, struct rv_buf *right);
        /* "/" was typed: text so far, at each key; final when Enter ended it. False: it is wrong, which
         * was said, and the one before stays in force. */
        bool (*find)(struct page *page, const char *text, bool final);
        const char *(*finding)(const struct page *page); /* the filter or search in force, "" for none */
        void (*command)(const struct page *page, struct rv_buf *out);
        /* What all of it has in common, in at most so many cells, for the right end of the line of the views. */
        void (*about)(const struct page *page, int room, struct rv_buf *out);
        bool (*bare)(const struct page *page); /* it shows nothing until something is loaded */
        /* It is looked at once more: loads what it shows, which stays on the screen until that has come. */
        void (*again)(struct page *page);
};

struct page {
        const struct page_kind *kind;
        struct ui *ui;
        unsigned loading;       /* loads under way */
        bool slow, seen;        /* one of them takes long, which is marked on the screen; it was painted */
        bool quiet;             /* what they load is on the screen already: only a slow one is told of */
        int cursor_y, cursor_x; /* where drawing left the terminal's cursor */
};

/* One of the views of a frame; its page is made when it is first looked at. */
struct entry {
        const char *title; /* translated; lives as long as the plugin */
        struct place place;
        struct page *(*make)(struct ui *ui, const struct place *place);
        struct page *page;
};

struct frame {
        struct frame *below;
        char *title; /* sanitised: a part of the path at the top */
        struct entry *entries;
        size_t n, at;
};

struct tab {
        const char *id; /* plugin; "" is the Overview */
        const char *title;
        struct frame *top; /* NULL until it is looked at */
};

struct prompt {
        bool open;
        char sign;            /* '/' or ':' */
        struct rv_buf text;   /* UTF-8 */
        size_t at;            /* byte offset of the cursor */
        struct rv_buf before; /* what the filter was */
        struct rv_buf history[16];
        unsigned n_history, recall;
};

struct menu_item {
        char *text;
        bool marked;
};
struct menu {
        bool open, marks; /* marks: Space toggles */
        char *title;
        struct menu_item *items;
        size_t n, at, top;
        void (*chosen)(struct menu *menu, void *user); /* Enter; not called when it is left */
        void *user;
};

struct ui {
        struct rv_host *host;
        const struct rv_ui_options *options;
        struct tty term;
        struct rv_look look;
        struct rv_loop *loop;
        struct rv_lanes *lanes;
        pthread_rwlock_t plugins; /* held for reading by loads of one plugin, for writing by joined ones */
        struct load *loads;
        struct tab *tabs;
        size_t n_tabs, tab;
        const struct page *shown; /* painted last; only to tell another one from it */
        struct prompt prompt;
        struct menu menu;
        struct rv_buf note; /* one line for the reader, until the next key */
        enum style note_style;
        struct rv_buf host_name;
        struct rv_buf kept; /* names of the files of selections that were shown, each ended by NUL */
        int64_t painted_at; /* ms */
        int64_t await;      /* ms; until then what a key asked for may come in time for its picture; 0: nothing may */
        unsigned timer;     /* of the next paint; 0: none is due */
        bool again, quit, gone;
};

/* What comes within so many ms needs no word that it is awaited. */
enum { UI_AWAIT_MS = 200 };
/* What stands in the place of rows that are loading: nothing at first. */
const char *page_loading(const struct page *page);
/* Whether what it shows is not all, or may not be so: something loads that is not merely looked at once more. */
bool page_awaits(const struct page *page);

/* ui.c */
/* Something changed that no key asked for: paint it soon, but not more often than the line bears. */
void ui_touch(struct ui *ui);
/* A line for the reader; borrowed until it returns. */
void ui_note(struct ui *ui, enum style style, const char *text);
void ui_note_error(struct ui *ui, const struct rv_err *err);
/* Says "reeve WORDS" with what makes it mean the system that is shown, behind lead; on the status line where it fits.
 * command is what the words were read as: what it names itself is not named again; NULL: they name nothing. */
void ui_say_command(struct ui *ui, const char *lead, const char *words, const struct rv_command *command);

/* frames.c */
struct page *ui_page(struct ui *ui); /* the one on top; NULL when there is no memory */
struct frame *ui_frame(struct ui *ui);
int ui_tabs_make(struct ui *ui, struct rv_err *err) RV_CHECK;
void ui_tabs_free(struct ui *ui);
void ui_go_tab(struct ui *ui, size_t tab);
/* What a list further down the path has loaded of this place: a new reference, or NULL. */
struct rv_snapshot *ui_loaded(struct ui *ui, const struct place *place);
/* Puts a frame for one row of a view on top: its record first, then the views that take its key. */
void ui_open_row(struct ui *ui, const struct place *place, const char *title);
/* Puts a view on top; word may be NULL, and title too: then the word or the view's own names it. */
void ui_open_view(struct ui *ui, const char *plugin, const char *view, const char *word, const char *title);
/* Follows a reference: the row of "plugin/view" with this key, the view when key is "", with the filter where unless
 * that is "". False: it leads nowhere. */
bool ui_open_ref(struct ui *ui, const char *target, const char *key, const char *where);
/* Puts a single page on top. */
void ui_open_page(struct ui *ui, const char *title, struct page *take_page);
/* Takes what lies under the top frame out of the path, unless it is the tab's own. */
void ui_drop_below(struct ui *ui);
/* Leaves the top frame; false when it is the tab's own. */
bool ui_back(struct ui *ui);
void ui_next_view(struct ui *ui, int step);
/* The declaration of a view, opening its plugin; NULL and a note when there is none. */
const struct rv_view *ui_view(struct ui *ui, const char *plugin, const char *view, const struct rv_plugin **ret_plugin,
                              struct rv_err *err);
const char *ui_plugin_title(struct ui *ui, const char *plugin);

/* frame_draw.c: the lines around a page. */
void ui_draw(struct ui *ui);
/* What is planned, for the right of the status line unless that says something else. */
void ui_say_planned(const struct page *page, struct rv_buf *out);
/* The part that is a page's, for keys that come before its first picture. */
void ui_body(struct area *ret);

/* Pages. */
struct page *list_page(struct ui *ui, const struct place *place);
struct page *record_page(struct ui *ui, const struct place *place);
struct page *text_view_page(struct ui *ui, const struct place *place);
struct page *overview_page(struct ui *ui, const struct place *place);
/* Lines already made; text is taken. */
struct page *text_page(struct ui *ui, char *take_text);
struct page *help_page(struct ui *ui);
/* Help on what the words behind "help" name. */
struct page *help_page_on(struct ui *ui, const struct rv_command *command);
/* The list of plugins, views or actions, which is made at once; NULL and an error. */
struct page *catalogue_page(struct ui *ui, enum rv_verb verb, struct rv_err *err);

/* What a command sets before or while a list is shown. NULL leaves as it is. */
struct list_wish {
        const char *where, *sort, *columns;
        const int64_t *limit;    /* INT64_MAX: none */
        const char *const *rows; /* words that name rows, as in batch mode; once for a list */
        size_t n_rows;
        bool open; /* the one row that they name is to be opened */
};
/* List pages only. */
void list_set(struct page *page, const struct list_wish *wish);
/* The row with this key gets the cursor, now or once it is loaded. */
void list_cursor_to(struct page *page, const char *key);
bool page_is_list(const struct page *page);
/* What a list shows and what it has loaded; NULL for other pages. */
const struct rv_view *page_view(const struct page *page, const struct place **ret_place);
const struct rv_snapshot *page_snapshot(const struct page *page);

#endif
