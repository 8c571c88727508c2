/* ctl_pack.c - platenctl pack: make, check, look at and convert card packs. Works on files alone;
 * no server is asked.
 *
 * All faults of a pack are printed, errors before nothing else happens: exit 1 when there is one,
 * 0 with warnings alone. Memory: one arena for the description, the heap for the compiled bytes. */
#include "server/admin/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "render/card/pack/build.h"
#include "render/card/pack/pack.h"
#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/base/hash.h"

enum { PACK_BYTES_MAX = 0x7fffffff };

struct work {
    struct pl_ctl *ctl;
    const char *from, *to;
    struct pl_arena *arena;
    struct pl_problems problems;
    struct pl_error error;
};

typedef enum pl_err work_fn(struct work *w);

static void print_problems(struct work *w)
{
    const char *at = (const char *)w->problems.text.bytes;
    size_t left = w->problems.text.n;
    while (left > 0) {
        const char *newline = memchr(at, '\n', left);
        size_t n = newline != NULL ? (size_t)(newline - at) : left;
        char line[1024], clean[1024];
        (void)snprintf(line, sizeof line, "%.*s", (int)PL_MIN(n, sizeof line - 1), at);
        (void)pl_ctl_clean(clean, sizeof clean, line, 0);
        fprintf(stderr, "%s\n", clean);
        n += newline != NULL;
        at += n;
        left -= n;
    }
}

/* How it went, in one line for people or in JSON. */
static void say_done(struct work *w, const char *what, const char *path, uint64_t bytes,
                     uint64_t ms)
{
    char size[PL_CTL_TEXT_N];
    if (w->ctl->json) {
        json_t *out =
            json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "did", what, "path", path, "bytes",
                      (json_int_t)bytes, "ms", (json_int_t)ms, "errors",
                      (json_int_t)w->problems.errors, "warnings", (json_int_t)w->problems.warnings);
        pl_ctl_json(out);
        json_decref(out);
        return;
    }
    if (w->ctl->quiet)
        return;
    printf("%s %s", what, path);
    if (bytes > 0)
        printf(": %s in %.1f s", pl_ctl_size(size, (double)bytes), (double)ms / 1e3);
    if (w->problems.warnings > 0)
        printf(", %u warning%s", w->problems.warnings, w->problems.warnings == 1 ? "" : "s");
    puts("");
}

static enum pl_err read_and_check(struct work *w, struct pl_make *make)
{
    enum pl_err err = pl_make_read(w->from, w->arena, make, &w->problems, &w->error);
    if (err == PL_OK)
        err = pl_make_check(make, w->from, w->arena, &w->problems, &w->error);
    return err;
}

static enum pl_err check(struct work *w)
{
    struct pl_make make;
    enum pl_err err = read_and_check(w, &make);
    if (err == PL_OK && w->problems.errors == 0)
        say_done(w, "checked", w->from, 0, 0);
    return err;
}

static enum pl_err build(struct work *w)
{
    struct pl_make make;
    struct pl_buf out = PL_BUF(PACK_BYTES_MAX);
    uint64_t begin_ns = pl_now_ns();
    char beside[4096];
    size_t n = strlen(w->from);
    while (n > 1 && w->from[n - 1] == '/')
        n--;
    (void)snprintf(beside, sizeof beside, "%.*s.pack", (int)PL_MIN(n, (size_t)4000), w->from);
    const char *path = w->ctl->output != NULL ? w->ctl->output : beside;
    enum pl_err err = read_and_check(w, &make);
    if (err != PL_OK || w->problems.errors > 0)
        return err;
    err = pl_make_bytes(&make, w->from, w->arena, &out, &w->error);
    if (err == PL_OK)
        err = pl_make_write(path, out.bytes, out.n, &w->error);
    if (err == PL_OK)
        say_done(w, "built", path, out.n, (pl_now_ns() - begin_ns) / PL_MS_NS);
    pl_buf_free(&out);
    return err;
}

static enum pl_err import(struct work *w)
{
    enum pl_err err =
        pl_make_import(w->from, w->to, w->ctl->as_is, w->arena, &w->problems, &w->error);
    if (err == PL_OK && w->problems.errors == 0)
        say_done(w, "imported", w->to, 0, 0);
    return err;
}

