/* text.c - faces, glyph stores, drawing of laid-out text.
 *
 * A glyph is kept as 8-bit coverage, for four positions within a pixel so that letters keep their
 * distances, keyed by (code point, size, position). Two stores of the same form: `shared`, filled
 * before fork in a shared mapping and then read-only, and `own`, untouched (and so without cost)
 * until the process needs a glyph that is not in the first; when `own` is full it is emptied. Only
 * `own` is ever written after fork.
 *
 * Memory: FreeType's own structures (allocated once, before fork) and the two stores. Font files
 * stay mapped.
 */
#include "render/text.h"

#include <fcntl.h>
#include <ft2build.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include "render/style.h"
#include "render/text_priv.h"
#include "shm/base/check.h"

enum {
    PX_LEAST = 6,
    PX_MOST = 120,
    FINE_PX = 32, /* larger glyphs are placed on whole pixels */
    ENTRIES = 4096,
    POOL = 192 << 10,
};

struct glyph {
    uint32_t key; /* glyph_key(); 0 = free */
    int16_t advance, left, top;
    uint8_t width, height;
    uint32_t at; /* first byte in the pool */
};

struct store {
    struct glyph entries[ENTRIES];
    unsigned n;
    size_t used;
    uint8_t pool[POOL];
};

static struct {
    FT_Library library;
    FT_Face faces[2];
    void *maps[2];
    size_t map_n[2];
    struct store *shared;
    unsigned sized_px[2]; /* size set last on each face */
} text_state;

static struct store own;

static const struct {
    const char *file, *folder, *package;
} fonts[2] = {
    {"LiberationSans-Regular.ttf", "/usr/share/fonts/truetype/liberation2", "fonts-liberation2"},
    {"DejaVuSans.ttf", "/usr/share/fonts/truetype/dejavu", "fonts-dejavu-core"},
};

/* ---- stores -------------------------------------------------------------------------------- */

static uint32_t glyph_key(uint32_t code, unsigned px, unsigned style, unsigned position)
{
    return (code << 11 | style << 9 | px << 2 | position) + 1; /* 21 + 2 + 7 + 2 bits */
}

static struct glyph *slot(struct store *store, uint32_t key)
{
    uint32_t i = (key * UINT32_C(2654435761)) >> 20;
    while (store->entries[i & (ENTRIES - 1)].key != 0 &&
           store->entries[i & (ENTRIES - 1)].key != key)
        i++;
    return &store->entries[i & (ENTRIES - 1)];
}

static void empty(struct store *store)
{
    memset(store->entries, 0, sizeof store->entries);
    store->n = 0;
    store->used = 0;
}

/* ---- rasterising --------------------------------------------------------------------------- */

/* Bold and italic are made of the upright face: thicker by a part of the size, and leaning. */
static void make_style(FT_GlyphSlot glyph, unsigned px, unsigned style)
{
    if (glyph->format != FT_GLYPH_FORMAT_OUTLINE)
        return;
    if (style & PL_STYLE_BOLD) {
        FT_Pos strength = (FT_Pos)px * 64 / 20;
        (void)FT_Outline_Embolden(&glyph->outline, strength);
        glyph->linearHoriAdvance += strength * 1024;
    }
    if (style & PL_STYLE_ITALIC) {
        FT_Matrix lean = {0x10000, 0x10000 * 21 / 100, 0, 0x10000};
        FT_Outline_Transform(&glyph->outline, &lean);
    }
}

static FT_GlyphSlot load(uint32_t code, unsigned px, unsigned style, FT_Int32 hinting)
{
    FT_UInt index = 0;
    unsigned f = 0;
    for (; f < 2; f++)
        if ((index = FT_Get_Char_Index(text_state.faces[f], code)) != 0)
            break;
    if (index == 0) {
        f = 1;
        index = FT_Get_Char_Index(text_state.faces[1], 0xfffd);
    }
    if (text_state.sized_px[f] != px) {
        if (FT_Set_Pixel_Sizes(text_state.faces[f], 0, px) != 0)
            return NULL;
        text_state.sized_px[f] = px;
    }
    if (FT_Load_Glyph(text_state.faces[f], index, FT_LOAD_NO_BITMAP | hinting) != 0)
        return NULL;
    if (style != 0)
        make_style(text_state.faces[f]->glyph, px, style);
    return text_state.faces[f]->glyph;
}

