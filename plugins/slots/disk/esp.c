/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the EFI system partition: Flatcar's kernels, unified kernel images, loader entries and loader.conf. */
#include "plugins/slots/disk/esp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/distro/osrelease.h"
#include "plugins/slots/disk/fat.h"
#include "plugins/slots/disk/pe.h"

enum { TEXT_MAX = 64 << 10, HASH_AT_AMD64 = 64, HASH_AT_ARM64 = 512, ARM64_MAGIC_AT = 56 };

/* A longer run of digits is the root hash of another algorithm: its beginning is nothing's. */
static bool take_hash(const char *s, char ret[ROOTHASH])
{
        if (strspn(s, "0123456789abcdef") != ROOTHASH - 1)
                return false;
        memcpy(ret, s, ROOTHASH - 1);
        ret[ROOTHASH - 1] = '\0';
        return true;
}

/* The value of a command line's parameter: the last one counts. NULL for none. */
static const char *parameter(const char *cmdline, const char *name)
{
        size_t length = strlen(name);
        const char *found = NULL;

        for (const char *s = cmdline; (s = strstr(s, name)); s += length)
                if ((s == cmdline || strchr(" \t\n", s[-1])) && s[length] == '=')
                        found = s + length + 1;
        return found;
}

bool esp_usrhash(const char *cmdline, char ret[ROOTHASH])
{
        static const char *const names[] = { "usrhash", "verity.usrhash" };

        for (unsigned i = 0; i < 2; i++) {
                const char *value = parameter(cmdline, names[i]);
                if (value && take_hash(value, ret))
                        return true;
        }
        return false;
}

char esp_letter(const char *name)
{
        const char *found = NULL;

        for (const char *s = name; *s; s++)
                if (strncasecmp(s, "-azl", 4) == 0)
                        found = s + 4;
        if (!found || !((*found | 32) >= 'a' && (*found | 32) <= 'z'))
                return '\0';
        char end = found[1 + strspn(found + 1, "0123456789")];
        return end == '.' || end == '+' ? (char)(*found | 32) : '\0';
}

static bool ends(const char *name, const char *suffix)
{
        size_t n = strlen(name), m = strlen(suffix);

        return n > m && strcasecmp(name + n - m, suffix) == 0;
}

/* Flatcar writes the hash over unused bytes of the kernel's header. */
static void read_flatcar(const struct fat *fat, unsigned which, struct esp *esp)
{
        struct fat_entry entry;
        char path[] = "flatcar/vmlinuz-a", magic[4], hash[ROOTHASH] = "";

        path[sizeof path - 2] = (char)('a' + which);
        if (fat_find(fat, path, &entry, NULL) || entry.directory)
                return;
        esp->flatcar_kernel[which] = true;
        struct fat_file file = { fat, &entry };
        struct rv_reader reader = fat_reader(&file);
        bool arm64 = rv_read(&reader, ARM64_MAGIC_AT, magic, sizeof magic, NULL) == 0 && !memcmp(magic, "ARMd", 4);
        if (rv_read(&reader, arm64 ? HASH_AT_ARM64 : HASH_AT_AMD64, hash, ROOTHASH - 1, NULL) == 0)
                (void)take_hash(hash, esp->flatcar_hash[which]);
}

/* The first of some keys that os-release has; `room` bytes at ret. */
static void first_key(const struct rv_buf *text, const char *const *keys, char *ret, size_t room)
{
        struct rv_buf RV_BUF_CLEANUP value = { 0 };

        for (; *keys && !value.size; keys++)
                (void)rv_osrelease_get(rv_buf_str(text), text->size, *keys, &value);
        (void)snprintf(ret, room, "%s", rv_buf_str(&value));
}

static struct boot_entry *add_entry(struct esp *esp, const struct fat_entry *file, const char *suffix)
{
        if (esp->n_entries == BOOT_ENTRIES_MAX || strlen(file->name) >= BOOT_ENTRY_NAME) {
                esp->skipped++;
                return NULL;
        }
        struct boot_entry *entry = &esp->entries[esp->n_entries++];
        *entry = (struct boot_entry){ .size = file->size, .slot = -1 };
        (void)snprintf(entry->name, sizeof entry->name, "%.255s", file->name);
        boot_counters(entry->name, suffix, &entry->left, &entry->done);
        return entry;
}

