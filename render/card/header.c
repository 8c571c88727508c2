/* header.c - places and paints bar, title, badge and legend.
 *
 * Lengths are layout units times the picture's scale, so a header looks the same at all sizes. The
 * title is always painted inside title_box(), whatever the font's outlines do: that is what makes
 * it possible to take a baked title away again. The legend's entries stand on a plate of the page's
 * colour, so that they have the colour they have on the card, translucent ones too.
 *
 * Memory: shaped texts, in the arena.
 */
#include "render/card/header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/card/paint.h"
#include "shm/base/check.h"

enum { /* layout units */
       BAR = 200,
       INSET = 50,
       BASELINE = 100,
       TITLE = 90,
       TITLE_LEAST = 44,
       BADGE_TOP = 136,
       BADGE = 44,
       GAP = 60, /* between title and legend */
       EDGE = 40,
       RADIUS = 12,
       PLATE_MARGIN = 16, /* around the legend's entries */
};
enum { BADGE_N = 160, LINES_MAX = 4, NAMES_MAX = 64 };

static int units(const struct pl_card_header *header, double n)
{
    return (int)lround(n * header->scale);
}

uint32_t pl_card_header_height(double scale)
{
    return (uint32_t)lround(BAR * scale);
}

/* ---- title --------------------------------------------------------------------------------- */

static struct pl_box title_box(const struct pl_card_header *header)
{
    return (struct pl_box){(int)header->logo_px + units(header, INSET - 10), units(header, 8),
                           (int)header->width_px - units(header, EDGE),
                           units(header, BADGE_TOP - 2)};
}

struct title {
    struct pl_type_text text;
    unsigned px;
    double x, width; /* pixels */
};

/* The largest size at which the text is at most room pixels wide; cut where that is too small to
 * read. */
static enum pl_err place_title(struct pl_type *type, const struct pl_card_header *header,
                               const char *text, double room, struct pl_arena *arena,
                               struct title *out, struct pl_error *error)
{
    unsigned most = (unsigned)PL_MAX(1, (int)floor(TITLE * header->scale + 0.001));
    unsigned least = (unsigned)PL_MAX(1, (int)ceil(TITLE_LEAST * header->scale));
    *out = (struct title){.px = most, .x = header->logo_px + INSET * header->scale};
    enum pl_err err = pl_type_shape(type, PL_PACK_FONT_TITLE, text, arena, &out->text, error);
    if (err != PL_OK)
        return err;
    while (out->px > least && pl_type_px(out->text.width, out->px) > room)
        out->px--;
    if (pl_type_px(out->text.width, out->px) > room) {
        struct pl_type_text whole = out->text;
        int64_t width = (int64_t)(PL_MAX(0.0, room) / out->px * PL_TYPE_EM);
        err = pl_type_cut(type, PL_PACK_FONT_TITLE, &whole, width, arena, &out->text, error);
    }
    out->width = pl_type_px(out->text.width, out->px);
    return err;
}

static void paint_title(struct pl_type *type, const struct pl_card_header *header,
                        const struct title *title, struct pl_canvas24 *canvas)
{
    struct pl_box before = pl_canvas24_clip(canvas, title_box(header));
    pl_type_draw(type, canvas, &title->text, title->px, title->x, units(header, BASELINE),
                 header->text_rgb);
    canvas->clip = before;
}

static double title_room(const struct pl_card_header *header, int right)
{
    return right - (header->logo_px + INSET * header->scale);
}

static double whole_room(const struct pl_card_header *header)
{
    return title_room(header, (int)header->width_px - units(header, INSET));
}

/* ---- badge --------------------------------------------------------------------------------- */

struct badge {
    struct pl_type_text text;
    struct pl_box box;
    unsigned px;
};

