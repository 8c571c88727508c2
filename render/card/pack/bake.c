/* bake.c - fonts and pixels of a pack: every image as a base for each game, background and width,
 * with header bar, logo, title and version painted; the pages that lists are drawn on.
 *
 * Files are decoded once and scaled once for each width, however many images show them; per game
 * only the header is painted anew. Pixels lie in an arena of their own that is emptied behind each
 * picture. Failures stay in the assembly. */
#include <stdlib.h>
#include <string.h>

#include "render/card/header.h"
#include "render/card/pack/file.h"
#include "render/card/pack/tiles.h"
#include "shm/base/check.h"

enum { FONT_BYTES_MAX = 32 << 20, WIDTHS_MAX = 3, LAYOUT_W = 3840, PIXELS_BYTES = 2047 << 20 };

/* A file to be painted on, for an image; order: its own picture, then the backgrounds. */
struct job {
    const char *file;
    uint32_t image, order, background;
};
struct made {
    uint32_t image, order, number;
    struct pl_rec_base rec;
};
PL_MAKE_LIST(jobs, struct job);
PL_MAKE_LIST(mades, struct made);

struct baking {
    struct pl_assembly *a;
    const struct pl_make *make;
    const char *folder;
    const struct pl_make_image *const *images;
    struct pl_make_jobs jobs;
    struct pl_make_mades made; /* sorted into BASES when all are there */
    struct pl_type *type;
    struct pl_tiles *tiles;
    struct pl_pixels logos[PL_CARD_GAMES]; /* as they are; rgb NULL = none */
};

/* --- fonts and logos -------------------------------------------------------------------------- */
static const char *path_of(struct baking *b, const char *name)
{
    const char *path = pl_make_path(b->a->arena, b->folder, name);
    if (path == NULL)
        pl_assembly_fail(b->a, PL_E_LIMIT, "no room for a file's name");
    return path;
}

static bool given(const struct pl_make_text *text)
{
    return text->text != NULL && text->text[0] != '\0';
}

static void take_fonts(struct baking *b)
{
    struct pl_assembly *a = b->a;
    struct pl_pack_bytes fonts[PL_PACK_FONTS] = {{NULL, 0}};
    for (unsigned i = 0; i < PL_PACK_FONTS && a->err == PL_OK; i++) {
        if (!given(&b->make->fonts[i]))
            continue;
        const char *path = path_of(b, b->make->fonts[i].text);
        if (path != NULL)
            a->err = pl_make_file(path, FONT_BYTES_MAX, a->arena, &fonts[i], a->error);
        if (a->err != PL_OK)
            break;
        a->look.fonts[i] = (struct pl_rec_range){(uint32_t)a->section[PL_SECTION_FONT_BYTES].n,
                                                 (uint32_t)fonts[i].n};
        a->err =
            pl_buf_add(&a->section[PL_SECTION_FONT_BYTES], fonts[i].bytes, fonts[i].n, a->error);
    }
    if (a->err == PL_OK)
        a->err = pl_type_open(&b->type, fonts, a->error);
}

static void take_logos(struct baking *b)
{
    struct pl_assembly *a = b->a;
    for (unsigned game = 0; game < PL_CARD_GAMES && a->err == PL_OK; game++) {
        struct pl_source source;
        if (!given(&b->make->games[game].logo))
            continue;
        const char *path = path_of(b, b->make->games[game].logo.text);
        if (path == NULL)
            return;
        a->err = pl_source_open(path, a->arena, &source, a->error);
        /* A drawing is painted once, far larger than any header. */
        if (a->err == PL_OK)
            a->err = pl_source_read(&source, 0, b->make->header_rgb, a->arena, &b->logos[game],
                                    a->error);
    }
}

