/* verify_files.c - are the pictures, logos and fonts of a pack there, and are they such?
 *
 * Pictures are opened, not decoded; fonts are opened as the renderer does. A file's bytes lie in
 * the arena for as long as it is looked at. */
#include "render/card/pack/verify.h"

#include <math.h>
#include <string.h>

#include "render/card/pack/file.h"
#include "render/card/pack/source.h"
#include "render/card/type.h"
#include "shm/base/check.h"

enum { FONT_BYTES_MAX = 32 << 20 };

/* Below the pack's folder: it can be moved, and says nothing about the machine it was made on. */
static bool is_inside(struct pl_verify *v, const char *file, struct pl_make_where where)
{
    if (file[0] == '/' || strcmp(file, "..") == 0 || strncmp(file, "../", 3) == 0 ||
        strstr(file, "/../") != NULL) {
        pl_problem(v->problems, where, "%.160s is outside the pack's folder; copy it into it",
                   file);
        return false;
    }
    return true;
}

static const char *path_of(struct pl_verify *v, const char *file)
{
    const char *path = pl_make_path(v->arena, v->folder, file);
    if (path == NULL && v->err == PL_OK)
        v->err = pl_fail(v->error, PL_E_LIMIT, "the pack is too large to be checked");
    return path;
}

/* False: reported. */
static bool picture_size(struct pl_verify *v, const char *file, struct pl_make_where where,
                         uint32_t *w, uint32_t *h)
{
    struct pl_source source;
    struct pl_error why = {0};
    if (!is_inside(v, file, where))
        return false;
    size_t mark = pl_arena_mark(v->arena);
    const char *path = path_of(v, file);
    if (path == NULL)
        return false;
    enum pl_err err = pl_source_open(path, v->arena, &source, &why);
    if (err == PL_E_MISSING)
        pl_problem(v->problems, where, "the picture %.160s is missing", file);
    else if (err != PL_OK)
        pl_problem(v->problems, where, "%.300s", why.msg);
    *w = source.w;
    *h = source.h;
    pl_arena_release(v->arena, mark);
    return err == PL_OK;
}

static void check_shape(struct pl_verify *v, const struct pl_make_image *image)
{
    double w = image->layout_w != 0 ? image->layout_w : v->make->layout_w;
    double h = image->layout_h != 0 ? image->layout_h : v->make->layout_h;
    double high = h * image->width_px / w; /* what the layout asks of a picture this wide */
    if (fabs(high - image->height_px) > 0.01 * high + 1.0)
        pl_problem_warn(v->problems, image->where,
                        "the picture of %.60s is %u x %u, but its layout %.0f x %.0f has another "
                        "shape; boxes will be off",
                        image->id, image->width_px, image->height_px, w, h);
}

static bool is_word(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n > 0 && n <= 32 && text[n] == '\0';
}

static void check_backgrounds(struct pl_verify *v, const struct pl_make_image *image)
{
    for (uint32_t i = 0; i < image->backgrounds.n; i++) {
        const struct pl_make_pair *pair = &image->backgrounds.at[i];
        uint32_t w, h;
        if (!is_word(pl_verify_text(pair->from)))
            pl_problem(v->problems, pair->where,
                       "a background is called by small letters, digits and -, such as dark; not "
                       "%.60s",
                       pl_verify_text(pair->from));
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(pl_verify_text(image->backgrounds.at[k].from), pl_verify_text(pair->from)) ==
                0)
                pl_problem(v->problems, pair->where, "%.60s has two backgrounds %.60s", image->id,
                           pl_verify_text(pair->from));
        if (picture_size(v, pl_verify_text(pair->to), pair->where, &w, &h) &&
            image->width_px != 0 && (w != image->width_px || h != image->height_px))
            pl_problem(v->problems, pair->where,
                       "the background %.60s is %u x %u, the picture %u x %u; make them alike",
                       pair->from, w, h, image->width_px, image->height_px);
    }
}

static void check_images(struct pl_verify *v)
{
    for (uint32_t i = 0; i < v->make->images.n && v->err == PL_OK; i++) {
        struct pl_make_image *image = &v->make->images.at[i];
        const char *file = pl_verify_text(image->file);
        image->width_px = image->height_px = 0;
        if (file[0] == '\0')
            pl_problem(v->problems, image->where, "the image %.80s names no file", image->id);
        else if (picture_size(v, file, image->where, &image->width_px, &image->height_px))
            check_shape(v, image);
        else
            image->width_px = image->height_px = 0;
        check_backgrounds(v, image);
    }
}

static void check_logos(struct pl_verify *v)
{
    for (unsigned i = 0; i < PL_CARD_GAMES && v->err == PL_OK; i++) {
        const struct pl_make_text *logo = &v->make->games[i].logo;
        const char *file = pl_verify_text(logo->text);
        uint32_t w, h;
        if (file[0] != '\0' && picture_size(v, file, logo->where, &w, &h) && w > 10 * h)
            pl_problem_warn(v->problems, logo->where,
                            "the logo is %u x %u and leaves little room for a title", w, h);
    }
}

/* --- fonts ------------------------------------------------------------------------------------ */
static void check_font(struct pl_verify *v, const struct pl_make_text *font)
{
    struct pl_pack_bytes fonts[PL_PACK_FONTS] = {{NULL, 0}};
    struct pl_error why = {0};
    struct pl_type *type = NULL;
    /* Fonts may be the system's: /usr/share/fonts/... */
    if (font->text[0] != '/' && !is_inside(v, font->text, font->where))
        return;
    size_t mark = pl_arena_mark(v->arena);
    const char *path = path_of(v, font->text);
    if (path == NULL)
        return;
    enum pl_err err = pl_make_file(path, FONT_BYTES_MAX, v->arena, &fonts[0], &why);
    if (err == PL_E_MISSING)
        pl_problem(v->problems, font->where, "the font %.160s is missing", font->text);
    else if (err != PL_OK)
        pl_problem(v->problems, font->where, "%.300s", why.msg);
    else if (pl_type_open(&type, fonts, &why) != PL_OK)
        pl_problem(v->problems, font->where, "%.160s is no font that can be read", font->text);
    pl_type_close(&type);
    pl_arena_release(v->arena, mark);
}

static void check_fonts(struct pl_verify *v)
{
    static const struct pl_make_where pack = {"pack.yaml", 0};
    const struct pl_make_text *fonts = v->make->fonts;
    for (unsigned i = 0; i < PL_PACK_FONTS && v->err == PL_OK; i++)
        if (pl_verify_text(fonts[i].text)[0] != '\0')
            check_font(v, &fonts[i]);
    if (pl_verify_text(fonts[PL_PACK_FONT_LABEL].text)[0] == '\0')
        pl_problem(v->problems, pack,
                   "no font for labels; add `fonts: {label: fonts/NAME.ttf, title: ...}`");
    else if (pl_verify_text(fonts[PL_PACK_FONT_TITLE].text)[0] == '\0')
        pl_problem_warn(v->problems, pack, "no font for titles; they are set in that of labels");
}

void pl_verify_files(struct pl_verify *v)
{
    check_fonts(v);
    check_images(v);
    check_logos(v);
}
