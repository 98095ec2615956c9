/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a plugin library, after a look at its owner and its file. */
#include "core/model/plugin.h"

#include <dlfcn.h>
#include <link.h>

#include "core/base/err.h"
#include "core/base/library.h"
#include "core/base/log.h"

struct search {
        ElfW(Addr) base;
        struct rv_ranges *ranges;
};

static int collect(struct dl_phdr_info *info, size_t size, void *user)
{
        struct search *search = user;
        int i;

        (void)size;
        if (info->dlpi_addr != search->base)
                return 0;
        for (i = 0; i < info->dlpi_phnum; i++) {
                const ElfW(Phdr) *header = &info->dlpi_phdr[i];
                struct rv_ranges *ranges = search->ranges;

                if (header->p_type != PT_LOAD || ranges->n == sizeof ranges->at / sizeof *ranges->at)
                        continue;
                ranges->at[ranges->n].start = (const char *)info->dlpi_addr + header->p_vaddr;
                ranges->at[ranges->n].end = ranges->at[ranges->n].start + header->p_memsz;
                ranges->at[ranges->n++].executable = (header->p_flags & PF_X) != 0;
        }
        return 1;
}

int rv_plugin_open(const struct rv_paths *paths, const char *path, const char *id, struct rv_arena *arena,
                   const struct rv_plugin **ret, struct rv_err *err)
{
        struct rv_ranges ranges = { 0 };
        struct search search = { .ranges = &ranges };
        const ElfW(Sym) *symbol = NULL;
        struct link_map *map = NULL;
        Dl_info info;
        void *library;
        const void *object;
        int rc;

        rc = rv_paths_trusted(paths, path, err);
        if (!rc)
                rc = rv_library_check(path, err);
        if (rc)
                return rc;
        library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!library)
                return rv_fail(err, RV_UNSUPPORTED, N_("%1: cannot be loaded: %2"),
                               N_("install what it needs, or the version that belongs to this reeve"), path, dlerror(),
                               NULL);
        object = dlsym(library, "rv_plugin");
        if (!object || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 ||
            !dladdr1(object, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol) {
                rc = rv_fail(err, RV_UNSUPPORTED, N_("%1: has no symbol rv_plugin, so it is no plugin of reeve"),
                             N_("take it out of the plugin directory"), path, NULL);
        } else {
                search.base = map->l_addr;
                (void)dl_iterate_phdr(collect, &search);
                rc = rv_plugin_adopt(object, symbol->st_size, &ranges, id, arena, ret, err);
        }
        if (rc)
                dlclose(library);
        else
                rv_log("plugin", "%s: opened", path);
        return rc;
}
