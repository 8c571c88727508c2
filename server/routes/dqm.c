/* dqm.c - conversions between the names of samples, and the addresses of DQMGUI.
 *
 * Must know neither catalogue nor HTTP library. Nothing is allocated; everything is bounded by the
 * length of its input. */
#include "server/routes/dqm.h"

#include <stdio.h>
#include <string.h>

#include "render/canvas.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"

#define WORD "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

static const char online_prefix[] = "/Global/Online/";

/* --- names ------------------------------------------------------------------------------------ */

static size_t digits_n(const char *text)
{
    return strspn(text, "0123456789");
}

/* Decimal digits to a number that is at most `most`; false when there is none or it is larger. */
static bool whole(const char *text, size_t n, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;
    if (n == 0 || n > 20)
        return false;
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9' || !pl_mul(value, 10, &value) ||
            !pl_add(value, (uint64_t)(text[i] - '0'), &value))
            return false;
    *out = value;
    return value <= most;
}

static enum pl_err bad_file(struct pl_error *error, const char *why)
{
    return pl_fail_param(error, PL_E_FORMAT, "file",
                         "file: %s; expected DQM_V0001_SUB_R000123456.root or "
                         "DQM_V0001_R000123456__P__W__T.root",
                         why);
}

/* "P__W__T" of n bytes -> "/P/W/T" */
static bool read_dataset(const char *text, size_t n, struct pl_dqm_sample *out)
{
    unsigned parts = 0;
    size_t to = 0;
    if (n + 4 > PL_DQM_DATASET_MAX)
        return false;
    for (size_t at = 0; at <= n; parts++) {
        const char *end = at < n ? memmem(text + at, n - at, "__", 2) : NULL;
        size_t part_n = (end != NULL ? (size_t)(end - text) : n) - at;
        if (part_n == 0 || parts == 3)
            return false;
        out->dataset[to++] = '/';
        memcpy(out->dataset + to, text + at, part_n);
        to += part_n;
        at += part_n + 2;
    }
    out->dataset[to] = '\0';
    return parts == 3;
}

/* Behind "DQM_V<digits>": "[_SUB]_R<9 digits>[__P__W__T]", n bytes. The run is the last part of
 * that form before the dataset. */
static enum pl_err read_run(const char *text, size_t n, struct pl_dqm_sample *out,
                            struct pl_error *error)
{
    const char *dataset = memmem(text, n, "__", 2);
    size_t head_n = dataset != NULL ? (size_t)(dataset - text) : n;
    if (head_n < 11 || memcmp(text + head_n - 11, "_R", 2) != 0 ||
        !whole(text + head_n - 9, 9, PL_DQM_RUN_MAX, &out->run))
        return bad_file(error, "no run number of 9 digits");
    if (head_n > 11 && (text[0] != '_' || head_n == 12))
        return bad_file(error, "a subsystem is missing its name");
    if (dataset == NULL) {
        memcpy(out->dataset, "/Global/Online/ALL", sizeof "/Global/Online/ALL");
        return PL_OK;
    }
    if (head_n > 11)
        return bad_file(error, "a subsystem and a dataset exclude each other");
    return read_dataset(dataset + 2, n - head_n - 2, out)
               ? PL_OK
               : bad_file(error, "a dataset has three parts of at most 240 bytes together");
}

enum pl_err pl_dqm_file(const char *file, struct pl_dqm_sample *out, struct pl_error *error)
{
    size_t n = strlen(file), word_n = strspn(file, WORD);
    if (word_n == 0 || n != word_n + 5 || strcmp(file + word_n, ".root") != 0)
        return bad_file(error, "its name has letters, digits, '-' and '_' and ends in .root");
    if (strncmp(file, "DQM_V", 5) != 0)
        return bad_file(error, "its name does not begin with DQM_V");
    size_t version_n = digits_n(file + 5);
    if (version_n < 4)
        return bad_file(error, "the version has less than 4 digits");
    return read_run(file + 5 + version_n, word_n - 5 - version_n, out, error);
}

const char *pl_dqm_type(const struct pl_dqm_sample *sample)
{
    const char *second = strchr(sample->dataset + 1, '/');
    if (strncmp(sample->dataset, online_prefix, sizeof online_prefix - 1) == 0)
        return "online_data";
    if (second != NULL && strncmp(second + 1, "CMSSW_", 6) == 0)
        return "offline_relval";
    return sample->run == 1 ? "offline_mc" : "offline_data";
}

