/* json_write.c - the pieces that an object as JSON is made of: numbers, texts, arrays, axes.
 *
 * Knows nothing of kinds of objects. Memory: the caller's buffer, whose limit bounds everything.
 * After a failure nothing more is written and the first error stands.
 */
#include "render/hist/json_priv.h"
#include "shm/base/json.h"

/* --- pieces ----------------------------------------------------------------------------------- */

static void text(struct pl_writer *writer, const char *piece)
{
    if (writer->result == PL_OK)
        writer->result = pl_buf_text(writer->out, piece, writer->error);
}

void pl_write_separator(struct pl_writer *writer)
{
    if (writer->comma)
        text(writer, ",");
    writer->comma = true;
}

void pl_write_string(struct pl_writer *writer, const char *value)
{
    if (writer->result == PL_OK)
        writer->result = pl_json_text(writer->out, value, writer->error);
}

void pl_write_real(struct pl_writer *writer, double value)
{
    if (writer->result == PL_OK)
        writer->result = pl_json_real(writer->out, value, writer->error);
}

void pl_write_key(struct pl_writer *writer, const char *name)
{
    pl_write_separator(writer);
    pl_write_string(writer, name);
    text(writer, ":");
}

void pl_write_open(struct pl_writer *writer, const char *bracket)
{
    text(writer, bracket);
    writer->comma = false;
}

void pl_write_close(struct pl_writer *writer, const char *bracket)
{
    text(writer, bracket);
    writer->comma = true;
}

void pl_write_text(struct pl_writer *writer, const char *name, const char *value)
{
    pl_write_key(writer, name);
    pl_write_string(writer, value);
}

void pl_write_number(struct pl_writer *writer, const char *name, double value)
{
    pl_write_key(writer, name);
    pl_write_real(writer, value);
}

void pl_write_array(struct pl_writer *writer, const char *name, const double *values, uint64_t n)
{
    pl_write_key(writer, name);
    pl_write_open(writer, "[");
    for (uint64_t i = 0; i < n && writer->result == PL_OK; i++) {
        pl_write_separator(writer);
        pl_write_real(writer, values[i]);
    }
    pl_write_close(writer, "]");
}

/* --- axes ---------------------------------------------------------------------------------------
 */

void pl_write_pair(struct pl_writer *writer, const char *name, const char *first, double a,
                   const char *second, double b)
{
    pl_write_key(writer, name);
    pl_write_open(writer, "{");
    pl_write_number(writer, first, a);
    pl_write_number(writer, second, b);
    pl_write_close(writer, "}");
}

struct pl_bins pl_all_bins(const struct pl_hist_axis *axis)
{
    return (struct pl_bins){1, axis->bins};
}

static void labels(struct pl_writer *writer, const struct pl_hist_axis *axis, struct pl_bins bins)
{
    pl_write_key(writer, "labels");
    pl_write_open(writer, "[");
    for (uint32_t bin = bins.first; axis->labels != NULL && bin <= bins.last; bin++) {
        if (axis->labels[bin - 1] == NULL)
            continue;
        pl_write_separator(writer);
        pl_write_open(writer, "{");
        pl_write_number(writer, "center",
                        0.5 * (pl_hist_edge(axis, bin) + pl_hist_edge(axis, bin + 1)));
        pl_write_text(writer, "value", axis->labels[bin - 1]);
        pl_write_close(writer, "}");
    }
    pl_write_close(writer, "]");
}

void pl_write_axis(struct pl_writer *writer, const char *name, const struct pl_hist_axis *axis,
                   struct pl_bins bins)
{
    pl_write_key(writer, name);
    pl_write_open(writer, "{");
    pl_write_text(writer, "title", axis->title != NULL ? axis->title : "");
    pl_write_pair(writer, "first", "id", bins.first, "value", pl_hist_edge(axis, bins.first));
    pl_write_pair(writer, "last", "id", bins.last, "value", pl_hist_edge(axis, bins.last + 1));
    labels(writer, axis, bins);
    if (axis->edges != NULL)
        pl_write_array(writer, "edges", axis->edges + bins.first - 1,
                       (uint64_t)bins.last - bins.first + 2);
    pl_write_close(writer, "}");
}
