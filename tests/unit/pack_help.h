/* pack_help.h - card packs made by hand for the tests of render/card/pack: one described in memory,
 * and a folder to put files into. */
#ifndef PL_TEST_PACK_HELP_H
#define PL_TEST_PACK_HELP_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/card/pack/build.h"
#include "shm/base/check.h"

#define HELP_FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

static struct help {
    char dir[64];
    struct pl_arena *arena;
    struct pl_problems problems;
    struct pl_error error;
} help;

#define MUST(call)                                                                                 \
    do {                                                                                           \
        help.error = (struct pl_error){.code = PL_OK};                                             \
        enum pl_err must_code_ = (call);                                                           \
        cr_assert_eq(must_code_, PL_OK, "%s: %s: %s", #call, pl_err_name(must_code_),              \
                     help.error.msg);                                                              \
    } while (0)

#define LIST(...)                                                                                  \
    {                                                                                              \
        __VA_ARGS__, sizeof(__VA_ARGS__) / sizeof((__VA_ARGS__)[0]), 0                             \
    }

static inline void help_start(void)
{
    (void)snprintf(help.dir, sizeof help.dir, "/tmp/platen-pack-XXXXXX");
    cr_assert_not_null(mkdtemp(help.dir));
    MUST(pl_arena_make(&help.arena, PL_MAKE_ARENA_BYTES, &help.error));
    help.problems = PL_PROBLEMS;
}

static inline int help_remove(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void help_stop(void)
{
    (void)nftw(help.dir, help_remove, 16, FTW_DEPTH | FTW_PHYS);
    pl_arena_free(&help.arena);
    pl_problems_free(&help.problems);
}

/* Returned texts are the arena's. */
static inline const char *help_path(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", help.dir, name);
    return pl_arena_text(help.arena, path, strlen(path));
}

static inline void help_folder(const char *name)
{
    cr_assert(mkdir(help_path(name), 0755) == 0, "%s", name);
}

static inline void help_bytes(const char *name, const void *bytes, size_t n)
{
    MUST(pl_make_write(help_path(name), bytes, n, &help.error));
}

static inline void help_file(const char *name, const char *text)
{
    help_bytes(name, text, strlen(text));
}

/* All problems so far as one text. */
static inline const char *help_said(void)
{
    const char *said = pl_arena_text(help.arena, help.problems.text.bytes, help.problems.text.n);
    return said != NULL ? said : "";
}

/* --- a pack in memory ------------------------------------------------------------------------- */
static struct pl_make_input help_stick_inputs[] = {
    {.id = "2", .rect = {100, 400, 300, 54}},
    {.id = "1", .rect = {100, 300, 300, 54}},
    {.id = "XAxis", .rect = {-1, -1, 300, 54}},
    {.id = "UAxis", .rect = {900, 300, 300, 108}},
};
static struct pl_make_input help_throttle_inputs[] = {{.id = "1", .rect = {2000, 300, 300, 54}}};
static struct pl_make_input help_throttle_ed[] = {{.id = "Joy_1", .rect = {2100, 300, 300, 54}}};
static struct pl_make_text help_stick_names[] = {{.text = "Acme Stick"}, {.text = "Acme Stick 2"}};
static struct pl_make_map help_stick_maps[] = {
    {.game = PL_CARD_FS2020, .kind = PL_PACK_SLIDER, .from = "X", .to = "U"},
    {.game = PL_CARD_FS2020, .kind = PL_PACK_AXIS, .from = "RX", .to = "X"},
};
static struct pl_make_sws help_stick_sws[] = {{.axis = 26, .button = 40, .input = "UAxis"},
                                              {.axis = 8, .button = -1, .input = "UAxis"}};
static struct pl_make_sws help_sws[] = {{.axis = 26, .button = 86, .input = ""},
                                        {.axis = 26, .button = 22, .input = "1"},
                                        {.axis = 8, .button = -1, .input = "XAxis"}};
static struct pl_make_device help_devices[] = {
    {.id = "Throttle",
     .image = "acme",
     .title = "Acme Throttle",
     .inputs = LIST(help_throttle_inputs),
     .ed = LIST(help_throttle_ed)},
    {.id = "Stick",
     .image = "acme",
     .names = LIST(help_stick_names),
     .inputs = LIST(help_stick_inputs),
     .maps = LIST(help_stick_maps),
     .sws = LIST(help_stick_sws)},
};
static struct pl_make_image help_images[] = {
    {.id = "acme", .title = "Acme 3000", .file = "acme.png"}};
static struct pl_make_pair help_labels[] = {{.from = "KEY_B", .to = "Bravo"},
                                            {.from = "KEY_A", .to = "Alpha"}};
static struct pl_make_context help_contexts[] = {
    {.name = "PLANE", .title = "Flying", .pinned = true, .rgba = 0x112233ff}, {.name = "MENU"}};
static struct pl_make_text help_hide[] = {{.text = "Jump"}};
static struct pl_make_control help_controls[] = {
    {.id = "Jump", .name = "Hop", .group = "Ship", .category = "General", .order = 2},
    {.id = "Fire",
     .name = "Shoot",
     .group = "SRV",
     .order = -1,
     .analogue = true,
     .hide = LIST(help_hide)}};
static struct pl_make_text help_groups[] = {{.text = "Ship"}, {.text = "SRV"}};
static struct pl_make_text help_ignored[] = {{.text = "Mouse"}};
static struct pl_make_pair help_keys[] = {{.from = "Key_Comma", .to = ","}};
static struct pl_make_text help_handled[] = {{.text = "Stick"}, {.text = "Throttle"}};
static struct pl_make_supported help_supported[] = {
    {.name = "Acme", .image = "acme", .handled = LIST(help_handled)}};

static inline struct pl_make help_make(void)
{
    struct pl_make make;
    pl_make_start(&make);
    make.name = "by hand";
    make.version = "7";
    make.images = (struct pl_make_images)LIST(help_images);
    make.devices = (struct pl_make_devices)LIST(help_devices);
    make.games[PL_CARD_FS2020].defined = true;
    make.games[PL_CARD_FS2020].labels = (struct pl_make_pairs)LIST(help_labels);
    make.games[PL_CARD_FS2020].contexts = (struct pl_make_contexts)LIST(help_contexts);
    make.games[PL_CARD_ED].defined = true;
    make.sws = (struct pl_make_sws_table)LIST(help_sws);
    make.controls = (struct pl_make_controls)LIST(help_controls);
    make.groups = (struct pl_make_texts)LIST(help_groups);
    make.ignored = (struct pl_make_texts)LIST(help_ignored);
    make.keys = (struct pl_make_pairs)LIST(help_keys);
    make.supported = (struct pl_make_supports)LIST(help_supported);
    return make;
}

/* Compiled, written and opened. folder NULL: only tables. */
static inline struct pl_pack *help_pack(const struct pl_make *make, const char *folder,
                                        const char *name)
{
    struct pl_buf out = PL_BUF((size_t)256 << 20);
    struct pl_pack *pack = NULL;
    MUST(pl_make_bytes(make, folder, help.arena, &out, &help.error));
    help_bytes(name, out.bytes, out.n);
    pl_buf_free(&out);
    MUST(pl_pack_open(help_path(name), &pack, &help.error));
    return pack;
}

static inline struct pl_packs help_packs(struct pl_pack *first, struct pl_pack *second)
{
    struct pl_packs packs = {.at = {first, second}, .n = second != NULL ? 2 : 1};
    pl_packs_seal(&packs);
    return packs;
}

#endif