enum pl_err pl_dqm_name(const struct pl_dqm_sample *sample, const char *file,
                        char out[PL_NAME_MAX + 1], struct pl_error *error)
{
    int n = snprintf(out, PL_NAME_MAX + 1, "dqm/%llu%s/%s", (unsigned long long)sample->run,
                     sample->dataset, file);
    return n <= PL_NAME_MAX ? PL_OK : bad_file(error, "its name is too long");
}

enum pl_err pl_dqm_collection(const struct pl_dqm_sample *sample, char out[PL_COLLECTION_MAX + 1],
                              struct pl_error *error)
{
    if (sample->run > PL_DQM_RUN_MAX)
        return pl_fail(error, PL_E_MISSING, "no run has more than 9 digits");
    int n = snprintf(out, PL_COLLECTION_MAX + 1, "%s/%09llu%s", pl_dqm_type(sample),
                     (unsigned long long)(PL_DQM_RUN_MAX - sample->run), sample->dataset);
    return n <= PL_COLLECTION_MAX ? PL_OK : bad_file(error, "its dataset is too long");
}

/* "/P/W/T" at the start of text: its length, 0 when it is none. */
static size_t dataset_n(const char *text)
{
    size_t n = 0;
    for (unsigned parts = 0; parts < 3; parts++) {
        size_t part_n = text[n] == '/' ? strspn(text + n + 1, WORD) : 0;
        if (part_n == 0)
            return 0;
        n += 1 + part_n;
    }
    return (text[n] == '\0' || text[n] == '/') && n <= PL_DQM_DATASET_MAX ? n : 0;
}

bool pl_dqm_sample_of(const char *collection, struct pl_dqm_sample *out)
{
    size_t type_n = strcspn(collection, "/");
    uint64_t inverse;
    if (collection[type_n] == '\0' || digits_n(collection + type_n + 1) != 9 ||
        !whole(collection + type_n + 1, 9, PL_DQM_RUN_MAX, &inverse))
        return false;
    const char *dataset = collection + type_n + 10;
    size_t n = dataset_n(dataset);
    if (n == 0 || dataset[n] != '\0')
        return false;
    out->run = PL_DQM_RUN_MAX - inverse;
    memcpy(out->dataset, dataset, n + 1);
    return strlen(pl_dqm_type(out)) == type_n && memcmp(pl_dqm_type(out), collection, type_n) == 0;
}

/* --- addresses -------------------------------------------------------------------------------- */

enum pl_err pl_dqm_path(const char *text, struct pl_dqm_sample *out, const char **rest,
                        struct pl_error *error)
{
    size_t run_n = digits_n(text);
    size_t n = run_n > 0 ? dataset_n(text + run_n) : 0;
    if (n == 0 || !whole(text, run_n, PL_DQM_RUN_MAX, &out->run))
        return pl_fail_param(error, PL_E_MISSING, "path",
                             "%.160s names no sample; expected RUN/P/W/T", text);
    memcpy(out->dataset, text + run_n, n);
    out->dataset[n] = '\0';
    *rest = text + run_n + n;
    *rest += **rest == '/';
    return PL_OK;
}

/* The last value of a parameter, all of which are taken out; NULL when it is not there. */
static const char *take_last(struct pl_url *url, const char *name)
{
    const char *value = NULL, *next;
    while ((next = pl_url_take(url, name)) != NULL)
        value = next;
    return value;
}

static enum pl_err read_format(struct pl_url *url, struct pl_dqm_view *out, struct pl_error *error)
{
    const char *format = take_last(url, "fmt");
    if (format == NULL || *format == '\0' || out->media == PL_MEDIA_JSON ||
        strcmp(format, "png") == 0)
        return PL_OK;
    if (strcmp(format, "jpg") != 0 && strcmp(format, "jpeg") != 0)
        return pl_fail_param(error, PL_E_INPUT, "fmt", "fmt: expected png or jpg");
    out->media = PL_MEDIA_JPEG;
    return PL_OK;
}

static enum pl_err add_object(const char *text, struct pl_dqm_view *out, struct pl_error *error)
{
    struct pl_dqm_object *object = &out->object[out->objects_n];
    enum pl_err err = pl_dqm_path(text, &object->sample, &object->path, error);
    if (err == PL_OK && *object->path == '\0')
        return pl_fail_param(error, PL_E_MISSING, "path", "%.160s names a sample and no object",
                             text);
    out->objects_n++;
    return err;
}