/* --- header ----------------------------------------------------------------------------------- */
/* A logo fills the bar's height. */
static void scale_logo(struct baking *b, unsigned game, uint32_t bar_h, struct pl_pixels *out)
{
    const struct pl_pixels *logo = &b->logos[game];
    *out = (struct pl_pixels){NULL, 0, 0};
    if (logo->rgb == NULL || bar_h == 0)
        return;
    uint32_t w = (uint32_t)(((uint64_t)logo->w * bar_h + logo->h / 2) / logo->h);
    b->a->err = pl_pixels_scale(logo, PL_MAX(w, 1U), bar_h, b->a->pixels, out, b->a->error);
}

static void paint_bar(struct baking *b, const struct pl_pixels *logo, uint32_t bar_h,
                      struct pl_tiling *tiling)
{
    uint32_t rgb = b->make->header_rgb, w = PL_MIN(logo->w, tiling->width_px);
    for (uint32_t y = 0; y < PL_MIN(bar_h, tiling->height_px); y++) {
        uint8_t *row = tiling->rgb + y * tiling->stride;
        for (uint32_t x = 0; x < tiling->width_px; x++) {
            row[3 * x] = (uint8_t)(rgb >> 16);
            row[3 * x + 1] = (uint8_t)(rgb >> 8);
            row[3 * x + 2] = (uint8_t)rgb;
        }
        if (logo->rgb != NULL)
            memcpy(row, logo->rgb + 3 * (size_t)logo->w * y, 3 * (size_t)w);
    }
}

/* Bar, logo, title and badge; returns how far right the logo reaches. */
static uint32_t paint_header(struct baking *b, unsigned game, double scale, const char *title,
                             struct pl_tiling *tiling)
{
    struct pl_assembly *a = b->a;
    uint32_t bar_h = pl_card_header_height(scale);
    struct pl_pixels logo;
    struct pl_canvas24 canvas;
    scale_logo(b, game, bar_h, &logo);
    if (a->err != PL_OK)
        return 0;
    struct pl_card_header header = {
        .scale = scale,
        .width_px = tiling->width_px,
        .logo_px = PL_MIN(logo.w, tiling->width_px),
        .bar_rgb = b->make->header_rgb,
        .text_rgb = b->make->header_text_rgb,
        .badge_rgb = b->make->badge_rgb,
        .page_rgb = b->make->page_rgb,
        .title = title,
        .pack_name = b->make->name != NULL ? b->make->name : "",
        .pack_version = b->make->version != NULL ? b->make->version : "",
    };
    paint_bar(b, &logo, bar_h, tiling);
    a->err = pl_canvas24_on_rows(&canvas, tiling->rgb, tiling->width_px, tiling->height_px,
                                 tiling->stride, a->pixels, a->error);
    if (a->err == PL_OK)
        a->err = pl_card_header_bake(b->type, &header, &canvas, a->pixels, a->error);
    return header.logo_px;
}

/* --- bases ------------------------------------------------------------------------------------ */
/* One base for each game: the neutral one and those that the pack defines. */
static void add_bases(struct baking *b, struct pl_tiling *tiling, double scale, const char *title,
                      const struct job *job, bool own)
{
    struct pl_assembly *a = b->a;
    for (unsigned game = 0; game < PL_CARD_GAMES && a->err == PL_OK; game++) {
        if (game != PL_CARD_GUESS && !b->make->games[game].defined)
            continue;
        size_t mark = pl_arena_mark(a->pixels);
        struct pl_rec_base rec = {
            .game = game,
            .background = job->background,
            .width_px = tiling->width_px,
            .height_px = tiling->height_px,
            .tile_w = tiling->tile_w,
            .columns = tiling->columns,
            .rows = tiling->rows,
            .own = own,
        };
        rec.logo_px = paint_header(b, game, scale, title, tiling);
        pl_arena_release(a->pixels, mark);
        if (a->err == PL_OK)
            rec.grid = pl_tiles_add(b->tiles, a, tiling);
        struct made *made = a->err == PL_OK ? pl_make_add(a->arena, &b->made) : NULL;
        if (made != NULL)
            *made = (struct made){job->image, job->order, b->made.n, rec};
        else
            pl_assembly_fail(a, PL_E_LIMIT, "the pack has too many pictures");
    }
}

