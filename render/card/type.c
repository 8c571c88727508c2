/* type.c - faces, shaping, drawing of shaped text.
 *
 * HarfBuzz reads the fonts' own tables at the scale of their em, so a shaped text is free of any
 * size and of hinting; FreeType is asked for outlines alone. A text is cut into runs of one face
 * first: the font asked for, where it has the character, else the fallback, else the third. A mark
 * stays with the character before it.
 *
 * Memory: three FreeType faces and three HarfBuzz fonts, made at open, and the store of glyphs.
 * Shaped texts are the arena's. Knows the canvas's tiles only through paint.h.
 */
#include "render/card/type.h"

#include <ft2build.h>
#include <hb.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include "render/card/glyphs.h"
#include "render/card/paint.h"
#include "shm/base/check.h"
#include "shm/base/utf8.h"

enum { FINE_PX = 64, /* larger glyphs are placed on whole pixels */ STORE_ENTRIES = 12288 };

/* Many fonts let these reach far beyond letters, out of a box as high as the letters are. */
static const char fences[] = "()[]{}|";
enum { FENCES_N = sizeof fences - 1 };

static const char ellipsis_text[] = "\xe2\x80\xa6";

struct face {
    FT_Face ft;
    hb_font_t *hb;
    int64_t upem;
    unsigned px;                    /* size set last */
    uint32_t fences[FENCES_N];      /* glyphs of brackets and the like; 0 = the face has none */
    double fence_top, fence_bottom; /* what they are kept within, em: that of l and of g */
};

struct pl_type {
    FT_Library library;
    struct face faces[PL_PACK_FONTS];
    struct pl_type_face looks[PL_PACK_FONTS];
    struct pl_type_text ellipsis[PL_PACK_FONTS];
    struct pl_type_glyph ellipsis_glyphs[PL_PACK_FONTS][4];
    struct pl_glyphs *glyphs;
    hb_buffer_t *buffer;
};

/* Where to look for a character, by the font that was asked for. */
static const enum pl_pack_font search[PL_PACK_FONTS][PL_PACK_FONTS] = {
    [PL_PACK_FONT_LABEL] = {PL_PACK_FONT_LABEL, PL_PACK_FONT_FALLBACK, PL_PACK_FONT_TITLE},
    [PL_PACK_FONT_TITLE] = {PL_PACK_FONT_TITLE, PL_PACK_FONT_FALLBACK, PL_PACK_FONT_LABEL},
    [PL_PACK_FONT_FALLBACK] = {PL_PACK_FONT_FALLBACK, PL_PACK_FONT_LABEL, PL_PACK_FONT_TITLE},
};

/* ---- shaping ------------------------------------------------------------------------------- */

struct run {
    struct pl_type_glyph *glyphs; /* PL_TYPE_GLYPHS_MAX */
    uint32_t n;
    int64_t x;
};

static bool has(const struct pl_type *type, enum pl_pack_font font, uint32_t code)
{
    hb_codepoint_t glyph;
    return hb_font_get_nominal_glyph(type->faces[font].hb, code, &glyph);
}

static enum pl_pack_font face_of(const struct pl_type *type, enum pl_pack_font font, uint32_t code)
{
    for (unsigned i = 0; i < PL_PACK_FONTS; i++)
        if (has(type, search[font][i], code))
            return search[font][i];
    return PL_PACK_FONT_FALLBACK; /* its box for missing glyphs is one that is seen */
}

static int64_t in_em(int64_t units, const struct face *face)
{
    return units * PL_TYPE_EM / face->upem;
}

/* What the buffer holds, in one face. */
static void shape_run(struct pl_type *type, enum pl_pack_font font, struct run *run)
{
    const struct face *face = &type->faces[font];
    unsigned n = 0;
    hb_buffer_set_content_type(type->buffer, HB_BUFFER_CONTENT_TYPE_UNICODE);
    hb_buffer_set_language(type->buffer, hb_language_from_string("en", -1));
    hb_buffer_guess_segment_properties(type->buffer);
    hb_shape(face->hb, type->buffer, NULL, 0);
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(type->buffer, &n);
    const hb_glyph_position_t *positions = hb_buffer_get_glyph_positions(type->buffer, &n);
    for (unsigned i = 0; i < n && run->n < PL_TYPE_GLYPHS_MAX; i++) {
        run->glyphs[run->n++] = (struct pl_type_glyph){
            .index = (uint16_t)infos[i].codepoint,
            .face = (uint8_t)font,
            .y = (int32_t)in_em(positions[i].y_offset, face),
            .x = run->x + in_em(positions[i].x_offset, face),
        };
        run->x += in_em(positions[i].x_advance, face);
    }
    hb_buffer_clear_contents(type->buffer);
}

