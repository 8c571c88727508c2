/* test_card_bundle.c - the uploaded files in one piece. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/card.h"

static struct pl_bundle_entry entries[PL_CARD_FILES_MAX];
static unsigned n;

static struct pl_bundle_entry entry(uint64_t at, uint64_t length, uint8_t hash, const char *name)
{
    struct pl_bundle_entry made = {.at = at, .n = length};
    memset(made.sha256, hash, sizeof made.sha256);
    strncpy(made.name, name, sizeof made.name - 1);
    return made;
}

static struct pl_buf bundle(const char *files, const struct pl_bundle_entry *index,
                            unsigned index_n)
{
    struct pl_buf buf = PL_BUF(1 << 20);
    cr_assert_eq(pl_buf_text(&buf, files, NULL), PL_OK);
    cr_assert_eq(pl_bundle_index(index, index_n, &buf, NULL), PL_OK);
    return buf;
}

/* From memory of exactly its size, so that a sanitizer sees a step too far. */
static enum pl_err read_exact(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (size > 0)
        memcpy(exact, bytes, size);
    struct pl_error error = {0};
    enum pl_err err = pl_bundle_read(exact, size, entries, &n, &error);
    cr_assert_eq(err, error.code);
    free(exact);
    return err;
}

Test(card_bundle, what_is_written_is_read_by_hash)
{
    const struct pl_bundle_entry index[] = {entry(0, 3, 9, "a.xml"), entry(3, 0, 5, ""),
                                            entry(3, 4, 7, "b.xml")};
    struct pl_buf buf = bundle("abcdefg", index, 3);
    cr_assert_eq(read_exact(buf.bytes, buf.n), PL_OK);
    cr_assert_eq(n, 3);
    cr_assert_eq(entries[0].sha256[0], 5);
    cr_assert_eq(entries[1].sha256[31], 7);
    cr_assert_eq(entries[1].at, 3);
    cr_assert_eq(entries[1].n, 4);
    cr_assert_str_eq(entries[1].name, "b.xml");
    cr_assert_str_eq(entries[2].name, "a.xml");
    pl_buf_free(&buf);
}

Test(card_bundle, a_name_is_cut_to_whole_characters)
{
    struct pl_bundle_entry index = entry(0, 0, 1, "");
    memset(index.name, 'x', sizeof index.name);
    memcpy(index.name + sizeof index.name - 2, "\xc3\xa4", 2);
    struct pl_bundle_entry odd = entry(0, 0, 2,
                                       "good\xff"
                                       "bad");
    const struct pl_bundle_entry both[] = {index, odd};
    struct pl_buf buf = bundle("", both, 2);
    cr_assert_eq(read_exact(buf.bytes, buf.n), PL_OK);
    cr_assert_eq(strlen(entries[0].name), sizeof index.name - 2);
    cr_assert_str_eq(entries[1].name, "good");
    pl_buf_free(&buf);
}

Test(card_bundle, no_file_is_a_bundle_too)
{
    struct pl_buf buf = bundle("", NULL, 0);
    cr_assert_eq(read_exact(buf.bytes, buf.n), PL_OK);
    cr_assert_eq(n, 0);
    pl_buf_free(&buf);
}

Test(card_bundle, more_files_than_allowed_are_refused)
{
    static struct pl_bundle_entry many[PL_CARD_FILES_MAX + 1];
    struct pl_buf buf = PL_BUF(1 << 20);
    struct pl_error error = {0};
    cr_assert_eq(pl_bundle_index(many, PL_CARD_FILES_MAX + 1, &buf, &error), PL_E_LIMIT);
    cr_assert_eq(buf.n, 0);
    cr_assert_eq(pl_bundle_index(many, PL_CARD_FILES_MAX, &buf, NULL), PL_OK);
    cr_assert_eq(read_exact(buf.bytes, buf.n), PL_OK);
    cr_assert_eq(n, PL_CARD_FILES_MAX);
    pl_buf_free(&buf);
}

Test(card_bundle, damage_is_refused)
{
    const struct pl_bundle_entry index[] = {entry(0, 3, 9, "a.xml"), entry(3, 4, 7, "b.xml")};
    struct pl_buf buf = bundle("abcdefg", index, 2);
    for (size_t cut = 0; cut < buf.n; cut++)
        cr_assert_eq(read_exact(buf.bytes, cut), PL_E_FORMAT, "cut to %zu", cut);
    for (size_t at = 0; at < buf.n; at++) { /* whatever a bit does, nothing outside is pointed to */
        for (int bit = 0; bit < 8; bit++) {
            buf.bytes[at] ^= (uint8_t)(1 << bit);
            if (read_exact(buf.bytes, buf.n) == PL_OK)
                for (unsigned i = 0; i < n; i++)
                    cr_assert(entries[i].at + entries[i].n <= 7 && entries[i].n <= 7);
            buf.bytes[at] ^= (uint8_t)(1 << bit);
        }
    }
    const struct pl_bundle_entry beyond = entry(3, 5, 1, "c");
    pl_buf_free(&buf);
    buf = bundle("abcdefg", &beyond, 1);
    cr_assert_eq(read_exact(buf.bytes, buf.n), PL_E_FORMAT);
    pl_buf_free(&buf);
}
