/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The view "dependencies": what one package says of others, and which installed package gives what it requires. */
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "plugins/packages/packages.h"

/* In the order of the enum dependency_kinds. */
static const struct {
        uint32_t name, flags, version;
} kinds[] = {
        { RV_TAG_REQUIRENAME, RV_TAG_REQUIREFLAGS, RV_TAG_REQUIREVERSION },
        { RV_TAG_PROVIDENAME, RV_TAG_PROVIDEFLAGS, RV_TAG_PROVIDEVERSION },
        { RV_TAG_CONFLICTNAME, RV_TAG_CONFLICTFLAGS, RV_TAG_CONFLICTVERSION },
        { RV_TAG_OBSOLETENAME, RV_TAG_OBSOLETEFLAGS, RV_TAG_OBSOLETEVERSION },
        { RV_TAG_RECOMMENDNAME, RV_TAG_RECOMMENDFLAGS, RV_TAG_RECOMMENDVERSION },
        { RV_TAG_SUGGESTNAME, RV_TAG_SUGGESTFLAGS, RV_TAG_SUGGESTVERSION },
        { RV_TAG_SUPPLEMENTNAME, RV_TAG_SUPPLEMENTFLAGS, RV_TAG_SUPPLEMENTVERSION },
        { RV_TAG_ENHANCENAME, RV_TAG_ENHANCEFLAGS, RV_TAG_ENHANCEVERSION },
};
enum { N_KINDS = sizeof kinds / sizeof *kinds, REQUIRES = 0 };

struct dependency {
        const char *name, *capability, *by;
        unsigned kind;
};

struct list {
        struct rv_arena arena;
        struct dependency *items; /* in the order of the header */
        struct dependency **by_name;
        size_t n, n_required;
};

/* As rpm writes it: name, relation, version. */
static const char *capability(struct list *list, const char *name, const char *version, uint64_t flags)
{
        RV_BUF_CLEANUP struct rv_buf text = { 0 };

        rv_buf_add_str(&text, name);
        if (version && *version && flags & SENSE_RANGE) {
                rv_buf_add_char(&text, ' ');
                if (flags & SENSE_LESS)
                        rv_buf_add_char(&text, '<');
                if (flags & SENSE_GREATER)
                        rv_buf_add_char(&text, '>');
                if (flags & SENSE_EQUAL)
                        rv_buf_add_char(&text, '=');
                rv_buf_add_char(&text, ' ');
                rv_buf_add_str(&text, version);
        }
        return rv_arena_strndup(&list->arena, rv_buf_str(&text), text.size);
}

/* Names, flags and versions run in step. */
static void collect_kind(const struct rv_rpm_header *header, unsigned kind, size_t room, struct list *list)
{
        struct rv_rpm_texts names, versions;
        const char *name;
        size_t i;

        rv_rpm_texts(header, kinds[kind].name, &names);
        rv_rpm_texts(header, kinds[kind].version, &versions);
        for (i = 0; list->n < room && (name = rv_rpm_next_text(&names)); i++) {
                const char *version = rv_rpm_next_text(&versions);
                struct dependency *item = &list->items[list->n];
                uint64_t flags = 0;

                (void)rv_rpm_int(header, kinds[kind].flags, i, &flags);
                if (flags & SENSE_RPMLIB)
                        continue; /* a feature of rpm itself, which no package provides */
                item->kind = kind;
                item->name = rv_arena_strdup(&list->arena, name);
                item->capability = capability(list, name, version, flags);
                if (item->name && item->capability)
                        list->n++;
        }
}

/* All kinds in one list, so that numbers stay what they are whatever is filtered. */
static int collect(const struct rv_rpm_header *header, struct list *list, struct rv_err *err)
{
        size_t room = 0;
        unsigned kind;

        for (kind = 0; kind < N_KINDS; kind++)
                room += rv_rpm_count(header, kinds[kind].name);
        list->items = rv_arena_alloc(&list->arena, (room + 1) * sizeof *list->items);
        list->by_name = rv_arena_alloc(&list->arena, (room + 1) * sizeof(struct dependency *));
        if (!list->items || !list->by_name)
                return rv_fail_memory(err);
        for (kind = 0; kind < N_KINDS; kind++)
                collect_kind(header, kind, room, list);
        return RV_OK;
}

