/* cards_text.c - pictures of a set as JSON. Nothing is kept; the buffer's limit is the bound. */
#include "server/routes/cards_text.h"

#include "shm/base/json.h"

static enum pl_err add_text(const char *name, const char *value, struct pl_buf *out,
                            struct pl_error *error)
{
    enum pl_err err = pl_buf_text(out, name, error);
    return err == PL_OK ? pl_json_text(out, value, error) : err;
}

static enum pl_err add_kind(const struct pl_card_picture *picture, struct pl_buf *out,
                            struct pl_error *error)
{
    if (picture->card != NULL)
        return add_text(",\"image\":", picture->card->image, out, error);
    const struct pl_card_list *list = picture->list;
    enum pl_err err = add_text(",\"device\":", list->device, out, error);
    if (err == PL_OK && list->pages_n > 1)
        err =
            pl_buf_print(out, error, ",\"page\":%u,\"pages\":%u", picture->page + 1, list->pages_n);
    return err == PL_OK && list->keyboard ? pl_buf_text(out, ",\"keyboard\":true", error) : err;
}

enum pl_err pl_cards_picture(const struct pl_packs *packs, const char *key,
                             const struct pl_card_set *set, uint32_t number, struct pl_buf *out,
                             struct pl_error *error)
{
    struct pl_card_picture picture;
    uint32_t width_px = 0, height_px = 0;
    if (!pl_card_picture_at(set, number, &picture))
        return pl_fail(error, PL_E_INTERNAL, "there is no picture %u", number);
    pl_card_picture_size(packs, &picture, &width_px, &height_px);
    const struct pl_card *card = picture.card;
    enum pl_err err = pl_buf_print(
        out, error, "\"url\":\"/cards/%s/%u.jpg\",\"thumbnail\":\"/cards/%s/%u.jpg?w=480\"", key,
        number, key, number);
    if (err == PL_OK)
        err = add_text(",\"title\":", card != NULL ? card->title : picture.list->title, out, error);
    if (err == PL_OK)
        err = add_text(",\"profile\":", card != NULL ? card->profile : picture.list->profile, out,
                       error);
    if (err == PL_OK)
        err = pl_buf_print(out, error, ",\"w\":%u,\"h\":%u", width_px, height_px);
    return err == PL_OK ? add_kind(&picture, out, error) : err;
}

enum pl_err pl_cards_groups(const struct pl_packs *packs, struct pl_buf *out,
                            struct pl_error *error)
{
    enum pl_err err = pl_buf_text(out, "\"groups\":[", error);
    for (uint32_t i = 0; err == PL_OK && packs != NULL && pl_packs_group(packs, i) != NULL; i++)
        err = add_text(i > 0 ? "," : "", pl_packs_group(packs, i), out, error);
    return err == PL_OK ? pl_buf_text(out, "]", error) : err;
}

enum pl_err pl_cards_document(const struct pl_packs *packs, const char *key,
                              const struct pl_card_set *set, struct pl_buf *out,
                              struct pl_error *error)
{
    enum pl_err err =
        pl_buf_print(out, error, "{\"key\":\"%s\",\"url\":\"/cards/%s\",\"pictures\":[", key, key);
    uint32_t n = pl_card_pictures(set);
    for (uint32_t i = 1; err == PL_OK && i <= n; i++) {
        err = pl_buf_text(out, i > 1 ? ",\n{" : "\n{", error);
        if (err == PL_OK)
            err = pl_cards_picture(packs, key, set, i, out, error);
        if (err == PL_OK)
            err = pl_buf_text(out, "}", error);
    }
    if (err == PL_OK)
        err = pl_buf_text(out, "],\n", error);
    size_t joint = out->n;
    if (err == PL_OK)
        err = pl_card_set_json(set, out, error);
    /* Both are one object: the brace that opens the second becomes a blank. */
    if (err == PL_OK && (out->n <= joint || out->bytes[joint] != '{'))
        err = pl_fail(error, PL_E_INTERNAL, "the document of a set is no object");
    if (err == PL_OK)
        out->bytes[joint] = ' ';
    return err;
}
