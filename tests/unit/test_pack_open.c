/* Opening compiled packs: files that are none, cut or damaged are refused; and whatever is not
 * refused can be walked. */
#include "render/card/pack/format.h"
#include "shm/base/hash.h"
#include "tests/fuzz/pack_walk.h"
#include "tests/unit/pack_help.h"

TestSuite(pack_open, .init = help_start, .fini = help_stop, .timeout = 300);

static struct pl_buf whole;

static void make_bytes(void)
{
    struct pl_make make = help_make();
    whole = PL_BUF(1 << 20);
    MUST(pl_make_bytes(&make, NULL, help.arena, &whole, &help.error));
}

static enum pl_err open_bytes(const void *bytes, size_t n, struct pl_pack **pack)
{
    help_bytes("test.pack", bytes, n);
    help.error = (struct pl_error){.code = PL_OK};
    return pl_pack_open(help_path("test.pack"), pack, &help.error);
}

static void reseal(uint8_t *bytes, size_t n)
{
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    pl_sha256_add(&sha, bytes + PL_PACK_HASHED_FROM, n - PL_PACK_HASHED_FROM);
    pl_sha256_end(&sha, bytes + offsetof(struct pl_rec_header, sha256));
}

Test(pack_open, a_missing_file_and_one_that_is_no_pack)
{
    struct pl_pack *pack;
    cr_expect_eq(pl_pack_open(help_path("none.pack"), &pack, &help.error), PL_E_MISSING);
    cr_expect_null(pack);
    cr_expect_eq(open_bytes("", 0, &pack), PL_E_FORMAT);
    cr_expect_eq(open_bytes("name: pack\n", 11, &pack), PL_E_FORMAT);
    cr_expect(strstr(help.error.msg, "platenctl pack build") != NULL, "%s", help.error.msg);
    cr_expect(strstr(help.error.msg, "test.pack") != NULL, "%s", help.error.msg);
    cr_expect_eq(pl_pack_open(help.dir, &pack, NULL), PL_E_IO);
}

Test(pack_open, another_format_is_named)
{
    struct pl_pack *pack;
    make_bytes();
    whole.bytes[offsetof(struct pl_rec_header, format)]++;
    cr_expect_eq(open_bytes(whole.bytes, whole.n, &pack), PL_E_FORMAT);
    cr_expect(strstr(help.error.msg, "another version") != NULL, "%s", help.error.msg);
}

Test(pack_open, no_cut_file_is_opened)
{
    struct pl_pack *pack;
    make_bytes();
    for (size_t n = 0; n < whole.n; n += n < 600 ? 7 : 97)
        cr_assert_eq(open_bytes(whole.bytes, n, &pack), PL_E_FORMAT, "%zu bytes", n);
    MUST(open_bytes(whole.bytes, whole.n, &pack));
    pl_pack_close(&pack);
}

Test(pack_open, no_changed_byte_goes_unseen)
{
    struct pl_pack *pack;
    make_bytes();
    for (size_t at = 0; at < whole.n; at += at < 600 ? 5 : 61) {
        whole.bytes[at] ^= 0x20;
        cr_assert_eq(open_bytes(whole.bytes, whole.n, &pack), PL_E_FORMAT, "byte %zu", at);
        whole.bytes[at] ^= 0x20;
    }
}

/* Whoever computes the hash anew can write any record: each is refused or harmless. */
Test(pack_open, wrong_records_are_refused_or_harmless)
{
    static const uint32_t values[] = {0, 1, 0x7fffffff, 0x80000000, UINT32_MAX};
    struct pl_pack *pack;
    unsigned refused = 0;
    make_bytes();
    for (size_t at = PL_PACK_HASHED_FROM; at + 4 <= whole.n; at += 4) {
        uint32_t before;
        memcpy(&before, whole.bytes + at, 4);
        uint32_t value = values[at / 4 % PL_COUNT(values)];
        memcpy(whole.bytes + at, &value, 4);
        reseal(whole.bytes, whole.n);
        if (open_bytes(whole.bytes, whole.n, &pack) == PL_OK) {
            struct pl_packs packs = help_packs(pack, NULL);
            (void)walk_packs(&packs);
            pl_pack_close(&pack);
        } else {
            refused++;
        }
        memcpy(whole.bytes + at, &before, 4);
    }
    cr_expect_gt(refused, 100);
}

Test(pack_open, texts_must_end_and_be_utf8)
{
    struct pl_pack *pack;
    make_bytes();
    struct pl_rec_header header;
    memcpy(&header, whole.bytes, sizeof header);
    struct pl_rec_section text = header.section[PL_SECTION_TEXT];
    whole.bytes[text.at + text.n - 1] = 'x';
    reseal(whole.bytes, whole.n);
    cr_expect_eq(open_bytes(whole.bytes, whole.n, &pack), PL_E_FORMAT);
    whole.bytes[text.at + text.n - 1] = '\0';
    whole.bytes[text.at + 1] = 0xff;
    reseal(whole.bytes, whole.n);
    cr_expect_eq(open_bytes(whole.bytes, whole.n, &pack), PL_E_FORMAT);
}

Test(pack_open, equal_descriptions_give_equal_bytes_in_any_order)
{
    struct pl_make make = help_make();
    struct pl_buf again = PL_BUF(1 << 20);
    make_bytes();
    struct pl_make_device turned[] = {help_devices[1], help_devices[0]};
    MUST(pl_make_bytes(&make, NULL, help.arena, &again, &help.error));
    cr_assert_eq(again.n, whole.n);
    cr_expect_arr_eq(again.bytes, whole.bytes, whole.n);
    pl_buf_clear(&again);
    make.devices.at = turned;
    MUST(pl_make_bytes(&make, NULL, help.arena, &again, &help.error));
    cr_assert_eq(again.n, whole.n);
    cr_expect_arr_eq(again.bytes, whole.bytes, whole.n);
    pl_buf_clear(&again);
    make.version = "8";
    MUST(pl_make_bytes(&make, NULL, help.arena, &again, &help.error));
    cr_expect(again.n != whole.n || memcmp(again.bytes, whole.bytes, whole.n) != 0);
    pl_buf_free(&again);
}

Test(pack_open, a_pack_that_is_mapped_survives_its_file_being_built_anew)
{
    struct pl_make make = help_make();
    struct pl_pack *pack = help_pack(&make, NULL, "live.pack");
    struct pl_packs packs = help_packs(pack, NULL);
    make.name = "newer";
    struct pl_pack *newer = help_pack(&make, NULL, "live.pack");
    cr_expect_str_eq(pl_pack_look(pack)->name, "by hand");
    cr_expect_str_eq(pl_pack_look(newer)->name, "newer");
    (void)walk_packs(&packs);
    pl_pack_close(&newer);
    pl_pack_close(&pack);
    cr_expect_null(pack);
    pl_pack_close(&pack);
}