static int compare(const void *a, const void *b)
{
        return strcmp((*(struct dependency *const *)a)->name, (*(struct dependency *const *)b)->name);
}

static int compare_name(const void *name, const void *item)
{
        return strcmp(name, (*(struct dependency *const *)item)->name);
}

/* Everything of this name that has no provider yet gets this one. */
static void provide(struct list *list, const char *name, const char *key)
{
        struct dependency **at =
                bsearch(name, list->by_name, list->n_required, sizeof(struct dependency *), compare_name);
        struct dependency **end = list->by_name + list->n_required;

        if (!at)
                return;
        while (at > list->by_name && strcmp(at[-1]->name, name) == 0)
                at--;
        for (; at < end && strcmp((*at)->name, name) == 0; at++)
                if (!(*at)->by)
                        (*at)->by = rv_arena_strdup(&list->arena, key);
}

/* Numbers of directories rise and fall with the files' paths, so all of a header's are read first. */
static int provide_files(struct list *list, const struct rv_rpm_header *header, struct directories *directories,
                         const char *key, struct rv_err *err)
{
        RV_BUF_CLEANUP struct rv_buf path = { 0 };
        struct rv_rpm_texts bases;
        const char *base;
        size_t i;
        int r = read_directories(header, directories, err);

        rv_rpm_texts(header, RV_TAG_BASENAMES, &bases);
        for (i = 0; !r && (base = rv_rpm_next_text(&bases)); i++) {
                if (!path_of(header, directories, i, base, &path))
                        break; /* the list of directories is cut */
                provide(list, rv_buf_str(&path), key);
        }
        return r;
}

/* One pass over all headers, with the few names wanted sorted, rather than an index of all that is provided. By
 * name only: an installed set holds its versions, or rpm would not have let it be. */
static int find_providers(const struct rv_query *query, struct list *list, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        DIRECTORIES_CLEANUP struct directories directories = { 0 };
        struct rv_rpm_texts names;
        const char *name;
        bool paths = false;
        size_t i;
        int r;

        for (i = 0; i < list->n; i++) {
                if (list->items[i].kind == REQUIRES)
                        list->by_name[list->n_required++] = &list->items[i];
                paths |= list->items[i].kind == REQUIRES && list->items[i].name[0] == '/';
        }
        qsort(list->by_name, list->n_required, sizeof(struct dependency *), compare);
        r = rv_walk_open(query, NULL, false, &walk, err);
        while (!r && !(r = rv_walk_next(&walk, err)) && walk.row.blob) {
                if (!walk.sound)
                        continue;
                rv_rpm_texts(&walk.header, RV_TAG_PROVIDENAME, &names);
                while ((name = rv_rpm_next_text(&names)))
                        provide(list, name, rv_buf_str(&walk.key));
                if (paths)
                        r = provide_files(list, &walk.header, &directories, rv_buf_str(&walk.key), err);
        }
        return r;
}

int dependencies_fill(const struct rv_query *query, struct rv_sink *sink, struct rv_err *err)
{
        RV_WALK_CLEANUP struct rv_walk walk = { 0 };
        struct list list = { 0 };
        size_t i;
        int r = open_package(query, sink, &walk, err);

        if (!r)
                r = collect(&walk.header, &list, err);
        if (!r && rv_wants(query, D_BY))
                r = find_providers(query, &list, err);
        for (i = 0; !r && i < list.n; i++) {
                r = rv_row_begin(sink, 0);
                if (r)
                        break;
                rv_put_int(sink, D_N, (int64_t)i + 1);
                rv_put_int(sink, D_KIND, list.items[i].kind);
                put_text(sink, D_CAPABILITY, list.items[i].capability);
                put_text(sink, D_BY, list.items[i].by);
        }
        rv_arena_free(&list.arena);
        return r;
}