/* Renders one glyph into `store`; a glyph that cannot be rendered is stored as an empty one. */
static const struct glyph *render(struct store *store, uint32_t code, unsigned px, unsigned style,
                                  unsigned position)
{
    FT_GlyphSlot from = load(code, px, style, FT_LOAD_TARGET_LIGHT);
    FT_Bitmap empty_map = {0}, *map = &empty_map;
    if (from != NULL && from->format == FT_GLYPH_FORMAT_OUTLINE) {
        FT_Outline_Translate(&from->outline, (FT_Pos)position * 16, 0);
        if (FT_Render_Glyph(from, FT_RENDER_MODE_NORMAL) == 0)
            map = &from->bitmap;
    }
    unsigned width = PL_MIN(map->width, 255u), height = PL_MIN(map->rows, 255u);
    if (store->n + 1 > ENTRIES * 3 / 4 || store->used + (size_t)width * height > POOL)
        empty(store);
    struct glyph *to = slot(store, glyph_key(code, px, style, position));
    to->key = glyph_key(code, px, style, position);
    to->advance = from != NULL ? (int16_t)((from->linearHoriAdvance + 512) >> 10) : 0;
    to->left = from != NULL ? (int16_t)from->bitmap_left : 0;
    to->top = from != NULL ? (int16_t)from->bitmap_top : 0;
    to->width = (uint8_t)width;
    to->height = (uint8_t)height;
    to->at = (uint32_t)store->used;
    for (unsigned y = 0; y < height; y++)
        memcpy(store->pool + store->used + (size_t)y * width,
               map->buffer + (ptrdiff_t)y * map->pitch, width);
    store->used += (size_t)width * height;
    store->n++;
    return to;
}

/* The glyph, and in *pool where its coverage lives; valid until the next call. */
static const struct glyph *find(uint32_t code, unsigned px, unsigned style, unsigned position,
                                const uint8_t **pool)
{
    CHECK(text_state.shared != NULL);
    uint32_t key = glyph_key(code, px, style, position);
    const struct glyph *found = slot(text_state.shared, key);
    *pool = text_state.shared->pool;
    if (found->key == key)
        return found;
    *pool = own.pool;
    found = slot(&own, key);
    return found->key == key ? found : render(&own, code, px, style, position);
}

int32_t pl_glyph_advance(uint32_t code, unsigned px, unsigned style)
{
    const uint8_t *pool;
    return find(code, px, style, 0, &pool)->advance;
}

/* ---- start and stop ------------------------------------------------------------------------ */

static enum pl_err map_font(unsigned f, const char *font_dir, struct pl_error *error)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", font_dir != NULL ? font_dir : fonts[f].folder,
             fonts[f].file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size <= 0) {
        if (fd >= 0)
            close(fd);
        return pl_fail(error, PL_E_MISSING, "%s: no such font (package %s)", path,
                       fonts[f].package);
    }
    text_state.map_n[f] = (size_t)st.st_size;
    text_state.maps[f] = mmap(NULL, text_state.map_n[f], PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (text_state.maps[f] == MAP_FAILED) {
        text_state.maps[f] = NULL;
        return pl_fail_errno(error, "%s", path);
    }
    if (FT_New_Memory_Face(text_state.library, text_state.maps[f], (FT_Long)text_state.map_n[f], 0,
                           &text_state.faces[f]) != 0)
        return pl_fail(error, PL_E_FORMAT, "%s: not a font FreeType can read", path);
    return PL_OK;
}

/* ASCII at the sizes of 600x400 plots in all positions and of thumbnails: what nearly every plot
 * needs. */
static void fill_shared(void)
{
    static const uint8_t sizes[] = {12, 13, 16};
    for (unsigned s = 0; s < PL_COUNT(sizes); s++)
        for (uint32_t code = ' '; code < 127; code++)
            for (unsigned position = 0; position < 4; position++)
                (void)render(text_state.shared, code, sizes[s], 0, position);
}