/* --- show ------------------------------------------------------------------------------------- */
static json_t *base_json(const struct pl_pack_base *base)
{
    return json_pack("{s:i, s:i, s:s}", "w", (int)base->width_px, "h", (int)base->height_px, "bg",
                     base->background);
}

static json_t *images_json(const struct pl_packs *packs)
{
    json_t *out = json_array();
    struct pl_pack_image image;
    struct pl_pack_base base;
    for (uint32_t i = 0; pl_packs_image_at(packs, i, &image); i++) {
        json_t *bases = json_array();
        for (uint32_t k = 0; pl_pack_base_at(&image, k, &base); k++)
            json_array_append_new(bases, base_json(&base));
        json_array_append_new(out, json_pack("{s:s, s:s, s:i, s:i, s:o}", "id", image.id, "title",
                                             image.title, "layout_w", (int)image.layout_w,
                                             "layout_h", (int)image.layout_h, "bases", bases));
    }
    return out;
}

static json_t *devices_json(const struct pl_packs *packs)
{
    json_t *out = json_array();
    struct pl_pack_device device;
    for (uint32_t i = 0; pl_packs_device_at(packs, i, &device); i++)
        json_array_append_new(out,
                              json_pack("{s:s, s:s, s:s, s:i, s:i}", "id", device.id, "title",
                                        device.title, "image", device.image, "inputs",
                                        (int)pl_pack_inputs(&device, PL_CARD_FS2020), "ed_inputs",
                                        (int)pl_pack_inputs(&device, PL_CARD_ED)));
    return out;
}

static json_t *pack_json(const struct pl_packs *packs, const struct pl_pack_sizes *sizes)
{
    const struct pl_pack_look *look = pl_pack_look(packs->at[0]);
    char version[2 * PL_PACK_VERSION_N + 1];
    json_t *games = json_array(), *fonts = json_object();
    static const char *const names[PL_PACK_FONTS] = {"label", "title", "fallback"};
    pl_hex(version, packs->version, PL_PACK_VERSION_N);
    for (int game = PL_CARD_FS2020; game < PL_CARD_GAMES; game++)
        if (sizes->labels[game] != UINT32_MAX)
            json_array_append_new(games, json_pack("{s:s, s:i, s:i}", "name",
                                                   pl_card_game_name((enum pl_card_game)game),
                                                   "labels", (int)sizes->labels[game], "contexts",
                                                   (int)sizes->contexts[game]));
    for (unsigned i = 0; i < PL_PACK_FONTS; i++)
        json_object_set_new(
            fonts, names[i],
            json_integer((json_int_t)pl_pack_font(packs->at[0], (enum pl_pack_font)i).n));
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "name", look->name,
                     "pack_version", look->version, "version", version, "bytes",
                     (json_int_t)sizes->bytes, "tiles", (json_int_t)sizes->tiles, "tile_bytes",
                     (json_int_t)sizes->tile_bytes, "grid", (json_int_t)sizes->grid, "fonts", fonts,
                     "games", games, "images", images_json(packs), "devices", devices_json(packs));
}

static void print_table(struct pl_ctl *ctl, const json_t *images)
{
    struct pl_ctl_table *table = pl_ctl_table("<~>>");
    size_t i;
    json_t *image;
    pl_ctl_cell(table, "image");
    pl_ctl_cell(table, "title");
    pl_ctl_cell(table, "layout");
    pl_ctl_cell(table, "bases");
    json_array_foreach(images, i, image)
    {
        pl_ctl_cell(table, "%s", pl_ctl_text(image, "id"));
        pl_ctl_cell(table, "%s", pl_ctl_text(image, "title"));
        pl_ctl_cell(table, "%llux%llu", (unsigned long long)pl_ctl_number(image, "layout_w"),
                    (unsigned long long)pl_ctl_number(image, "layout_h"));
        pl_ctl_cell(table, "%zu", json_array_size(json_object_get(image, "bases")));
    }
    pl_ctl_table_print(ctl, &table, stdout);
}

