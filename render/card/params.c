/* params.c - query parameters of cards to canonical text and back.
 *
 * One row of a table says how a parameter is read; canonical text goes through the same rows. Runs
 * in the front on hostile text: fixed buffers, no allocation. Knows packs by their version alone.
 */
#include "render/card/params.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/card.h"
#include "shm/base/check.h"

enum { QUALITY = 90, QUALITY_LEAST = 60, QUALITY_MOST = 100, WIDTH_LEAST = 16 };

static enum pl_err refuse(struct pl_error *error, const char *name, const char *expected)
{
    return pl_fail_param(error, PL_E_INPUT, name, "%s: expected %s", name, expected);
}

/* Decimal digits only, no leading zero. */
static bool whole(const char *text, unsigned least, unsigned most, unsigned *out)
{
    size_t n = strlen(text);
    if (n == 0 || n > 5 || text[0] == '0' || strspn(text, "0123456789") != n)
        return false;
    *out = (unsigned)strtoul(text, NULL, 10);
    return *out >= least && *out <= most;
}

static enum pl_err read_bg(struct pl_card_params *params, const char *value, struct pl_error *error)
{
    size_t n = strlen(value);
    bool fine = n < sizeof params->bg;
    for (size_t i = 0; i < n && fine; i++)
        fine = (unsigned char)value[i] > ' ' && value[i] != '&' && value[i] != '=' &&
               (unsigned char)value[i] < 0x7f;
    if (!fine)
        return refuse(error, "bg", "the name of a background of the picture");
    memcpy(params->bg, value, n + 1);
    return PL_OK;
}

static enum pl_err read_pack(struct pl_card_params *params, const char *value,
                             struct pl_error *error)
{
    if (strlen(value) != PL_CARD_PACK_N || strspn(value, "0123456789abcdef") != PL_CARD_PACK_N)
        return refuse(error, "pack", "16 hexadecimal digits, or nothing: it is filled in");
    memcpy(params->pack, value, sizeof params->pack);
    return PL_OK;
}

static enum pl_err read_quality(struct pl_card_params *params, const char *value,
                                struct pl_error *error)
{
    return whole(value, QUALITY_LEAST, QUALITY_MOST, &params->quality)
               ? PL_OK
               : refuse(error, "q", "a quality from 60 to 100");
}

static enum pl_err read_sub(struct pl_card_params *params, const char *value,
                            struct pl_error *error)
{
    params->sub = strcmp(value, "444") == 0 ? PL_JPEG_444 : PL_JPEG_420;
    return params->sub == PL_JPEG_444 || strcmp(value, "420") == 0
               ? PL_OK
               : refuse(error, "sub", "420 or 444");
}

static enum pl_err read_width(struct pl_card_params *params, const char *value,
                              struct pl_error *error)
{
    return whole(value, WIDTH_LEAST, PL_CARD_WIDTH_MAX, &params->width_px)
               ? PL_OK
               : refuse(error, "w", "one of the picture's widths in pixels, e.g. 480");
}

static const struct row {
    const char *name;
    enum pl_err (*read)(struct pl_card_params *, const char *, struct pl_error *);
} rows[] = {
    {"bg", read_bg}, {"pack", read_pack}, {"q", read_quality}, {"sub", read_sub}, {"w", read_width},
};

static void defaults(struct pl_card_params *params)
{
    *params = (struct pl_card_params){.quality = QUALITY, .sub = PL_JPEG_420};
}

/* *seen: a bit for each parameter that was there. */
static enum pl_err read_one(const struct pl_query *query, enum pl_query_rule rule,
                            struct pl_card_params *params, unsigned *seen, struct pl_error *error)
{
    size_t i = 0;
    while (i < PL_COUNT(rows) && strcmp(rows[i].name, query->name) != 0)
        i++;
    if (i == PL_COUNT(rows))
        return rule == PL_QUERY_LENIENT
                   ? PL_OK
                   : pl_fail_param(error, PL_E_INPUT, query->name,
                                   "%.60s is no parameter of a card: there are w, q, sub and bg",
                                   query->name);
    if (rule == PL_QUERY_STRICT && (*seen & 1u << i) != 0)
        return pl_fail_param(error, PL_E_INPUT, query->name, "%s is given twice", query->name);
    *seen |= 1u << i;
    return rows[i].read(params, query->value, error);
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Every value is bounded far below what a text of all of them may have. */
static void __attribute__((format(printf, 2, 3)))
add(char text[PL_PARAMS_MAX], const char *format, ...)
{
    size_t n = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + n, PL_PARAMS_MAX - n, format, arguments);
    va_end(arguments);
}

static void write_text(const struct pl_card_params *params, enum pl_media media,
                       struct pl_params *out)
{
    *out = (struct pl_params){.media = media, .width_px = params->width_px};
    if (params->bg[0] != '\0')
        add(out->text, "bg=%s&", params->bg);
    add(out->text, "pack=%s", params->pack);
    if (media != PL_MEDIA_PNG && params->quality != QUALITY)
        add(out->text, "&q=%u", params->quality);
    if (media == PL_MEDIA_JPEG && params->sub == PL_JPEG_444)
        add(out->text, "&sub=444");
    if (params->width_px != 0)
        add(out->text, "&w=%u", params->width_px);
}

static void current_pack(char out[PL_CARD_PACK_N + 1])
{
    const struct pl_packs *packs = pl_card_packs();
    for (unsigned i = 0; i < PL_CARD_PACK_N / 2; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", packs->version[i]);
}

enum pl_err pl_card_params(const struct pl_query *query, size_t n, const char *kind,
                           enum pl_media media, enum pl_query_rule rule, struct pl_params *out,
                           struct pl_error *error)
{
    struct pl_card_params params;
    unsigned seen = 0;
    char current[PL_CARD_PACK_N + 1];
    (void)kind;
    defaults(&params);
    current_pack(current);
    if (media == PL_MEDIA_JSON)
        return pl_fail(error, PL_E_INPUT,
                       "cards are drawn as .jpg, .png or .webp; their numbers are in "
                       "the document of the whole set");
    for (size_t i = 0; i < n; i++) {
        enum pl_err err = read_one(&query[i], rule, &params, &seen, error);
        if (err != PL_OK)
            return err;
    }
    if (params.pack[0] != '\0' && strcmp(params.pack, current) != 0)
        return refuse(error, "pack", "the version of the packs in use, or nothing");
    memcpy(params.pack, current, sizeof params.pack);
    write_text(&params, media, out);
    return PL_OK;
}

enum pl_err pl_card_params_parse(const char *text, struct pl_card_params *out,
                                 struct pl_error *error)
{
    char copy[PL_PARAMS_MAX], *rest = copy, *part;
    unsigned seen = 0;
    enum pl_err err = PL_OK;
    defaults(out);
    CHECK(strlen(text) < sizeof copy);
    memcpy(copy, text, strlen(text) + 1);
    while (err == PL_OK && (part = strsep(&rest, "&")) != NULL && part[0] != '\0') {
        char *value = strchr(part, '=');
        if (value == NULL)
            return refuse(error, "parameters", "name=value");
        *value++ = '\0';
        struct pl_query query = {part, value};
        err = read_one(&query, PL_QUERY_STRICT, out, &seen, error);
    }
    return err;
}