static enum pl_err place_badge(struct pl_type *type, const struct pl_card_header *header,
                               struct pl_arena *arena, struct badge *out, struct pl_error *error)
{
    char text[BADGE_N];
    bool dated = header->day != NULL && header->day[0] != '\0';
    (void)snprintf(text, sizeof text, "platen  %.60s %.60s%s%.20s", header->pack_name,
                   header->pack_version, dated ? "  " : "", dated ? header->day : "");
    int left = (int)header->logo_px + units(header, INSET), top = units(header, BADGE_TOP);
    out->px = (unsigned)PL_MAX(1, units(header, BADGE * 0.68));
    enum pl_err err = pl_type_shape(type, PL_PACK_FONT_TITLE, text, arena, &out->text, error);
    double width = pl_type_px(out->text.width, out->px) + 0.7 * BADGE * header->scale;
    out->box = (struct pl_box){left, top, left + (int)ceil(width), top + units(header, BADGE)};
    return err;
}

static void paint_badge(struct pl_type *type, const struct pl_card_header *header,
                        const struct badge *badge, struct pl_canvas24 *canvas)
{
    double capital = pl_type_px(pl_type_face(type, PL_PACK_FONT_TITLE)->capital, badge->px);
    double middle = (badge->box.y0 + badge->box.y1) / 2.0;
    pl_paint_round(canvas, badge->box, RADIUS * header->scale, pl_opaque(header->badge_rgb));
    pl_type_draw(type, canvas, &badge->text, badge->px,
                 badge->box.x0 + 0.35 * BADGE * header->scale, (int)lround(middle + capital / 2.0),
                 header->text_rgb);
}

/* The badge with the day in the place of the baked one, which is taken away first: its round
 * corners would show through. */
static enum pl_err change_badge(struct pl_type *type, const struct pl_card_header *header,
                                struct pl_canvas24 *canvas, struct pl_arena *arena,
                                struct pl_error *error)
{
    struct pl_card_header baked = *header;
    struct badge old, new;
    if (header->day == NULL || header->day[0] == '\0')
        return PL_OK;
    baked.day = NULL;
    enum pl_err err = place_badge(type, &baked, arena, &old, error);
    if (err == PL_OK)
        err = place_badge(type, header, arena, &new, error);
    if (err != PL_OK)
        return err;
    pl_paint_fill(canvas, old.box, pl_opaque(header->bar_rgb));
    paint_badge(type, header, &new, canvas);
    return PL_OK;
}

enum pl_err pl_card_header_bake(struct pl_type *type, const struct pl_card_header *header,
                                struct pl_canvas24 *canvas, struct pl_arena *arena,
                                struct pl_error *error)
{
    struct title title;
    struct badge badge;
    enum pl_err err =
        place_title(type, header, header->title, whole_room(header), arena, &title, error);
    if (err == PL_OK)
        err = place_badge(type, header, arena, &badge, error);
    if (err != PL_OK)
        return err;
    struct pl_box bar = {(int)header->logo_px, 0, (int)header->width_px,
                         (int)pl_card_header_height(header->scale)};
    pl_paint_fill(canvas, bar, pl_opaque(header->bar_rgb));
    paint_title(type, header, &title, canvas);
    paint_badge(type, header, &badge, canvas);
    return PL_OK;
}

/* ---- legend -------------------------------------------------------------------------------- */

struct name {
    struct pl_type_text text;
    uint32_t rgba;
};

struct legend {
    struct name names[NAMES_MAX];
    unsigned names_n, lines;
    double px, pad, gap; /* of the text, inside an entry, between entries; pixels */
    double width;        /* of the widest line */
    struct pl_box plate;
};

static double entry_width(const struct legend *legend, unsigned i)
{
    return legend->names[i].text.width * legend->px / PL_TYPE_EM + 2.0 * legend->pad;
}

/* The lines it takes when none is wider than `room`; the widest goes into *width. An entry wider
 * than all the room counts as one line too many. */
static unsigned lines_of(const struct legend *legend, double room, double *width)
{
    unsigned lines = 1;
    double x = 0.0;
    *width = 0.0;
    for (unsigned i = 0; i < legend->names_n; i++) {
        double w = entry_width(legend, i);
        if (w > room)
            return LINES_MAX + 1;
        if (x > 0.0 && x + legend->gap + w > room) {
            lines++;
            x = 0.0;
        }
        x += (x > 0.0 ? legend->gap : 0.0) + w;
        *width = PL_MAX(*width, x);
    }
    return lines;
}