static void print_pack(struct pl_ctl *ctl, const json_t *pack)
{
    char size[PL_CTL_TEXT_N], tiles[PL_CTL_TEXT_N];
    const json_t *images = json_object_get(pack, "images"), *game;
    size_t i;
    printf("%s %s (%s)\n", pl_ctl_text(pack, "name"), pl_ctl_text(pack, "pack_version"),
           pl_ctl_text(pack, "version"));
    printf("%s, %llu tiles of %s stand for %llu\n", pl_ctl_size(size, pl_ctl_real(pack, "bytes")),
           (unsigned long long)pl_ctl_number(pack, "tiles"),
           pl_ctl_size(tiles, pl_ctl_real(pack, "tile_bytes")),
           (unsigned long long)pl_ctl_number(pack, "grid"));
    printf("%zu images, %zu devices\n", json_array_size(images),
           json_array_size(json_object_get(pack, "devices")));
    json_array_foreach(json_object_get(pack, "games"), i, game)
        printf("%s: %llu labels, %llu contexts\n", pl_ctl_text(game, "name"),
               (unsigned long long)pl_ctl_number(game, "labels"),
               (unsigned long long)pl_ctl_number(game, "contexts"));
    print_table(ctl, images);
}

static enum pl_err show(struct work *w)
{
    struct pl_pack *pack = NULL;
    enum pl_err err = pl_pack_open(w->from, &pack, &w->error);
    if (err != PL_OK)
        return err;
    struct pl_packs packs = {.at = {pack}, .n = 1};
    struct pl_pack_sizes sizes;
    memcpy(packs.version, pl_pack_version(pack), sizeof packs.version);
    pl_pack_measure(pack, &sizes);
    json_t *out = pack_json(&packs, &sizes);
    if (w->ctl->json)
        pl_ctl_json(out);
    else
        print_pack(w->ctl, out);
    json_decref(out);
    pl_pack_close(&pack);
    return PL_OK;
}

/* --- command ---------------------------------------------------------------------------------- */
static const struct what {
    const char *name, *operands;
    work_fn *run;
    bool to; /* wants a second operand */
} whats[] = {
    {"build", "FOLDER", build, false},
    {"check", "FOLDER", check, false},
    {"show", "FILE", show, false},
    {"import", "SOURCE FOLDER", import, true},
};

static int usage(void)
{
    for (size_t i = 0; i < PL_COUNT(whats); i++)
        fprintf(stderr, "%s platenctl pack %s %s%s\n", i == 0 ? "Usage:" : "      ", whats[i].name,
                whats[i].operands,
                whats[i].run == build    ? " [--output FILE]"
                : whats[i].run == import ? " [--as-is]"
                                         : "");
    return PL_EXIT_USAGE;
}

static int run(struct pl_ctl *ctl, const struct what *what)
{
    struct work w = {.ctl = ctl, .from = ctl->more[0], .to = ctl->more[1]};
    w.problems = PL_PROBLEMS;
    enum pl_err err = pl_arena_make(&w.arena, PL_MAKE_ARENA_BYTES, &w.error);
    if (err == PL_OK)
        err = what->run(&w);
    print_problems(&w);
    if (err != PL_OK)
        fprintf(stderr, "platenctl: %s\n", w.error.msg);
    else if (w.problems.errors > 0)
        fprintf(stderr, "platenctl: %u error%s; the pack was not made\n", w.problems.errors,
                w.problems.errors == 1 ? "" : "s");
    pl_arena_free(&w.arena);
    bool failed = err != PL_OK || w.problems.errors > 0;
    pl_problems_free(&w.problems);
    return failed ? PL_EXIT_FAILED : PL_EXIT_OK;
}

int pl_ctl_pack(struct pl_ctl *ctl)
{
    for (size_t i = 0; i < PL_COUNT(whats); i++)
        if (ctl->operand != NULL && strcmp(ctl->operand, whats[i].name) == 0)
            return ctl->more[0] != NULL && (ctl->more[1] != NULL) == whats[i].to
                       ? run(ctl, &whats[i])
                       : usage();
    return usage();
}