static enum pl_err read_objects(struct pl_url *url, struct pl_dqm_view *out, struct pl_error *error)
{
    static const char archive[] = "archive/";
    const char *text;
    while ((text = pl_url_take(url, "obj")) != NULL) {
        if (out->objects_n == PL_DQM_OBJECTS_MAX)
            return pl_fail_param(error, PL_E_INPUT, "obj", "obj: at most %d objects",
                                 PL_DQM_OBJECTS_MAX);
        if (strncmp(text, archive, sizeof archive - 1) != 0)
            return pl_fail_param(error, PL_E_INPUT, "obj",
                                 "obj: expected archive/RUN/P/W/T/PATH, not %.120s", text);
        enum pl_err err = add_object(text + sizeof archive - 1, out, error);
        if (err != PL_OK)
            return err;
    }
    return out->objects_n > 0 ? PL_OK
                              : pl_fail_param(error, PL_E_INPUT, "obj", "obj: no object is named");
}

static bool below(const char *rest, const char *folder, const char **path)
{
    size_t n = strlen(folder);
    if (strncmp(rest, folder, n) != 0 || rest[n] != '/' || rest[n + 1] == '\0')
        return false;
    *path = rest + n + 1;
    return true;
}

static void read_trend(struct pl_url *url, struct pl_dqm_view *out)
{
    const char *number = take_last(url, "trend"), *match = take_last(url, "match");
    out->what = PL_DQM_TREND;
    out->number = number != NULL && *number != '\0' ? number : "mean";
    out->match = match != NULL ? match : "";
}

enum pl_err pl_dqm_view(struct pl_url *url, const char *rest, enum pl_media media,
                        struct pl_dqm_view *out, struct pl_error *error)
{
    out->what = PL_DQM_OBJECTS;
    out->media = media;
    out->objects_n = 0;
    out->path = out->number = out->match = "";
    out->version = take_last(url, "v");
    enum pl_err err = read_format(url, out, error);
    if (err != PL_OK)
        return err;
    if (below(rest, "archive", &out->path))
        return add_object(out->path, out, error);
    if (strcmp(rest, "overlay") == 0)
        return read_objects(url, out, error);
    if (below(rest, "stripchart", &out->path))
        read_trend(url, out);
    else if (below(rest, "unknown", &out->path) && media != PL_MEDIA_JSON)
        out->what = PL_DQM_UNKNOWN;
    else
        return pl_fail_param(error, PL_E_MISSING, "path", "there is nothing under this path");
    return PL_OK;
}

static void read_side(const struct pl_url *url, const char *name, uint32_t *out)
{
    uint64_t value;
    for (size_t i = 0; i < url->query_n; i++)
        if (strcmp(url->query[i].name, name) == 0 &&
            whole(url->query[i].value, strlen(url->query[i].value), PL_CANVAS_SIDE_MAX, &value) &&
            value > 0)
            *out = (uint32_t)value;
}

void pl_dqm_size(const struct pl_url *url, uint32_t *width_px, uint32_t *height_px)
{
    *width_px = 600;
    *height_px = 400;
    read_side(url, "w", width_px);
    read_side(url, "h", height_px);
}

void pl_dqm_state(enum pl_quality quality, bool efficiency, char out[4])
{
    size_t n = 0;
    if (efficiency || quality != PL_QUALITY_NONE)
        out[n++] = '-';
    if (efficiency)
        out[n++] = 'e';
    if (quality != PL_QUALITY_NONE)
        out[n++] = (char)('0' + (unsigned)quality % 10);
    out[n] = '\0';
}

/* --- fields of an upload ---------------------------------------------------------------------- */

enum pl_err pl_dqm_checksum(const char *text, struct pl_dqm_checksum *out, struct pl_error *error)
{
    uint64_t value;
    size_t n = strlen(text);
    if (n == 36 && memcmp(text, "md5:", 4) == 0 && pl_unhex(out->digest, text + 4, 16) == 0) {
        out->md5 = true;
        return PL_OK;
    }
    if (n > 6 && memcmp(text, "crc32:", 6) == 0 && whole(text + 6, n - 6, UINT32_MAX, &value)) {
        out->md5 = false;
        out->crc32 = (uint32_t)value;
        return PL_OK;
    }
    return pl_fail_param(error, PL_E_INPUT, "checksum",
                         "checksum: expected md5: and 32 hexadecimal digits, or crc32: and a "
                         "decimal number");
}

enum pl_err pl_dqm_bytes(const char *text, uint64_t *out, struct pl_error *error)
{
    if (whole(text, strlen(text), UINT64_MAX, out))
        return PL_OK;
    return pl_fail_param(error, PL_E_INPUT, "size", "size: expected a decimal number of bytes");
}
