/* fuzz_findings.c - findings files of any bytes, and rightly sealed ones of any content.
 *
 * The first byte chooses: a file as it stands; or records whose checksums, ordinals and end are
 * made right, because no mutation finds a checksum. What holds for every item that is believed:
 * texts end, the path is not empty, texts for people are printable UTF-8, the locator fits; and
 * reading never runs on for ever. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/collection.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { FILE_MOST = 1 << 17, HEAD_N = 8 };
static uint8_t file[FILE_MOST];
static size_t file_n;

static void append(const void *bytes, size_t n)
{
    CHECK(n <= sizeof file - file_n);
    memcpy(file + file_n, bytes, n);
    file_n += n;
}

/* The end of a file with so many items. */
static void append_end(uint32_t items, uint32_t troubled)
{
    struct pl_pack end = {.n = 0};
    pl_pack_be(&end, 0, 4);
    pl_pack_be(&end, items, 4);
    pl_pack_be(&end, troubled, 4);
    pl_pack_seal(&end, 0);
    append(end.bytes, end.n);
}

/* Would the writing half have put trouble into the item? Only the reading half's word is known. */
static bool is_troubled(const struct pl_pack *pack, uint32_t ordinal)
{
    struct pl_item item;
    return pl_unpack_item(pack->bytes, pack->n, ordinal, &item, NULL) == PL_OK &&
           item.trouble[0] != '\0';
}

/* { length u16, body }* become sealed records. */
static void seal_records(const uint8_t *bytes, size_t n)
{
    struct pl_cur cur = PL_CUR(bytes, n);
    uint32_t items = 0, troubled = 0;
    append("PLFOUND1", HEAD_N);
    while (pl_cur_left(&cur) > 2 && file_n < sizeof file / 2) {
        struct pl_pack pack = {.n = 0}, length = {.n = 0};
        size_t said = pl_cur_be16(&cur) % (PL_PACK_N - 16);
        size_t body_n = PL_MIN(said, pl_cur_left(&cur));
        pl_pack_be(&pack, items, 4);
        pl_pack_bytes(&pack, pl_cur_take(&cur, body_n), body_n);
        pl_pack_seal(&pack, items);
        troubled += is_troubled(&pack, items++);
        pl_pack_be(&length, pack.n, 4);
        append(length.bytes, length.n);
        append(pack.bytes, pack.n);
    }
    append_end(items, troubled);
}

static void check_text(const char *text, size_t size)
{
    char copy[PL_SHOWN_MAX + 1];
    CHECK(size <= sizeof copy && memchr(text, '\0', size) != NULL);
    memcpy(copy, text, size);
    pl_text_safe(copy, size);
    CHECK(strcmp(copy, text) == 0); /* safe already */
}

/* What is shown is safe to print and can stand in an order: as one key, its parts found again. */
static void check_place(const struct pl_item *item)
{
    uint8_t key[8 + PL_SUFFIX_MAX];
    check_text(item->shown, sizeof item->shown);
    check_text(item->report, sizeof item->report);
    CHECK(item->report[0] == '\0' || item->shown[0] != '\0');
    size_t n = pl_order_key(key, 1, item), shown_n = strlen(item->shown);
    CHECK(n <= sizeof key && memcmp(key + 8, item->shown, shown_n) == 0);
    const uint8_t *mark = memchr(key + 8, PL_ORDER_REPORT, n - 8);
    CHECK((mark != NULL) == (item->report[0] != '\0'));
    CHECK(mark == NULL || mark == key + 8 + shown_n);
    for (unsigned i = 0; i < PL_ITEM_STATS_N; i++)
        CHECK(isfinite(item->stats[i]));
}

static void check_item(const struct pl_item *item)
{
    CHECK(item->path[0] != '\0' && memchr(item->path, '\0', sizeof item->path) != NULL);
    CHECK(item->locator_n <= sizeof item->locator);
    check_text(item->kind, sizeof item->kind);
    check_text(item->title, sizeof item->title);
    check_text(item->trouble, sizeof item->trouble);
    struct pl_pack pack;
    struct pl_item again;
    pl_pack_item(&pack, item, item->ordinal);
    CHECK(pl_unpack_item(pack.bytes, pack.n, item->ordinal, &again, NULL) == PL_OK);
    CHECK(strcmp(again.path, item->path) == 0 && strcmp(again.title, item->title) == 0);
    CHECK(again.status == item->status && again.has_stats == item->has_stats);
    CHECK(memcmp(again.stats, item->stats, sizeof again.stats) == 0);
    check_place(item);
}

static void read_file(void)
{
    static struct pl_findings_reader reader;
    int fd = memfd_create("findings", MFD_CLOEXEC);
    if (fd < 0)
        return;
    CHECK(write(fd, file, file_n) == (ssize_t)file_n && lseek(fd, 0, SEEK_SET) == 0);
    bool done = false;
    enum pl_err code = pl_findings_begin(&reader, fd, NULL);
    for (uint32_t items = 0; code == PL_OK && !done; items++) {
        struct pl_item item;
        CHECK(items <= file_n / 4);
        code = pl_findings_next(&reader, &item, &done, NULL);
        if (code == PL_OK && !done) {
            CHECK(item.ordinal == items);
            check_item(&item);
        }
    }
    CHECK(code == PL_OK || code == PL_E_FORMAT);
    (void)close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    file_n = 0;
    if (n == 0 || n > FILE_MOST / 4)
        return 0;
    if (bytes[0] & 1)
        append(bytes + 1, n - 1);
    else
        seal_records(bytes + 1, n - 1);
    read_file();
    return 0;
}

static void write_seed(const char *folder, const char *name, uint8_t mode)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *seed = fopen(path, "wb");
    if (seed == NULL)
        return;
    (void)fputc(mode, seed);
    (void)fwrite(file, 1, file_n, seed);
    (void)fclose(seed);
}

/* A body as seal_records wants it, and a whole file, of one ordinary item. */
static void make_seeds(const char *folder)
{
    struct pl_item item = {.path = "dir/h;1",
                           .kind = "TH1F",
                           .title = "\xc3\xa4",
                           .locator_n = 4,
                           .has_stats = true,
                           .stats = {1, 2, 3, 4, 5, 6},
                           .status = 300,
                           .shown = "dir/h",
                           .report = "qr/test"};
    struct pl_pack pack, length = {.n = 0};
    pl_pack_item(&pack, &item, 0);
    size_t body_n = pack.n - 4 - 8; /* without ordinal and seal */
    uint8_t body_length[2] = {(uint8_t)(body_n >> 8), (uint8_t)body_n};
    file_n = 0;
    append(body_length, 2);
    append(pack.bytes + 4, body_n);
    write_seed(folder, "sealed", 0);
    file_n = 0;
    pl_pack_be(&length, pack.n, 4);
    append("PLFOUND1", HEAD_N);
    append(length.bytes, length.n);
    append(pack.bytes, pack.n);
    append_end(1, 0);
    write_seed(folder, "whole", 1);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *folder = getenv("FUZZ_SEEDS_DIR");
    if (folder != NULL)
        make_seeds(folder);
    return 0;
}
