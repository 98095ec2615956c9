/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plugin "slots": the A/B system images of a disk, who boots next, and why. */
#include "plugins/slots/slots.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rv_enum providers[] = {
        { "flatcar", N_("Flatcar, GRUB"), RV_PLAIN, 0 },
        { "acl", N_("Azure Container Linux, systemd-boot"), RV_PLAIN, 0 },
        { "osguard", N_("Azure Linux OS Guard"), RV_PLAIN, 0 },
};

static const struct rv_enum boots[] = {
        { "next", N_("next"), RV_GOOD, 0 },          { "once", N_("once"), RV_INFO, 0 },
        { "fallback", N_("fallback"), RV_PLAIN, 0 }, { "last", N_("last"), RV_WARN, 0 },
        { "never", N_("never"), RV_MUTED, 0 },
};

static const struct rv_enum healths[] = {
        { "good", N_("good"), RV_GOOD, 0 },       { "trying", N_("trying"), RV_INFO, 0 },
        { "bad", N_("bad"), RV_BAD, 0 },          { "empty", N_("empty"), RV_MUTED, 0 },
        { "unknown", N_("unknown"), RV_WARN, 0 },
};

static const struct rv_enum verities[] = {
        { "ok", N_("ok"), RV_GOOD, 0 },
        { "recorded", N_("recorded"), RV_INFO, 0 },
        { "self", N_("self"), RV_WARN, 0 },
        { "bad", N_("bad"), RV_BAD, 0 },
        { "unchecked", N_("unchecked"), RV_PLAIN, 0 },
        { "none", N_("none"), RV_MUTED, 0 },
};

static const struct rv_column slot_columns[] = {
        { "slot", N_("Slot"), N_("The slot's letter, or its partition's label"), NULL, NULL, 0, RV_TEXT, RV_KEY, 0 },
        { "provider", N_("Provider"), N_("Whose layout it is, and which boot loader chooses"), providers, NULL,
          COUNT(providers), RV_ENUM, RV_COMMON, 8 },
        { "device", N_("Device"), N_("The slot's partition"), NULL, NULL, 0, RV_TEXT, RV_MATCH, 7 },
        { "version", N_("Version"), N_("Version in the slot's os-release"), NULL, NULL, 0, RV_VERSION, RV_MATCH, 0 },
        { "booted", N_("Booted"), N_("Whether this machine runs from it"), NULL, NULL, 0, RV_BOOL, 0, 5 },
        { "health", N_("Health"), N_("Whether it is known to start"), healths, NULL, COUNT(healths), RV_ENUM, 0, 1 },
        { "boots", N_("Boots"), N_("When the boot loader starts it"), boots, NULL, COUNT(boots), RV_ENUM, 0, 1 },
        { "priority", N_("Priority"), N_("Boot priority in its GPT attributes, 0 to 15"), NULL, NULL, 0, RV_INT, 0, 6 },
        { "tries", N_("Tries"), N_("Starts that are left to prove itself"), NULL, NULL, 0, RV_INT, 0, 2 },
        { "successful", N_("Successful"), N_("Whether it was marked as started well"), NULL, NULL, 0, RV_BOOL, 0, 6 },
        { "size", N_("Size"), N_("Size of its partition"), NULL, NULL, 0, RV_SIZE, 0, 6 },
        { "roothash", N_("Root hash"), N_("Root of the hash tree that the kernel checks it by"), NULL, NULL, 0, RV_TEXT,
          0, 9 },
        { "verity", N_("Verity"), N_("What is known about its hash tree"), verities, NULL, COUNT(verities), RV_ENUM, 0,
          3 },
        { "signer", N_("Signed by"), N_("Who signed the image"), NULL, NULL, 0, RV_TEXT, 0, 3 },
        { "installed_at", N_("Installed"), N_("When the image was written"), NULL, NULL, 0, RV_TIME, 0, 3 },
        { "reason", N_("Reason"), N_("Why it boots, or does not"), NULL, NULL, 0, RV_MSG, 0, 4 },
        { "start", N_("Start"), N_("Where it starts on the disk"), NULL, NULL, 0, RV_SIZE, RV_HIDDEN, 9 },
        { "disk", N_("Disk"), N_("The disk or image that it lies on"), NULL, NULL, 0, RV_TEXT, RV_HIDDEN | RV_COMMON,
          9 },
};