/* The picture's own width, the one for screens where its own is larger, the small one. */
static unsigned widths_of(uint32_t own, uint32_t out[WIDTHS_MAX])
{
    unsigned n = 0;
    out[n++] = own;
    if (own > PL_PACK_LIST_W)
        out[n++] = PL_PACK_LIST_W;
    if (own > PL_PACK_SMALL_W)
        out[n++] = PL_PACK_SMALL_W;
    return n;
}

static void at_width(struct baking *b, const struct pl_source *source, const struct pl_pixels *own,
                     uint32_t width, struct pl_pixels *out)
{
    struct pl_assembly *a = b->a;
    *out = *own;
    if (width == own->w)
        return;
    uint32_t h = (uint32_t)(((uint64_t)own->h * width + own->w / 2) / own->w);
    a->err = source->vector ? pl_source_read(source, width, 0xffffff, a->pixels, out, a->error)
                            : pl_pixels_scale(own, width, PL_MAX(h, 1U), a->pixels, out, a->error);
}

/* A file in all its widths. */
static unsigned read_widths(struct baking *b, const char *file, struct pl_pixels out[WIDTHS_MAX])
{
    struct pl_assembly *a = b->a;
    struct pl_source source;
    uint32_t widths[WIDTHS_MAX];
    const char *path = path_of(b, file);
    if (path == NULL)
        return 0;
    a->err = pl_source_open(path, a->pixels, &source, a->error);
    if (a->err == PL_OK)
        a->err = pl_source_read(&source, 0, 0xffffff, a->pixels, &out[0], a->error);
    unsigned n = a->err == PL_OK ? widths_of(out[0].w, widths) : 0;
    for (unsigned i = 1; i < n && a->err == PL_OK; i++)
        at_width(b, &source, &out[0], widths[i], &out[i]);
    return a->err == PL_OK ? n : 0;
}

static void bake_job(struct baking *b, const struct job *job, const struct pl_pixels *pixels,
                     unsigned n)
{
    struct pl_assembly *a = b->a;
    const struct pl_make_image *image = b->images[job->image];
    const char *title = image->title != NULL && image->title[0] != '\0' ? image->title : image->id;
    uint32_t layout_w = image->layout_w != 0 ? image->layout_w : b->make->layout_w;
    for (unsigned i = 0; i < n && a->err == PL_OK; i++) {
        struct pl_tiling tiling;
        size_t mark = pl_arena_mark(a->pixels);
        if (pl_tiling_make(a, &pixels[i], 0, &tiling))
            add_bases(b, &tiling, (double)pixels[i].w / layout_w, title, job, i == 0);
        pl_arena_release(a->pixels, mark);
    }
}

/* --- all images ------------------------------------------------------------------------------- */
static void add_job(struct baking *b, const char *file, uint32_t image, uint32_t order,
                    uint32_t background)
{
    struct job *job = b->a->err == PL_OK ? pl_make_add(b->a->arena, &b->jobs) : NULL;
    if (job != NULL)
        *job = (struct job){file, image, order, background};
    else
        pl_assembly_fail(b->a, PL_E_LIMIT, "the pack has too many pictures");
}