enum pl_err pl_text_start(const char *font_dir, struct pl_error *error)
{
    if (text_state.shared != NULL)
        return PL_OK;
    if (FT_Init_FreeType(&text_state.library) != 0)
        return pl_fail(error, PL_E_NOMEM, "FreeType does not start");
    for (unsigned f = 0; f < 2; f++) {
        enum pl_err err = map_font(f, font_dir, error);
        if (err != PL_OK) {
            pl_text_stop();
            return err;
        }
    }
    void *map = mmap(NULL, sizeof *text_state.shared, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
        pl_text_stop();
        return pl_fail_errno(error, "glyph store");
    }
    text_state.shared = map;
    fill_shared();
    (void)mprotect(map, sizeof *text_state.shared, PROT_READ);
    return PL_OK;
}

void pl_text_stop(void)
{
    for (unsigned f = 0; f < 2; f++) {
        if (text_state.faces[f] != NULL)
            FT_Done_Face(text_state.faces[f]);
        if (text_state.maps[f] != NULL)
            munmap(text_state.maps[f], text_state.map_n[f]);
    }
    if (text_state.library != NULL)
        FT_Done_FreeType(text_state.library);
    if (text_state.shared != NULL)
        munmap(text_state.shared, sizeof *text_state.shared);
    memset(&text_state, 0, sizeof text_state);
    empty(&own);
}

/* ---- drawing ------------------------------------------------------------------------------- */

static unsigned clamp_px(unsigned px)
{
    return PL_MAX((unsigned)PX_LEAST, PL_MIN(px, (unsigned)PX_MOST));
}

struct pl_text_box pl_text_measure(const char *text, unsigned px, unsigned flags)
{
    struct pl_layout layout;
    pl_markup_layout(text, clamp_px(px), flags & PL_TEXT_PLAIN, &layout);
    return (struct pl_text_box){(layout.width + 63) >> 6, layout.ascent, layout.descent};
}

/* The ink of a part that has a colour of its own. */
static struct pl_ink ink_of(struct pl_canvas *canvas, int16_t color, struct pl_ink ink)
{
    return color == PL_LAID_INK ? ink : pl_canvas_ink(canvas, pl_style_color(color), 6);
}

static void draw_glyph(struct pl_canvas *canvas, int x, int y, const struct pl_laid *laid, bool up,
                       struct pl_ink ink)
{
    const uint8_t *pool;
    unsigned position = laid->px < FINE_PX ? (unsigned)(laid->x & 63) >> 4 : 0;
    const struct glyph *glyph = find(laid->code, laid->px, laid->style, position, &pool);
    int along = (laid->x >> 6) + glyph->left, across = laid->dy - glyph->top;
    const uint8_t *coverage = pool + glyph->at;
    for (int gy = 0; gy < glyph->height; gy++)
        for (int gx = 0; gx < glyph->width; gx++, coverage++) {
            if (*coverage == 0)
                continue;
            if (up)
                pl_canvas_dot(canvas, x + across + gy, y - 1 - along - gx, ink, *coverage);
            else
                pl_canvas_dot(canvas, x + along + gx, y + across + gy, ink, *coverage);
        }
}

static void draw_bar(struct pl_canvas *canvas, int x, int y, const struct pl_bar *bar, bool up,
                     struct pl_ink ink)
{
    int from = bar->x >> 6, to = (bar->x + bar->length + 63) >> 6;
    if (up)
        pl_canvas_fill(
            canvas, (struct pl_rect){x + bar->dy, y - to, x + bar->dy + bar->thick, y - from}, ink);
    else
        pl_canvas_fill(
            canvas, (struct pl_rect){x + from, y + bar->dy, x + to, y + bar->dy + bar->thick}, ink);
}

