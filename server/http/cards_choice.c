/* cards_choice.c - the page /cards, with the groups of the packs in the plain form.
 *
 * Scripts offer groups beside the cards of an upload; without them they are chosen before it, in
 * what only readers without scripts see. Packs are there before fork and stay, so the page is made
 * once. Memory: its bytes, some 15 KB a front, for good; without memory the page has no groups. */
#include <string.h>

#include "server/http/cards.h"
#include "shm/base/check.h"

enum { PAGE_MAX = 1 << 20 };

static void add_groups(const struct pl_packs *packs, struct pl_buf *out, struct pl_error *error)
{
    const char *name = packs != NULL ? pl_packs_group(packs, 0) : NULL;
    if (name == NULL)
        return;
    (void)pl_buf_text(out, "<fieldset><legend>Show only</legend>", error);
    for (uint32_t i = 0; (name = pl_packs_group(packs, i)) != NULL; i++) {
        (void)pl_buf_text(out, "\n<label><input type=\"checkbox\" name=\"groups\" value=\"", error);
        pl_cards_html(name, out, error);
        (void)pl_buf_text(out, "\"> ", error);
        pl_cards_html(name, out, error);
        (void)pl_buf_text(out, "</label>", error);
    }
    (void)pl_buf_text(out, "\n<p class=\"dim\">None ticked: all of them.</p></fieldset>", error);
}

static void fill(const struct pl_web_file *file)
{
    static const char mark[] = "<!--groups-->";
    const uint8_t *whole = file->plain.bytes, *end = whole + file->plain.n;
    const uint8_t *at = memmem(whole, file->plain.n, mark, sizeof mark - 1);
    struct pl_buf out = PL_BUF(PAGE_MAX);
    struct pl_error error = {.code = PL_OK};
    if (at == NULL)
        return;
    (void)pl_buf_add(&out, whole, (size_t)(at - whole), &error);
    add_groups(pl_card_packs(), &out, &error);
    at += sizeof mark - 1;
    (void)pl_buf_add(&out, at, (size_t)(end - at), &error);
    if (error.code == PL_OK)
        pl_web_put(file->path, out.bytes, out.n);
    else
        pl_buf_free(&out);
}

const struct pl_web_file *pl_cards_shell(void)
{
    static bool filled;
    const struct pl_web_file *file = pl_web_find("/cards");
    CHECK(file != NULL);
    if (!filled)
        fill(file);
    filled = true;
    return file;
}
