/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arena: blocks that grow, pieces cut off their front. */
#include "core/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct rv_arena_block {
        struct rv_arena_block *next;
        size_t size, used;
        alignas(max_align_t) unsigned char bytes[];
};

enum { FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20 };

static struct rv_arena_block *grow(struct rv_arena *arena, size_t size)
{
        size_t want = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK;
        struct rv_arena_block *block;

        if (want > LARGEST_STEP)
                want = LARGEST_STEP;
        if (want < size)
                want = size;
        if (want > SIZE_MAX - sizeof *block)
                return NULL;
        block = calloc(1, sizeof *block + want);
        if (!block)
                return NULL;
        block->size = want;
        block->next = arena->blocks;
        arena->blocks = block;
        return block;
}

void *rv_arena_alloc(struct rv_arena *arena, size_t size)
{
        struct rv_arena_block *block = arena->blocks;
        size_t need;
        void *piece;

        if (__builtin_add_overflow(size, alignof(max_align_t) - 1, &need))
                return NULL;
        need &= ~(alignof(max_align_t) - 1);
        if (!block || block->size - block->used < need)
                block = grow(arena, need);
        if (!block)
                return NULL;
        piece = block->bytes + block->used;
        block->used += need;
        arena->used += need;
        return piece;
}

char *rv_arena_strndup(struct rv_arena *arena, const char *s, size_t n)
{
        char *copy = n == SIZE_MAX ? NULL : rv_arena_alloc(arena, n + 1);

        if (copy && n)
                memcpy(copy, s, n);
        return copy;
}

char *rv_arena_strdup(struct rv_arena *arena, const char *s)
{
        return s ? rv_arena_strndup(arena, s, strlen(s)) : NULL;
}

void rv_arena_free(struct rv_arena *arena)
{
        struct rv_arena_block *block, *next;

        for (block = arena->blocks; block; block = next) {
                next = block->next;
                free(block);
        }
        *arena = (struct rv_arena){ 0 };
}
