/* fit.c - from widths to a size, from a size to lines and places, and their painting.
 *
 * A width is linear in the size, so one line's size is a division; lines are broken greedily, and
 * for each number of lines sizes are tried from the largest down: a cell has few of both.
 *
 * Memory: texts that are cut, in the arena.
 */
#include "render/card/fit.h"

#include <math.h>

#include "render/card/paint.h"
#include "shm/base/check.h"

struct pl_fit_rule pl_fit_rule(uint32_t width_px, unsigned least_px_at_1920)
{
    double scale = width_px / 1920.0;
    return (struct pl_fit_rule){
        .least_px = (unsigned)PL_MAX(1L, lround(least_px_at_1920 * scale)),
        .single_px = (unsigned)PL_MAX(1L, lround(18.0 * scale)),
        .margin_px = (unsigned)PL_MAX(1L, lround(scale)),
    };
}

struct job {
    struct pl_type *type;
    struct pl_fit_label *labels;
    uint32_t n;
    int64_t blank; /* em units */
    int width, height;
};

/* ---- sizes --------------------------------------------------------------------------------- */

static int64_t total(const struct job *job)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < job->n; i++)
        sum += job->labels[i].text.width + (i > 0 ? job->blank : 0);
    return sum;
}

/* The largest size at which so many em units are no wider than the room. */
static unsigned size_for(const struct job *job, int64_t units, unsigned most)
{
    if (units <= 0)
        return most;
    int64_t size = (int64_t)job->width * PL_TYPE_EM / units;
    return (unsigned)PL_MAX(0, PL_MIN(size, (int64_t)most));
}

/* Lines at that size, broken greedily; UINT32_MAX when a label alone is too wide. */
static unsigned lines_at(const struct job *job, unsigned px)
{
    int64_t room = (int64_t)job->width * PL_TYPE_EM / px, x = -1;
    unsigned lines = 1;
    for (uint32_t i = 0; i < job->n; i++) {
        int64_t width = job->labels[i].text.width;
        if (width > room)
            return UINT32_MAX;
        if (x >= 0 && x + job->blank + width > room) {
            lines++;
            x = -1;
        }
        x = x < 0 ? width : x + job->blank + width;
    }
    return lines;
}

/* Size and lines; 0 when the least size is still too large. */
static unsigned choose(const struct job *job, struct pl_fit_rule rule, unsigned *lines)
{
    unsigned best = size_for(job, total(job), (unsigned)PL_MAX(0, job->height));
    *lines = 1;
    if (best >= rule.single_px)
        return best;
    for (unsigned count = 2; count <= (unsigned)job->height / rule.least_px; count++)
        for (unsigned px = (unsigned)job->height / count; px > best && px >= rule.least_px; px--)
            if (lines_at(job, px) <= count) {
                best = px;
                *lines = count;
            }
    return best >= rule.least_px ? best : 0;
}

/* ---- places -------------------------------------------------------------------------------- */

static void place_all(const struct job *job, const struct pl_fit *fit)
{
    double blank = pl_type_px(job->blank, fit->px), x = 0.0;
    int64_t room = (int64_t)job->width * PL_TYPE_EM / PL_MAX(fit->px, 1u), at = -1;
    unsigned line = 0;
    for (uint32_t i = 0; i < job->n; i++) {
        struct pl_fit_label *label = &job->labels[i];
        if (at >= 0 && at + job->blank + label->text.width > room) {
            line++;
            at = -1;
        }
        x = at < 0 ? 0.0 : pl_type_px(at, fit->px) + blank;
        at = at < 0 ? label->text.width : at + job->blank + label->text.width;
        label->line = line;
        label->x = x;
        label->width = pl_type_px(label->text.width, fit->px);
    }
}

/* Cuts a label to `room` em units. */
static enum pl_err cut_label(const struct job *job, struct pl_fit_label *label, int64_t room,
                             struct pl_arena *arena, struct pl_error *error)
{
    struct pl_type_text whole = label->text;
    return pl_type_cut(job->type, PL_PACK_FONT_LABEL, &whole, PL_MAX(0, room), arena, &label->text,
                       error);
}

/* The label that ends the last line: what is left of it; where not even an ellipsis is, the label
 * before it ends in one. */