static const struct {
    unsigned lines, px; /* layout units */
} forms[] = {{1, 52}, {2, 52}, {3, 46}, {3, 40}, {4, 34}, {4, 30}};

static void take_form(struct legend *legend, const struct pl_card_header *header, unsigned form)
{
    legend->px = floor(forms[form].px * header->scale);
    legend->px = PL_MAX(legend->px, 1.0);
    legend->pad = legend->px * 0.22;
    legend->gap = legend->px * 0.3;
}

/* Names are cut shorter and shorter until the smallest form holds them all; then the last go. */
static enum pl_err squeeze(struct pl_type *type, struct legend *legend, double room,
                           struct pl_arena *arena, struct pl_error *error)
{
    double width;
    for (double limit = room; lines_of(legend, room, &width) > LINES_MAX; limit *= 0.85) {
        if (limit < 3.0 * legend->px) {
            legend->names_n--;
            continue;
        }
        int64_t most = (int64_t)(limit / legend->px * PL_TYPE_EM);
        for (unsigned i = 0; i < legend->names_n; i++) {
            struct pl_type_text whole = legend->names[i].text;
            enum pl_err err = pl_type_cut(type, PL_PACK_FONT_LABEL, &whole, most, arena,
                                          &legend->names[i].text, error);
            if (err != PL_OK)
                return err;
        }
    }
    return PL_OK;
}

static enum pl_err arrange(struct pl_type *type, const struct pl_card_header *header, double room,
                           struct legend *legend, struct pl_arena *arena, struct pl_error *error)
{
    double width = 0.0;
    unsigned form = 0;
    for (; form < PL_COUNT(forms); form++) {
        take_form(legend, header, form);
        if (lines_of(legend, room, &width) <= forms[form].lines)
            break;
    }
    enum pl_err err = form < PL_COUNT(forms) ? PL_OK : squeeze(type, legend, room, arena, error);
    /* as narrow as as many lines allow */
    legend->lines = lines_of(legend, room, &legend->width);
    for (double narrow = legend->width - 1.0; narrow > 0.0; narrow -= PL_MAX(1.0, legend->gap)) {
        if (lines_of(legend, narrow, &width) > legend->lines)
            break;
        legend->width = width;
    }
    return err;
}

/* The room beside the title at its natural size, but at least a third of the bar: rather is the
 * title smaller than the legend too small to read. Never over the badge. */
static double legend_room(const struct pl_card_header *header, const struct badge *badge,
                          double title_width)
{
    double bar = (double)header->width_px - header->logo_px, scale = header->scale;
    double beside = bar - title_width - (INSET + GAP + EDGE) * scale;
    double most = header->width_px - badge->box.x1 - (GAP + EDGE) * scale;
    return PL_MIN(PL_MAX(beside, bar * 0.34), most) - 2.0 * PLATE_MARGIN * scale;
}

static enum pl_err shape_names(struct pl_type *type, const struct pl_legend_entry *entries,
                               uint32_t entries_n, struct legend *out, struct pl_arena *arena,
                               struct pl_error *error)
{
    enum pl_err err = PL_OK;
    out->names_n = PL_MIN(entries_n, (uint32_t)NAMES_MAX);
    for (unsigned i = 0; err == PL_OK && i < out->names_n; i++) {
        out->names[i].rgba = entries[i].rgba;
        err = pl_type_shape(type, PL_PACK_FONT_LABEL, entries[i].title, arena, &out->names[i].text,
                            error);
    }
    return err;
}

static enum pl_err place_legend(struct pl_type *type, const struct pl_card_header *header,
                                double title_width, struct legend *legend, struct pl_arena *arena,
                                struct pl_error *error)
{
    struct badge badge;
    enum pl_err err = place_badge(type, header, arena, &badge, error);
    if (err == PL_OK)
        err = arrange(type, header, legend_room(header, &badge, title_width), legend, arena, error);
    if (err != PL_OK)
        return err;
    double margin = PLATE_MARGIN * header->scale;
    double height = legend->lines * legend->px + (legend->lines - 1) * legend->gap + 2.0 * margin;
    int right = (int)header->width_px - units(header, EDGE);
    int top = (int)lround((BAR * header->scale - height) / 2.0);
    legend->plate = (struct pl_box){right - (int)ceil(legend->width + 2.0 * margin), top, right,
                                    top + (int)ceil(height)};
    return PL_OK;
}