static bool is_mark(uint32_t code)
{
    hb_unicode_general_category_t category =
        hb_unicode_general_category(hb_unicode_funcs_get_default(), code);
    return category == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
           category == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK ||
           category == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK ||
           category == HB_UNICODE_GENERAL_CATEGORY_FORMAT;
}

/* The next character; a malformed byte is U+FFFD, a control character a blank. */
static uint32_t next_code(const char **text, size_t *n)
{
    uint32_t code = 0xfffd;
    size_t step = pl_utf8_step(*text, *n, &code);
    step = step > 0 ? step : 1;
    *text += step;
    *n -= step;
    return code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ? ' '
                                                                                           : code;
}

static void shape(struct pl_type *type, enum pl_pack_font font, const char *text, struct run *run)
{
    size_t n = strlen(text);
    enum pl_pack_font current = font;
    unsigned pending = 0, total = 0;
    while (n > 0 && total++ < PL_TYPE_GLYPHS_MAX) {
        uint32_t code = next_code(&text, &n);
        enum pl_pack_font wanted =
            pending > 0 && is_mark(code) ? current : face_of(type, font, code);
        if (wanted != current && pending > 0) {
            shape_run(type, current, run);
            pending = 0;
        }
        current = wanted;
        hb_buffer_add(type->buffer, code, pending++);
    }
    if (pending > 0)
        shape_run(type, current, run);
}

static enum pl_err no_room(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "the text does not fit into the memory of one job (workers.memory)");
}

enum pl_err pl_type_shape(struct pl_type *type, enum pl_pack_font font, const char *text,
                          struct pl_arena *arena, struct pl_type_text *out, struct pl_error *error)
{
    struct pl_type_glyph glyphs[PL_TYPE_GLYPHS_MAX];
    struct run run = {.glyphs = glyphs};
    shape(type, font, text, &run);
    *out = (struct pl_type_text){.n = run.n, .width = run.x};
    if (run.n == 0)
        return PL_OK;
    out->glyphs = pl_arena_alloc(arena, run.n * sizeof *glyphs);
    if (out->glyphs == NULL)
        return no_room(error);
    memcpy(out->glyphs, glyphs, run.n * sizeof *glyphs);
    return PL_OK;
}

enum pl_err pl_type_cut(struct pl_type *type, enum pl_pack_font font,
                        const struct pl_type_text *text, int64_t width, struct pl_arena *arena,
                        struct pl_type_text *out, struct pl_error *error)
{
    const struct pl_type_text *dots = &type->ellipsis[font];
    *out = *text;
    if (text->width <= width)
        return PL_OK;
    uint32_t keep = text->n;
    while (keep > 0 && text->glyphs[keep - 1].x + dots->width > width)
        keep--;
    /* glyphs[keep - 1] begins in time, but may be the one that goes too far */
    int64_t end = keep == 0 ? 0 : text->glyphs[keep - 1].x;
    keep = keep > 0 ? keep - 1 : 0;
    *out = (struct pl_type_text){0};
    if (dots->width > width)
        return PL_OK;
    out->glyphs = pl_arena_alloc(arena, (keep + dots->n) * sizeof *out->glyphs);
    if (out->glyphs == NULL)
        return no_room(error);
    if (keep > 0)
        memcpy(out->glyphs, text->glyphs, keep * sizeof *out->glyphs);
    out->n = keep;
    for (uint32_t i = 0; i < dots->n; i++) {
        out->glyphs[out->n] = dots->glyphs[i];
        out->glyphs[out->n++].x += end;
    }
    out->width = end + dots->width;
    return PL_OK;
}