void pl_text_draw(struct pl_canvas *canvas, int x, int y, const char *text, unsigned px,
                  unsigned flags, struct pl_ink ink)
{
    struct pl_layout layout;
    pl_markup_layout(text, clamp_px(px), flags & PL_TEXT_PLAIN, &layout);
    for (unsigned i = 0; i < layout.glyphs_n; i++)
        draw_glyph(canvas, x, y, &layout.glyphs[i], flags & PL_TEXT_UP,
                   ink_of(canvas, layout.glyphs[i].color, ink));
    for (unsigned i = 0; i < layout.bars_n; i++)
        draw_bar(canvas, x, y, &layout.bars[i], flags & PL_TEXT_UP,
                 ink_of(canvas, layout.bars[i].color, ink));
}

/* One glyph whose origin is at (x, y), pixels, y downwards. */
static void draw_turned(struct pl_canvas *canvas, double x, double y, const struct pl_laid *laid,
                        FT_Matrix *turn, struct pl_ink ink)
{
    FT_GlyphSlot from = load(laid->code, laid->px, laid->style, FT_LOAD_NO_HINTING);
    if (from == NULL || from->format != FT_GLYPH_FORMAT_OUTLINE || !(fabs(x) + fabs(y) < 30000.0))
        return;
    FT_Outline_Transform(&from->outline, turn);
    FT_Outline_Translate(&from->outline, (FT_Pos)((x - floor(x)) * 64.0),
                         (FT_Pos)((ceil(y) - y) * 64.0));
    if (FT_Render_Glyph(from, FT_RENDER_MODE_NORMAL) != 0)
        return;
    const FT_Bitmap *map = &from->bitmap;
    int left = (int)floor(x) + from->bitmap_left, top = (int)ceil(y) - from->bitmap_top;
    for (unsigned gy = 0; gy < map->rows; gy++)
        for (unsigned gx = 0; gx < map->width; gx++) {
            unsigned coverage = map->buffer[(ptrdiff_t)gy * map->pitch + (ptrdiff_t)gx];
            if (coverage != 0)
                pl_canvas_dot(canvas, left + (int)gx, top + (int)gy, ink, coverage);
        }
}

void pl_text_draw_turned(struct pl_canvas *canvas, double x, double y, const char *text,
                         unsigned px, unsigned flags, int degrees, struct pl_ink ink)
{
    struct pl_layout layout;
    double angle = degrees * (M_PI / 180.0), c = cos(angle), s = sin(angle);
    FT_Matrix turn = {(FT_Fixed)(c * 65536.0), (FT_Fixed)(-s * 65536.0), (FT_Fixed)(s * 65536.0),
                      (FT_Fixed)(c * 65536.0)};
    pl_markup_layout(text, clamp_px(px), flags & PL_TEXT_PLAIN, &layout);
    for (unsigned i = 0; i < layout.glyphs_n; i++) {
        const struct pl_laid *laid = &layout.glyphs[i];
        double along = laid->x / 64.0;
        draw_turned(canvas, x + c * along + s * laid->dy, y - s * along + c * laid->dy, laid, &turn,
                    ink_of(canvas, laid->color, ink));
    }
}

/* Copies the first `keep` bytes, cut back to a character, and an ellipsis. */
static void shorten(char *out, size_t n, const char *text, size_t keep)
{
    keep = PL_MIN(keep, n - 4);
    while (keep > 0 && ((unsigned char)text[keep] & 0xc0) == 0x80)
        keep--;
    while (keep > 0 && text[keep - 1] == ' ')
        keep--;
    memcpy(out, text, keep);
    memcpy(out + keep, "\xe2\x80\xa6", 4);
}

void pl_text_fit(char *out, size_t n, const char *text, unsigned px, unsigned flags, int width_px)
{
    size_t length = strlen(text);
    CHECK(n >= 8);
    if (length < n && pl_text_measure(text, px, flags).width_px <= width_px) {
        memcpy(out, text, length + 1);
        return;
    }
    size_t low = 0, high = PL_MIN(length, n - 4);
    while (low < high) {
        size_t middle = (low + high + 1) / 2;
        shorten(out, n, text, middle);
        if (pl_text_measure(out, px, flags).width_px <= width_px)
            low = middle;
        else
            high = middle - 1;
    }
    shorten(out, n, text, low);
    if (low == 0 || pl_text_measure(out, px, flags).width_px > width_px)
        out[0] = '\0';
}