static void paint_legend(struct pl_type *type, const struct pl_card_header *header,
                         const struct legend *legend, struct pl_canvas24 *canvas)
{
    const struct pl_type_face *face = pl_type_face(type, PL_PACK_FONT_LABEL);
    double margin = PLATE_MARGIN * header->scale, left = legend->plate.x0 + margin, x = left;
    double y = legend->plate.y0 + margin, right = left + legend->width + 0.001;
    unsigned text_px = (unsigned)PL_MAX(1.0, legend->px - 1.0);
    double rise = (legend->px + pl_type_px(face->tall - face->deep, text_px)) / 2.0;
    struct pl_box before = pl_canvas24_clip(canvas, legend->plate);
    pl_paint_round(canvas, legend->plate, RADIUS * header->scale, pl_opaque(header->page_rgb));
    for (unsigned i = 0; i < legend->names_n; i++) {
        double w = entry_width(legend, i);
        if (x > left && x + w > right) {
            x = left;
            y += legend->px + legend->gap;
        }
        struct pl_box box = {(int)lround(x), (int)lround(y), (int)lround(x + w),
                             (int)lround(y + legend->px)};
        double spare = w - pl_type_px(legend->names[i].text.width, text_px);
        pl_paint_round(canvas, box, RADIUS * header->scale, legend->names[i].rgba);
        pl_type_draw(type, canvas, &legend->names[i].text, text_px, x + spare / 2.0,
                     (int)lround(y + rise), header->text_rgb);
        x += w + legend->gap;
    }
    canvas->clip = before;
}

/* ---- what a card adds ---------------------------------------------------------------------- */

static enum pl_err change_title(struct pl_type *type, const struct pl_card_header *header,
                                const char *baked, double room, struct pl_canvas24 *canvas,
                                struct pl_arena *arena, struct pl_error *error)
{
    struct title old, new;
    enum pl_err err = place_title(type, header, baked, whole_room(header), arena, &old, error);
    if (err == PL_OK)
        err = place_title(type, header, header->title, room, arena, &new, error);
    if (err != PL_OK ||
        (strcmp(baked, header->title) == 0 && old.px == new.px &&old.width == new.width))
        return err;
    struct pl_box box = title_box(header);
    if (baked[0] != '\0') {
        box.x1 = PL_MIN(box.x1, (int)ceil(old.x + old.width) + units(header, 10));
        pl_paint_fill(canvas, box, pl_opaque(header->bar_rgb));
    }
    paint_title(type, header, &new, canvas);
    return PL_OK;
}

enum pl_err pl_card_header_add(struct pl_type *type, const struct pl_card_header *header,
                               const char *baked_title, const struct pl_legend_entry *entries,
                               uint32_t entries_n, struct pl_canvas24 *canvas,
                               struct pl_arena *arena, struct pl_error *error)
{
    struct legend legend;
    struct title natural;
    double room = whole_room(header);
    enum pl_err err = place_title(type, header, header->title, room, arena, &natural, error);
    if (err == PL_OK && entries_n >= 2) {
        err = shape_names(type, entries, entries_n, &legend, arena, error);
        if (err == PL_OK)
            err = place_legend(type, header, natural.width, &legend, arena, error);
        room = PL_MIN(room, title_room(header, legend.plate.x0 - units(header, GAP) / 2));
    }
    if (err == PL_OK)
        err = change_title(type, header, baked_title, room, canvas, arena, error);
    if (err == PL_OK)
        err = change_badge(type, header, canvas, arena, error);
    if (err == PL_OK && entries_n >= 2)
        paint_legend(type, header, &legend, canvas);
    return err;
}
