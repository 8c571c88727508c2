/* root_hist.c - histograms as ROOT 6.24 stores them: TH1 version 8, TH2 version 5, TH3 version 6,
 * TProfile version 7, TProfile2D version 8. */
#include "tests/gen/root_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_BITS = 0x03000008, LIST_BITS = 0x02000000, AXIS_RANGE_BIT = 1 << 11 };

static double *doubles(uint64_t n)
{
    double *values = calloc(n, sizeof *values);
    if (values == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return values;
}

static bool is_2d(const struct gen_hist *hist)
{
    return strncmp(hist->class_name, "TH2", 3) == 0 || strcmp(hist->class_name, "TProfile2D") == 0;
}

static bool is_3d(const struct gen_hist *hist)
{
    return strncmp(hist->class_name, "TH3", 3) == 0;
}

static bool is_profile(const struct gen_hist *hist)
{
    return strncmp(hist->class_name, "TProfile", 8) == 0;
}

void gen_hist_start(struct gen_hist *hist, const char *class_name, const char *name,
                    const char *title, uint32_t nx, double x_low, double x_high, uint32_t ny,
                    double y_low, double y_high)
{
    *hist = (struct gen_hist){.class_name = class_name, .name = name, .title = title, .option = ""};
    hist->x = (struct gen_axis){.bins = nx, .low = x_low, .high = x_high, .divisions = 510};
    hist->y = hist->z = (struct gen_axis){.bins = 1, .low = 0.0, .high = 1.0, .divisions = 510};
    bool two = is_2d(hist) || is_3d(hist);
    if (two) {
        hist->y.bins = ny;
        hist->y.low = y_low;
        hist->y.high = y_high;
    }
    hist->cells_n = ((uint64_t)nx + 2) * (two ? (uint64_t)ny + 2 : 1) * (is_3d(hist) ? 3 : 1);
    hist->content = doubles(hist->cells_n);
    if (is_profile(hist)) {
        hist->bin_entries = doubles(hist->cells_n);
        gen_hist_sumw2(hist);
    }
    hist->maximum = hist->minimum = -1111.0;
    hist->line_color = 602;
    hist->line_style = hist->line_width = 1;
    hist->fill_style = 1001;
    hist->marker_color = hist->marker_style = 1;
    hist->marker_size = 1.0F;
}

void gen_hist_z(struct gen_hist *hist, uint32_t nz, double low, double high)
{
    hist->z.bins = nz;
    hist->z.low = low;
    hist->z.high = high;
    hist->cells_n = hist->cells_n / 3 * ((uint64_t)nz + 2);
    free(hist->content);
    hist->content = doubles(hist->cells_n);
}

void gen_hist_edges(struct gen_axis *axis, double *edges)
{
    axis->edges = edges;
    axis->low = edges[0];
    axis->high = edges[axis->bins];
}

void gen_hist_sumw2(struct gen_hist *hist)
{
    if (hist->sumw2 == NULL)
        hist->sumw2 = doubles(hist->cells_n);
}

static uint32_t bin_of(const struct gen_axis *axis, double value)
{
    if (value < axis->low)
        return 0;
    if (!(value < axis->high))
        return axis->bins + 1;
    if (axis->edges == NULL)
        return 1 + (uint32_t)(axis->bins * (value - axis->low) / (axis->high - axis->low));
    uint32_t bin = 1;
    while (axis->edges[bin] <= value)
        bin++;
    return bin;
}

static void add_sums(struct gen_hist *hist, double x, double y, double z, double weight)
{
    hist->tsumw += weight;
    hist->tsumw2 += weight * weight;
    hist->tsumwx += weight * x;
    hist->tsumwx2 += weight * x * x;
    hist->tsumwy += weight * y;
    hist->tsumwy2 += weight * y * y;
    hist->tsumwxy += weight * x * y;
    hist->tsumwz += weight * z;
    hist->tsumwz2 += weight * z * z;
    hist->tsumwxz += weight * x * z;
    hist->tsumwyz += weight * y * z;
}

void gen_hist_fill3(struct gen_hist *hist, double x, double y, double z, double weight)
{
    bool two = is_2d(hist) || is_3d(hist), profile = is_profile(hist);
    uint32_t bx = bin_of(&hist->x, x), by = two ? bin_of(&hist->y, y) : 0;
    uint32_t bz = is_3d(hist) ? bin_of(&hist->z, z) : 0;
    uint64_t nx = (uint64_t)hist->x.bins + 2, ny = (uint64_t)hist->y.bins + 2;
    uint64_t cell = bx + nx * (by + ny * bz);
    double value = is_2d(hist) ? z : y;
    hist->content[cell] += profile ? weight * value : weight;
    if (hist->sumw2 != NULL)
        hist->sumw2[cell] += profile ? weight * value * value : weight * weight;
    if (profile)
        hist->bin_entries[cell] += weight;
    hist->entries += 1.0;
    bool outside = bx == 0 || bx > hist->x.bins || (two && (by == 0 || by > hist->y.bins)) ||
                   (is_3d(hist) && (bz == 0 || bz > hist->z.bins));
    if (!outside)
        add_sums(hist, x, y, z, weight);
}

void gen_hist_fill(struct gen_hist *hist, double x, double y, double weight)
{
    gen_hist_fill3(hist, x, y, 0.0, weight);
}

static void array_f64(struct gen_bytes *out, const double *values, uint64_t n)
{
    gen_be(out, values != NULL ? n : 0, 4);
    for (uint64_t i = 0; values != NULL && i < n; i++)
        gen_f64(out, values[i]);
}

static void write_labels(struct gen_bytes *out, struct gen_tags *tags, const struct gen_axis *axis)
{
    if (axis->labels == NULL) {
        gen_be(out, 0, 4);
        return;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < axis->bins; i++)
        n += axis->labels[i] != NULL;
    size_t object = gen_object(out, tags, "THashList");
    size_t frame = gen_frame(out, 5);
    gen_tobject(out, 0, LIST_BITS);
    gen_text(out, "");
    gen_be(out, n, 4);
    for (uint32_t i = 0; i < axis->bins; i++) {
        if (axis->labels[i] == NULL)
            continue;
        size_t item = gen_object(out, tags, "TObjString");
        size_t inner = gen_frame(out, 1);
        gen_tobject(out, i + 1, LIST_BITS);
        gen_text(out, axis->labels[i]);
        gen_frame_end(out, inner);
        gen_object_end(out, item);
        gen_be(out, 0, 1); /* option */
    }
    gen_frame_end(out, frame);
    gen_object_end(out, object);
}

static void write_axis(struct gen_bytes *out, struct gen_tags *tags, const struct gen_axis *axis,
                       const char *name)
{
    bool range = axis->first != 0 || axis->last != 0;
    size_t frame = gen_frame(out, 10);
    gen_tnamed(out, name, axis->title != NULL ? axis->title : "",
               LIST_BITS | axis->bits | (range ? AXIS_RANGE_BIT : 0));
    size_t attributes = gen_frame(out, 4);
    gen_be(out, (uint32_t)axis->divisions, 4);
    gen_be(out, 1, 2);  /* axis colour */
    gen_be(out, 1, 2);  /* label colour */
    gen_be(out, 42, 2); /* label font */
    gen_f32(out, 0.005F);
    gen_f32(out, 0.035F);
    gen_f32(out, 0.03F);
    gen_f32(out, 1.0F);
    gen_f32(out, 0.035F);
    gen_be(out, 1, 2);  /* title colour */
    gen_be(out, 42, 2); /* title font */
    gen_frame_end(out, attributes);
    gen_be(out, axis->bins, 4);
    gen_f64(out, axis->low);
    gen_f64(out, axis->high);
    array_f64(out, axis->edges, (uint64_t)axis->bins + 1);
    gen_be(out, (uint32_t)axis->first, 4);
    gen_be(out, (uint32_t)axis->last, 4);
    gen_be(out, 0, 2); /* second bit word */
    gen_be(out, axis->time_format != NULL, 1);
    gen_text(out, axis->time_format != NULL ? axis->time_format : "");
    write_labels(out, tags, axis);
    gen_be(out, 0, 4); /* modified labels */
    gen_frame_end(out, frame);
}

void gen_functions(struct gen_bytes *out, struct gen_tags *tags, const char *const *functions,
                   uint32_t n)
{
    size_t frame = gen_frame(out, 5);
    gen_tobject(out, 0, LIST_BITS);
    gen_text(out, "");
    gen_be(out, n, 4);
    for (uint32_t i = 0; i < n; i++) {
        size_t object = gen_object(out, tags, functions[i]);
        size_t inner = gen_frame(out, 77);
        gen_tnamed(out, "fit", "a function of a version nobody knows", 0);
        gen_frame_end(out, inner);
        gen_object_end(out, object);
        gen_text(out, "same"); /* option */
    }
    gen_frame_end(out, frame);
}

void gen_style(struct gen_bytes *out, const struct gen_hist *hist)
{
    size_t frame = gen_frame(out, 2);
    gen_be(out, (uint16_t)hist->line_color, 2);
    gen_be(out, (uint16_t)hist->line_style, 2);
    gen_be(out, (uint16_t)hist->line_width, 2);
    gen_frame_end(out, frame);
    frame = gen_frame(out, 2);
    gen_be(out, (uint16_t)hist->fill_color, 2);
    gen_be(out, (uint16_t)hist->fill_style, 2);
    gen_frame_end(out, frame);
    frame = gen_frame(out, 2);
    gen_be(out, (uint16_t)hist->marker_color, 2);
    gen_be(out, (uint16_t)hist->marker_style, 2);
    gen_f32(out, hist->marker_size);
    gen_frame_end(out, frame);
}

static void write_th1(struct gen_bytes *out, struct gen_tags *tags, const struct gen_hist *hist)
{
    const double numbers[] = {hist->entries, hist->tsumw,   hist->tsumw2,  hist->tsumwx,
                              hist->tsumwx2, hist->maximum, hist->minimum, hist->norm_factor};
    size_t frame = gen_frame(out, 8);
    gen_tnamed(out, hist->name, hist->title, NAMED_BITS);
    gen_style(out, hist);
    gen_be(out, hist->cells_n, 4);
    write_axis(out, tags, &hist->x, "xaxis");
    write_axis(out, tags, &hist->y, "yaxis");
    write_axis(out, tags, &hist->z, "zaxis");
    gen_be(out, 0, 2);    /* bar offset */
    gen_be(out, 1000, 2); /* bar width */
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        gen_f64(out, numbers[i]);
    array_f64(out, NULL, 0); /* contours */
    array_f64(out, hist->sumw2, hist->cells_n);
    gen_text(out, hist->option);
    gen_functions(out, tags, hist->functions, hist->functions_n);
    gen_be(out, hist->buffer_n, 4);
    gen_be(out, hist->buffer_n > 0, 1);
    for (uint32_t i = 0; i < hist->buffer_n; i++)
        gen_f64(out, hist->buffer[i]);
    gen_be(out, 0, 4); /* bin statistical errors */
    gen_be(out, 2, 4); /* statistics of overflows: as everywhere */
    gen_frame_end(out, frame);
}

static double clamp(double value, double limit)
{
    return fmax(-limit, fmin(limit - 1.0, rint(value)));
}

static void write_contents(struct gen_bytes *out, const struct gen_hist *hist, char type)
{
    gen_be(out, hist->cells_n, 4);
    for (uint64_t i = 0; i < hist->cells_n; i++) {
        double value = hist->content[i];
        switch (type) {
        case 'C':
            gen_be(out, (uint8_t)(int8_t)clamp(value, 128.0), 1);
            break;
        case 'S':
            gen_be(out, (uint16_t)(int16_t)clamp(value, 32768.0), 2);
            break;
        case 'I':
            gen_be(out, (uint32_t)(int32_t)clamp(value, 2147483648.0), 4);
            break;
        case 'F':
            gen_f32(out, (float)value);
            break;
        default:
            gen_f64(out, value);
        }
    }
}

void gen_hist_th2(const struct gen_hist *hist, struct gen_tags *tags, struct gen_bytes *out)
{
    size_t frame = gen_frame(out, 5);
    write_th1(out, tags, hist);
    gen_f64(out, 1.0); /* scale factor */
    gen_f64(out, hist->tsumwy);
    gen_f64(out, hist->tsumwy2);
    gen_f64(out, hist->tsumwxy);
    gen_frame_end(out, frame);
}

static void write_th3(struct gen_bytes *out, struct gen_tags *tags, const struct gen_hist *hist)
{
    const double sums[] = {hist->tsumwy,  hist->tsumwy2, hist->tsumwxy, hist->tsumwz,
                           hist->tsumwz2, hist->tsumwxz, hist->tsumwyz};
    size_t frame = gen_frame(out, 6);
    write_th1(out, tags, hist);
    gen_frame_end(out, gen_frame(out, 1)); /* TAtt3D, which has no members */
    for (unsigned i = 0; i < sizeof sums / sizeof sums[0]; i++)
        gen_f64(out, sums[i]);
    gen_frame_end(out, frame);
}

static void write_profile(struct gen_bytes *out, struct gen_tags *tags, const struct gen_hist *hist)
{
    bool two = is_2d(hist);
    size_t frame = gen_frame(out, two ? 8 : 7);
    size_t base = gen_frame(out, two ? 4 : 3);
    if (two)
        gen_hist_th2(hist, tags, out);
    else
        write_th1(out, tags, hist);
    write_contents(out, hist, 'D');
    gen_frame_end(out, base);
    array_f64(out, hist->bin_entries, hist->cells_n);
    gen_be(out, (uint32_t)hist->error_mode, 4);
    gen_f64(out, hist->profile_low);
    gen_f64(out, hist->profile_high);
    gen_f64(out, two ? hist->tsumwz : hist->tsumwy);
    gen_f64(out, two ? hist->tsumwz2 : hist->tsumwy2);
    array_f64(out, hist->bin_sumw2, hist->cells_n);
    gen_frame_end(out, frame);
}

void gen_hist_body(const struct gen_hist *hist, struct gen_tags *tags, struct gen_bytes *out)
{
    if (is_profile(hist)) {
        write_profile(out, tags, hist);
        return;
    }
    size_t frame = gen_frame(out, is_2d(hist) || is_3d(hist) ? 4 : 3);
    if (is_3d(hist))
        write_th3(out, tags, hist);
    else if (is_2d(hist))
        gen_hist_th2(hist, tags, out);
    else
        write_th1(out, tags, hist);
    write_contents(out, hist, hist->class_name[3]);
    gen_frame_end(out, frame);
}

void gen_hist_payload(const struct gen_hist *hist, uint16_t key_n, struct gen_bytes *out)
{
    struct gen_tags tags = {.key_n = key_n};
    gen_hist_body(hist, &tags, out);
}

void gen_hist_free(struct gen_hist *hist)
{
    free(hist->content);
    free(hist->sumw2);
    free(hist->bin_entries);
    free(hist->bin_sumw2);
    hist->content = hist->sumw2 = hist->bin_entries = hist->bin_sumw2 = NULL;
}

void gen_root_hist(struct gen_root *root, unsigned directory, struct gen_hist *hist)
{
    struct gen_bytes payload = {NULL, 0, 0};
    uint16_t key_n = gen_root_key_n(root, hist->class_name, hist->name, hist->title);
    gen_hist_payload(hist, key_n, &payload);
    gen_root_object(root, directory, hist->class_name, hist->name, hist->title, 1, payload.bytes,
                    payload.n);
    free(payload.bytes);
    gen_hist_free(hist);
}
