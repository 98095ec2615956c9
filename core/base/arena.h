/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An arena: many small pieces, freed whole.
 * Ownership: the arena owns what it gives out. NULL is returned when there is no memory. */
#ifndef REEVE_BASE_ARENA_H
#define REEVE_BASE_ARENA_H

#include <stddef.h>

struct rv_arena_block;
struct rv_arena {
        struct rv_arena_block *blocks;
        size_t used;
};

void *rv_arena_alloc(struct rv_arena *arena, size_t size); /* zeroed, aligned for any type */
char *rv_arena_strndup(struct rv_arena *arena, const char *s, size_t n);
char *rv_arena_strdup(struct rv_arena *arena, const char *s); /* NULL for NULL */
void rv_arena_free(struct rv_arena *arena);
#define RV_ARENA_CLEANUP __attribute__((cleanup(rv_arena_free)))

#endif