/* ---- faces --------------------------------------------------------------------------------- */

static enum pl_err open_face(struct pl_type *type, unsigned f, const struct pl_pack_bytes *font,
                             struct pl_error *error)
{
    struct face *face = &type->faces[f];
    CHECK(font->n <= INT32_MAX);
    if (FT_New_Memory_Face(type->library, font->bytes, (FT_Long)font->n, 0, &face->ft) != 0 ||
        !FT_IS_SCALABLE(face->ft))
        return pl_fail(error, PL_E_FORMAT,
                       "font %u of the card pack is no outline font: build "
                       "the pack anew with a TrueType or OpenType file",
                       f + 1);
    hb_blob_t *blob = hb_blob_create((const char *)font->bytes, (unsigned)font->n,
                                     HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *hb_face = hb_face_create(blob, 0);
    face->upem = PL_MAX(1, (int64_t)hb_face_get_upem(hb_face));
    face->hb = hb_font_create(hb_face);
    hb_font_set_scale(face->hb, (int)face->upem, (int)face->upem);
    hb_face_destroy(hb_face);
    hb_blob_destroy(blob);
    return PL_OK;
}

/* How high or deep a character's outline reaches, em units. */
static int32_t reach(struct pl_type *type, enum pl_pack_font font, uint32_t code, bool below)
{
    hb_codepoint_t glyph;
    hb_glyph_extents_t extents;
    const struct face *face = &type->faces[face_of(type, font, code)];
    if (!hb_font_get_nominal_glyph(face->hb, code, &glyph) ||
        !hb_font_get_glyph_extents(face->hb, glyph, &extents))
        return below ? PL_TYPE_EM / 5 : PL_TYPE_EM * 7 / 10;
    int64_t units = below ? -(extents.y_bearing + extents.height) : extents.y_bearing;
    return (int32_t)PL_MAX(0, PL_MIN(in_em(units, face), (int64_t)PL_TYPE_EM));
}

static void look_at(struct pl_type *type, enum pl_pack_font font)
{
    struct pl_type_glyph glyphs[PL_TYPE_GLYPHS_MAX];
    struct run blank = {.glyphs = glyphs}, dots = {.glyphs = glyphs};
    shape(type, font, " ", &blank);
    shape(type, font, ellipsis_text, &dots);
    uint32_t n = PL_MIN(dots.n, (uint32_t)PL_COUNT(type->ellipsis_glyphs[font]));
    memcpy(type->ellipsis_glyphs[font], glyphs, n * sizeof *glyphs);
    type->ellipsis[font] = (struct pl_type_text){type->ellipsis_glyphs[font], n, dots.x};
    struct face *face = &type->faces[font];
    for (unsigned i = 0; i < FENCES_N; i++) {
        hb_codepoint_t glyph;
        bool there = hb_font_get_nominal_glyph(face->hb, (unsigned char)fences[i], &glyph);
        face->fences[i] = there ? glyph : 0;
    }
    face->fence_top = (double)reach(type, font, 'l', false) / PL_TYPE_EM;
    face->fence_bottom = -(double)reach(type, font, 'g', true) / PL_TYPE_EM;
    type->looks[font] = (struct pl_type_face){
        .capital = reach(type, font, 'H', false),
        .tall = reach(type, font, 'l', false),
        .deep = reach(type, font, 'g', true),
        .blank = (int32_t)blank.x,
        .ellipsis = (int32_t)dots.x,
    };
}

const struct pl_type_face *pl_type_face(struct pl_type *type, enum pl_pack_font font)
{
    return &type->looks[font];
}

static enum pl_err fill(struct pl_type *type, const struct pl_pack_bytes fonts[PL_PACK_FONTS],
                        struct pl_error *error)
{
    if (FT_Init_FreeType(&type->library) != 0)
        return pl_fail(error, PL_E_NOMEM, "FreeType does not start");
    type->buffer = hb_buffer_create();
    for (unsigned f = 0; f < PL_PACK_FONTS; f++) {
        const struct pl_pack_bytes *font = NULL;
        for (unsigned i = 0; i < PL_PACK_FONTS && font == NULL; i++)
            font = fonts[search[f][i]].n > 0 ? &fonts[search[f][i]] : NULL;
        if (font == NULL)
            return pl_fail(error, PL_E_MISSING,
                           "the card pack has no font: name one under "
                           "`fonts:` in pack.yaml and build it anew");
        enum pl_err err = open_face(type, f, font, error);
        if (err != PL_OK)
            return err;
    }
    for (unsigned f = 0; f < PL_PACK_FONTS; f++)
        look_at(type, f);
    return pl_glyphs_make(&type->glyphs, PL_TYPE_STORE_BYTES, STORE_ENTRIES, error);
}

enum pl_err pl_type_open(struct pl_type **out, const struct pl_pack_bytes fonts[PL_PACK_FONTS],
                         struct pl_error *error)
{
    struct pl_type *type = calloc(1, sizeof *type);
    if (type == NULL)
        return pl_fail(error, PL_E_NOMEM, "no memory for the fonts of the card pack");
    enum pl_err err = fill(type, fonts, error);
    if (err != PL_OK)
        pl_type_close(&type);
    *out = type;
    return err;
}

void pl_type_close(struct pl_type **type)
{
    struct pl_type *old = *type;
    *type = NULL;
    if (old == NULL)
        return;
    for (unsigned f = 0; f < PL_PACK_FONTS; f++) {
        hb_font_destroy(old->faces[f].hb);
        if (old->faces[f].ft != NULL)
            FT_Done_Face(old->faces[f].ft);
    }
    hb_buffer_destroy(old->buffer);
    if (old->library != NULL)
        FT_Done_FreeType(old->library);
    pl_glyphs_free(&old->glyphs);
    free(old);
}

/* ---- the process's own --------------------------------------------------------------------- */

static struct pl_type *own;
static struct pl_pack_bytes own_fonts[PL_PACK_FONTS];
static uint8_t own_version[PL_PACK_VERSION_N]; /* of the pack they lie in */

/* The same bytes at the same place: another pack may have been mapped where one was closed. */
static bool is_own(const struct pl_pack *pack, const struct pl_pack_bytes fonts[PL_PACK_FONTS])
{
    bool same = own != NULL && memcmp(own_version, pl_pack_version(pack), PL_PACK_VERSION_N) == 0;
    for (unsigned f = 0; same && f < PL_PACK_FONTS; f++)
        same = own_fonts[f].bytes == fonts[f].bytes && own_fonts[f].n == fonts[f].n;
    return same;
}

enum pl_err pl_type_of(const struct pl_packs *packs, struct pl_type **out, struct pl_error *error)
{
    struct pl_pack_bytes fonts[PL_PACK_FONTS];
    *out = NULL;
    if (packs->n == 0)
        return pl_fail(error, PL_E_MISSING,
                       "no card pack is loaded: name one with cards.pack in the configuration");
    for (unsigned f = 0; f < PL_PACK_FONTS; f++)
        fonts[f] = pl_pack_font(packs->at[0], (enum pl_pack_font)f);
    enum pl_err err = PL_OK;
    if (!is_own(packs->at[0], fonts)) {
        pl_type_forget();
        err = pl_type_open(&own, fonts, error);
        memcpy(own_fonts, fonts, sizeof own_fonts);
        memcpy(own_version, pl_pack_version(packs->at[0]), sizeof own_version);
    }
    *out = own;
    return err;
}

void pl_type_forget(void)
{
    pl_type_close(&own);
}

struct pl_type_counts pl_type_counts(const struct pl_type *type)
{
    struct pl_glyphs_counts counts = pl_glyphs_counts(type->glyphs);
    return (struct pl_type_counts){counts.found, counts.made, counts.dropped, counts.bytes};
}

/* ---- drawing ------------------------------------------------------------------------------- */

/* Mixing stored values makes light strokes on dark thinner than dark ones on light: their edges are
 * given about as much more as the eye misses. */
static void strengthen(FT_Bitmap *map)
{
    for (unsigned y = 0; y < map->rows; y++)
        for (unsigned x = 0; x < map->width; x++) {
            uint8_t *part = map->buffer + (ptrdiff_t)y * map->pitch + x;
            *part = (uint8_t)(*part + *part * (255 - *part) / 640);
        }
}

/* An outline that reaches above l or below g is made lower; its strokes stay as thick. */
static void keep_low(const struct face *face, FT_Outline *outline, unsigned px)
{
    FT_BBox box;
    FT_Outline_Get_CBox(outline, &box);
    FT_Pos top = (FT_Pos)lround(face->fence_top * 64.0 * px);
    FT_Pos bottom = (FT_Pos)lround(face->fence_bottom * 64.0 * px);
    if (box.yMax - box.yMin <= top - bottom || box.yMax <= box.yMin)
        return;
    FT_Matrix lower = {
        0x10000, 0, 0,
        (FT_Fixed)(65536.0 * (double)(top - bottom) / (double)(box.yMax - box.yMin))};
    FT_Outline_Translate(outline, 0, -box.yMin);
    FT_Outline_Transform(outline, &lower);
    FT_Outline_Translate(outline, 0, bottom);
}

static bool is_fence(const struct face *face, uint32_t glyph)
{
    for (unsigned i = 0; i < FENCES_N; i++)
        if (glyph != 0 && face->fences[i] == glyph)
            return true;
    return false;
}

/* Rasterises a glyph and keeps it; one that cannot be rasterised is kept as an empty one. */
static void make_glyph(struct pl_type *type, const struct pl_type_glyph *glyph, unsigned px,
                       unsigned position, bool light, uint64_t key, struct pl_glyph *out)
{
    struct face *face = &type->faces[glyph->face];
    FT_GlyphSlot slot = face->ft->glyph;
    struct pl_glyph made = {0};
    ptrdiff_t stride = 0;
    if (face->px != px && FT_Set_Pixel_Sizes(face->ft, 0, px) == 0)
        face->px = px;
    if (face->px == px &&
        FT_Load_Glyph(face->ft, glyph->index, FT_LOAD_NO_BITMAP | FT_LOAD_NO_HINTING) == 0 &&
        slot->format == FT_GLYPH_FORMAT_OUTLINE) {
        if (is_fence(face, glyph->index))
            keep_low(face, &slot->outline, px);
        FT_Outline_Translate(&slot->outline, (FT_Pos)position * 16, 0);
        if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) == 0) {
            if (light)
                strengthen(&slot->bitmap);
            made = (struct pl_glyph){(int16_t)slot->bitmap_left, (int16_t)slot->bitmap_top,
                                     (uint16_t)slot->bitmap.width, (uint16_t)slot->bitmap.rows,
                                     slot->bitmap.buffer};
            stride = slot->bitmap.pitch;
        }
    }
    if (!pl_glyphs_add(type->glyphs, key, &made, stride, out))
        *out = (struct pl_glyph){0};
}