static const struct rv_column next_columns[] = {
        { "id", N_("Id"), N_("Names the line"), NULL, NULL, 0, RV_TEXT, RV_KEY | RV_HIDDEN, 9 },
        { "what", N_("What"), N_("What is asked"), NULL, NULL, 0, RV_MSG, 0, 0 },
        { "text", N_("Answer"), N_("What the boot loader does"), NULL, NULL, 0, RV_MSG, 0, 0 },
};

static const struct rv_column disk_columns[] = {
        { "index", N_("Partition"), N_("Number of the partition"), NULL, NULL, 0, RV_TEXT, RV_KEY, 0 },
        { "label", N_("Label"), N_("Name in the partition table"), NULL, NULL, 0, RV_TEXT, RV_MATCH, 0 },
        { "type", N_("Type"), N_("Partition type: a known name, or its GUID"), NULL, NULL, 0, RV_TEXT, 0, 2 },
        { "partuuid", N_("PARTUUID"), N_("GUID of the partition"), NULL, NULL, 0, RV_TEXT, RV_MATCH, 6 },
        { "start", N_("Start"), N_("Where it starts on the disk"), NULL, NULL, 0, RV_SIZE, 0, 4 },
        { "size", N_("Size"), N_("Size of the partition"), NULL, NULL, 0, RV_SIZE, RV_LENGTH, 1 },
        { "content", N_("Content"), N_("File system, hash tree, or empty"), NULL, NULL, 0, RV_TEXT, 0, 3 },
        { "used", N_("Used"), N_("Space in use, where it can be read"), NULL, NULL, 0, RV_SIZE, RV_FILLED, 3 },
        { "attrs", N_("Attributes"), N_("Attribute bits of the partition table, hexadecimal"), NULL, NULL, 0, RV_TEXT,
          0, 5 },
        { "note", N_("Note"), N_("What it is to the slots"), NULL, NULL, 0, RV_MSG, 0, 2 },
        { "caption", N_("Caption"), N_("What it is, in a word or two"), NULL, NULL, 0, RV_MSG, RV_HIDDEN | RV_CAPTION,
          9 },
};

static const char *const below_slots[] = { "disk", "next", NULL };

static const struct rv_view views[] = {
        { .id = "slots",
          .title = N_("Slots"),
          .help = N_("The system images on the disk, which of them boots next, and why. --image names another disk or "
                     "a disk image"),
          .columns = slot_columns,
          .fill = slots_fill,
          .n_columns = COUNT(slot_columns),
          .shape = RV_SHAPE_LIST,
          .flags = RV_READS_IMAGE,
          .below = below_slots },
        { .id = "next",
          .title = N_("Next"),
          .help = N_("The next boot: which slot, why, what comes if it fails, and why not the others"),
          .columns = next_columns,
          .fill = next_fill,
          .n_columns = COUNT(next_columns),
          .shape = RV_SHAPE_TREE,
          .flags = RV_READS_IMAGE },
        { .id = "disk",
          .title = N_("Disk"),
          .help = N_("The partitions of the disk that the slots lie on"),
          .columns = disk_columns,
          .fill = disk_fill,
          .n_columns = COUNT(disk_columns),
          .shape = RV_SHAPE_LIST,
          .flags = RV_READS_IMAGE },
};

/* What starts next, in the words of the view; a slot for one start stands before the one that is next after it. */
static const struct rv_tally tallies[] = {
        { .title = N_("no update slots"), .view = "slots", .flags = RV_NO_ROWS },
        { .title = N_("%1 boots once"), .view = "slots", .where = "boots = once", .column = "version" },
        { .title = N_("%1 boots next, for good"),
          .view = "slots",
          .where = "boots = next and health = good",
          .column = "version" },
        { .title = N_("%1 boots next, on trial"),
          .view = "slots",
          .where = "boots = next and health = trying",
          .column = "version",
          .role = RV_INFO },
        { .title = N_("%1 boots next"),
          .view = "slots",
          .where = "boots = next and not health in (good, trying)",
          .column = "version",
          .role = RV_WARN },
        { .title = N_("bad"), .view = "slots", .where = "health = bad", .role = RV_BAD },
        { .title = NP_("other kept", "others kept"),
          .view = "slots",
          .where = "boots in (fallback, last, never) and not health in (bad, empty)" },
};

RV_PLUGIN = {
        .abi = RV_ABI,
        .size = RV_SIZES,
        .id = "slots",
        .title = N_("Slots"),
        .help = N_("Update slots: the system images that this machine can boot"),
        .version = "0.1.0",
        .domain = "reeve",
        .views = views,
        .findings = slots_findings,
        .space = slots_space,
        .n_views = COUNT(views),
        .tallies = tallies,
        .n_tallies = COUNT(tallies),
};