/* A unified kernel image. The loader lists only those with a usable .osrel, and sorts by what that says. */
static void read_uki(const struct fat *fat, const struct fat_entry *entry, struct esp *esp)
{
        static const char *const names[] = { "PRETTY_NAME", "IMAGE_ID", "NAME", "ID", NULL };
        static const char *const keys[] = { "IMAGE_ID", "ID", NULL };
        static const char *const versions[] = { "IMAGE_VERSION", "VERSION", "VERSION_ID", "BUILD_ID", NULL };
        struct rv_buf RV_BUF_CLEANUP osrel = { 0 }, RV_BUF_CLEANUP cmdline = { 0 };
        struct fat_file file = { fat, entry };
        struct rv_reader reader = fat_reader(&file);
        char title[2];

        if (pe_section(&reader, ".osrel", TEXT_MAX, &osrel, NULL)) {
                esp->skipped++;
                return;
        }
        first_key(&osrel, names, title, sizeof title);
        struct boot_entry *to = *title ? add_entry(esp, entry, ".efi") : NULL;
        if (!to)
                return;
        first_key(&osrel, keys, to->sort_key, sizeof to->sort_key);
        first_key(&osrel, versions, to->version, sizeof to->version);
        if (pe_section(&reader, ".cmdline", TEXT_MAX, &cmdline, NULL))
                return;
        (void)esp_usrhash(rv_buf_str(&cmdline), to->roothash);
        const char *usr = parameter(rv_buf_str(&cmdline), "systemd.verity_usr_data");
        if (usr && strncasecmp(usr, "PARTUUID=", 9) == 0)
                (void)snprintf(to->usr, sizeof to->usr, "%s", usr + 9);
}

static int read_text(const struct fat *fat, const struct fat_entry *entry, struct rv_buf *ret)
{
        struct fat_file file = { fat, entry };
        struct rv_reader reader = fat_reader(&file);
        char *bytes = entry->directory || entry->size > TEXT_MAX ? NULL : rv_buf_reserve(ret, entry->size);

        if (!bytes || rv_read(&reader, 0, bytes, entry->size, NULL))
                return RV_DAMAGED;
        bytes[entry->size] = '\0';
        ret->size += entry->size;
        return 0;
}

/* The value of a key in a file of "key value" lines (loader.conf, loader/entries). */
static void line_value(const struct rv_buf *text, const char *key, char *ret, size_t room)
{
        size_t length = strlen(key);

        for (const char *line = rv_buf_str(text); *line; line += strcspn(line, "\n"), line += *line == '\n') {
                line += strspn(line, " \t");
                if (strncmp(line, key, length) != 0 || (line[length] != ' ' && line[length] != '\t'))
                        continue;
                const char *value = line + length + strspn(line + length, " \t");
                size_t n = strcspn(value, "\r\n");
                while (n && (value[n - 1] == ' ' || value[n - 1] == '\t'))
                        n--;
                (void)snprintf(ret, room, "%.*s", (int)(n < room ? n : room), value);
        }
}

static void read_conf(const struct fat *fat, const struct fat_entry *file, struct esp *esp)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        struct boot_entry *entry;

        if (read_text(fat, file, &text) || !(entry = add_entry(esp, file, ".conf")))
                return;
        line_value(&text, "sort-key", entry->sort_key, sizeof entry->sort_key);
        line_value(&text, "machine-id", entry->machine_id, sizeof entry->machine_id);
        line_value(&text, "version", entry->version, sizeof entry->version);
}

/* Of a directory of tens of thousands only so many are looked at: each may lie at the end of a chain of millions. */
static void read_directory(const struct fat *fat, const char *path, const char *suffix,
                           void (*take)(const struct fat *, const struct fat_entry *, struct esp *), struct esp *esp)
{
        struct fat_entry directory;
        struct fat_list FAT_LIST_CLEANUP list = { NULL, 0 };
        size_t looked_at = 0;

        if (fat_find(fat, path, &directory, NULL) || !directory.directory || fat_list(fat, &directory, &list, NULL))
                return;
        for (size_t i = 0; i < list.n; i++) {
                if (list.entries[i].directory || !ends(list.entries[i].name, suffix))
                        continue;
                if (looked_at++ < BOOT_ENTRIES_MAX)
                        take(fat, &list.entries[i], esp);
                else
                        esp->skipped++;
        }
}

static void read_config(const struct fat *fat, struct esp *esp)
{
        struct rv_buf RV_BUF_CLEANUP text = { 0 };
        struct fat_entry entry;

        if (fat_find(fat, "loader/loader.conf", &entry, NULL) == 0 && read_text(fat, &entry, &text) == 0)
                line_value(&text, "default", esp->config_default, sizeof esp->config_default);
        /* @saved and the like stand for variables of the machine. */
        if (*esp->config_default == '@')
                *esp->config_default = '\0';
}

int esp_read(const struct rv_reader *part, struct esp *ret, struct rv_err *err)
{
        struct fat FAT_CLEANUP fat = { 0 };

        *ret = (struct esp){ 0 };
        int r = fat_open(part, &fat, err);
        if (r)
                return r;
        ret->entries = calloc(BOOT_ENTRIES_MAX, sizeof *ret->entries);
        if (!ret->entries)
                return rv_fail_memory(err);
        ret->readable = true;
        fat_space(&fat, &ret->size, &ret->unused);
        for (unsigned i = 0; i < 2; i++)
                read_flatcar(&fat, i, ret);
        read_directory(&fat, "EFI/Linux", ".efi", read_uki, ret);
        read_directory(&fat, "loader/entries", ".conf", read_conf, ret);
        read_config(&fat, ret);
        return 0;
}

void esp_free(struct esp *esp)
{
        free(esp->entries);
        *esp = (struct esp){ 0 };
}