void pl_type_draw(struct pl_type *type, struct pl_canvas24 *canvas, const struct pl_type_text *text,
                  unsigned px, double x, int baseline, uint32_t rgb)
{
    px = PL_MAX(1u, PL_MIN(px, (unsigned)PL_TYPE_PX_MAX));
    bool light = (rgb >> 16 & 0xff) + (rgb >> 8 & 0xff) + (rgb & 0xff) > 3 * 160;
    for (uint32_t i = 0; i < text->n; i++) {
        const struct pl_type_glyph *glyph = &text->glyphs[i];
        double at = x + pl_type_px(glyph->x, px);
        if (!(at > -30000.0 && at < 30000.0))
            continue;
        int quarters = (int)floor(at * 4.0 + (px < FINE_PX ? 0.5 : 2.0));
        unsigned position = px < FINE_PX ? (unsigned)quarters & 3 : 0;
        int y = baseline - (int)lround(pl_type_px(glyph->y, px));
        uint64_t key = (uint64_t)glyph->index << 16 | (uint64_t)px << 6 |
                       (uint64_t)glyph->face << 4 | (light ? 8u : 0u) | position << 1 | 1;
        struct pl_glyph found;
        if (!pl_glyphs_find(type->glyphs, key, &found))
            make_glyph(type, glyph, px, position, light, key, &found);
        pl_paint_coverage(canvas, (quarters >> 2) + found.left, y - found.top, found.width,
                          found.height, found.coverage, rgb);
    }
}