static enum pl_err place_last(const struct job *job, struct pl_fit *fit, uint32_t i, int64_t begin,
                              int64_t room, struct pl_arena *arena, struct pl_error *error)
{
    struct pl_fit_label *label = &job->labels[i];
    enum pl_err err = cut_label(job, label, room - begin, arena, error);
    if (err == PL_OK && label->text.n == 0 && begin > 0) {
        label = &job->labels[i - 1];
        err = cut_label(job, label, label->text.width - 1, arena, error);
    } else if (label->text.n > 0) {
        label->line = fit->lines - 1;
        label->x = pl_type_px(begin, fit->px);
        fit->shown_n = i + 1;
    }
    label->width = pl_type_px(label->text.width, fit->px);
    return err;
}

/* At the least size, in as many lines as there is room for. */
static enum pl_err place_some(const struct job *job, struct pl_fit *fit, struct pl_arena *arena,
                              struct pl_error *error)
{
    int64_t room = (int64_t)job->width * PL_TYPE_EM / fit->px, begin = 0;
    unsigned line = 0;
    for (uint32_t i = 0; i < job->n; i++) {
        struct pl_fit_label *label = &job->labels[i];
        if (begin > 0 && begin + label->text.width > room && line + 1 < fit->lines) {
            line++;
            begin = 0;
        }
        if (begin + label->text.width > room && line + 1 == fit->lines)
            return place_last(job, fit, i, begin, room, arena, error);
        if (label->text.width > room) {
            enum pl_err err = cut_label(job, label, room, arena, error);
            if (err != PL_OK)
                return err;
        }
        label->line = line;
        label->x = pl_type_px(begin, fit->px);
        label->width = pl_type_px(label->text.width, fit->px);
        begin += label->text.width + job->blank;
        fit->shown_n = i + 1;
    }
    return PL_OK;
}

enum pl_err pl_fit(struct pl_type *type, struct pl_fit_rule rule, int width_px, int height_px,
                   struct pl_fit_label *labels, uint32_t labels_n, struct pl_arena *arena,
                   struct pl_fit *out, struct pl_error *error)
{
    struct job job = {type,
                      labels,
                      labels_n,
                      pl_type_face(type, PL_PACK_FONT_LABEL)->blank,
                      PL_MAX(width_px - 1, 0), /* boxes are rounded to whole pixels */
                      PL_MAX(height_px, 0)};
    *out = (struct pl_fit){.shown_n = labels_n};
    out->px = choose(&job, rule, &out->lines);
    out->overflow = out->px == 0;
    out->px = out->overflow ? rule.least_px : out->px;
    out->glyph_px = out->px > rule.margin_px ? out->px - rule.margin_px : 1;
    if (!out->overflow) {
        place_all(&job, out);
        return PL_OK;
    }
    out->lines = PL_MAX(1u, (unsigned)job.height / rule.least_px);
    out->shown_n = 0;
    return place_some(&job, out, arena, error);
}

/* ---- painting ------------------------------------------------------------------------------ */

static void paint_label(struct pl_type *type, struct pl_canvas24 *canvas, const struct pl_fit *fit,
                        const struct pl_fit_label *label, int left, int top,
                        const struct pl_fit_place *place)
{
    const struct pl_type_face *face = pl_type_face(type, PL_PACK_FONT_LABEL);
    unsigned px = fit->glyph_px;
    int y = top + (int)(label->line * fit->px), low = (int)fit->px;
    double margin = pl_type_px(face->blank, fit->px) / 4.0;
    int slit = fit->lines > 1 ? 1 + low / 24 : 0; /* between lines */
    struct pl_box box = {left + (int)lround(label->x - margin), y,
                         left + (int)lround(label->x + label->width + margin), y + low - slit};
    double spare = label->width - pl_type_px(label->text.width, px);
    double rise = (low - slit + pl_type_px(face->tall - face->deep, px)) / 2.0;
    pl_paint_round(canvas, box, PL_MIN(place->radius, low * 0.3), label->rgba);
    pl_type_draw(type, canvas, &label->text, px, left + label->x + spare / 2.0,
                 y + (int)lround(rise), place->text_rgb);
}

void pl_fit_paint(struct pl_type *type, struct pl_canvas24 *canvas, const struct pl_fit *fit,
                  const struct pl_fit_label *labels, const struct pl_fit_place *place)
{
    int high = place->room.y1 - place->room.y0, used = (int)(fit->lines * fit->px);
    int top = place->room.y0 + (high - used) / 2;
    struct pl_box before = pl_canvas24_clip(canvas, place->limit);
    for (uint32_t i = 0; i < fit->shown_n; i++)
        paint_label(type, canvas, fit, &labels[i], place->room.x0, top, place);
    canvas->clip = before;
}