static int by_file(const void *left, const void *right)
{
    const struct job *a = left, *b = right;
    int order = strcmp(a->file, b->file);
    if (order == 0)
        order = (a->image > b->image) - (a->image < b->image);
    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static int by_image(const void *left, const void *right)
{
    const struct made *a = left, *b = right;
    int order = (a->image > b->image) - (a->image < b->image);
    if (order == 0)
        order = (a->order > b->order) - (a->order < b->order);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

/* BASES has those of an image side by side. */
static void keep_made(struct baking *b)
{
    struct pl_assembly *a = b->a;
    if (b->made.n > 0)
        qsort(b->made.at, b->made.n, sizeof *b->made.at, by_image);
    for (uint32_t i = 0; i < b->made.n && a->err == PL_OK; i++) {
        struct pl_rec_image *image = pl_assembly_rec(a, PL_SECTION_IMAGES, b->made.at[i].image);
        uint32_t number = pl_assembly_add(a, PL_SECTION_BASES, &b->made.at[i].rec);
        if (image->bases.n++ == 0)
            image->bases.first = number;
    }
    b->made.n = 0;
}

/* Several images may show one file: it is read once. */
static void bake_images(struct baking *b)
{
    struct pl_assembly *a = b->a;
    struct pl_pixels pixels[WIDTHS_MAX];
    unsigned n = 0;
    for (uint32_t i = 0; i < b->make->images.n; i++) {
        const struct pl_make_image *image = b->images[i];
        add_job(b, image->file, i, 0, 0);
        for (uint32_t k = 0; k < image->backgrounds.n; k++)
            add_job(b, image->backgrounds.at[k].to, i, k + 1,
                    pl_assembly_text(a, image->backgrounds.at[k].from));
    }
    if (b->jobs.n > 0)
        qsort(b->jobs.at, b->jobs.n, sizeof *b->jobs.at, by_file);
    for (uint32_t i = 0; i < b->jobs.n && a->err == PL_OK; i++) {
        const struct job *job = &b->jobs.at[i];
        if (i == 0 || strcmp(job->file, b->jobs.at[i - 1].file) != 0) {
            pl_arena_reset(a->pixels, 0);
            n = read_widths(b, job->file, pixels);
        }
        bake_job(b, job, pixels, n);
    }
    pl_arena_reset(a->pixels, 0);
    keep_made(b);
}

static void bake_pages(struct baking *b)
{
    static const uint32_t widths[] = {PL_PACK_LIST_W, PL_PACK_SMALL_W};
    struct pl_assembly *a = b->a;
    struct pl_tiling tiling;
    static const struct job page_job = {"", 0, 0, 0};
    a->look.pages.first = pl_assembly_n(a, PL_SECTION_BASES);
    for (size_t i = 0; i < PL_COUNT(widths) && a->err == PL_OK; i++) {
        struct pl_pixels page = {NULL, widths[i], PL_PACK_LIST_H * widths[i] / PL_PACK_LIST_W};
        if (pl_tiling_make(a, &page, b->make->page_rgb, &tiling))
            add_bases(b, &tiling, (double)widths[i] / LAYOUT_W, "", &page_job, i == 0);
    }
    for (uint32_t i = 0; i < b->made.n; i++)
        pl_assembly_add(a, PL_SECTION_BASES, &b->made.at[i].rec);
    a->look.pages.n = b->made.n;
    b->made.n = 0;
}

static void note_logos(struct baking *b)
{
    for (unsigned game = 0; game < PL_CARD_GAMES; game++) {
        const struct pl_pixels *logo = &b->logos[game];
        struct pl_rec_game *rec = pl_assembly_rec(b->a, PL_SECTION_GAMES, game);
        uint32_t bar_h = pl_card_header_height((double)PL_PACK_LIST_W / LAYOUT_W);
        if (logo->rgb != NULL)
            rec->logo_w = (uint32_t)(((uint64_t)logo->w * bar_h + logo->h / 2) / logo->h);
    }
}

void pl_bake(struct pl_assembly *a, const struct pl_make *make, const char *folder,
             const struct pl_make_image *const *images)
{
    struct baking b = {.a = a, .make = make, .folder = folder, .images = images};
    b.tiles = pl_tiles_make(a);
    if (a->err == PL_OK)
        a->err = pl_arena_make(&a->pixels, PIXELS_BYTES, a->error);
    if (a->err == PL_OK)
        take_fonts(&b);
    if (a->err == PL_OK)
        take_logos(&b);
    note_logos(&b);
    if (a->err == PL_OK)
        bake_pages(&b);
    if (a->err == PL_OK)
        bake_images(&b);
    pl_type_close(&b.type);
    pl_arena_free(&a->pixels);
}
