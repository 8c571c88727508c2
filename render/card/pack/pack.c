/* pack.c - compiled packs as files: open, check once, close; the version of a set of packs.
 *
 * Main struct: struct pl_pack (format.h), one small allocation beside the read-only map. The hash
 * is computed through read(), not through the map, so that opening a pack leaves none of its tiles
 * in the process's memory. It knows nothing of YAML and pictures' formats. */
#include "render/card/pack/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/card/pack/format.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"

enum { MAGIC = 0x504b4f50 };

static enum pl_err not_whole(const char *path, const char *what, struct pl_error *error)
{
    return pl_fail(error, PL_E_FORMAT, "%s %s; build it with platenctl pack build", path, what);
}

static enum pl_err read_header(int fd, const char *path, struct pl_rec_header *header,
                               struct pl_error *error)
{
    ssize_t got = pread(fd, header, sizeof *header, 0);
    if (got < 0)
        return pl_fail_errno(error, "reading the card pack %s", path);
    if ((size_t)got < offsetof(struct pl_rec_header, sha256) || header->magic != PL_PACK_MAGIC)
        return not_whole(path, "is no compiled card pack", error);
    if (header->format != PL_PACK_FORMAT || header->sections != PL_SECTIONS)
        return not_whole(path, "was built by another version of platen", error);
    if ((size_t)got < sizeof *header)
        return not_whole(path, "is cut short", error);
    return PL_OK;
}

static enum pl_err check_hash(int fd, const char *path, const struct pl_rec_header *header,
                              struct pl_error *error)
{
    uint8_t part[64 * 1024], found[PL_SHA256_N];
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    for (off_t at = PL_PACK_HASHED_FROM;;) {
        ssize_t got = pread(fd, part, sizeof part, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return pl_fail_errno(error, "reading the card pack %s", path);
        if (got == 0)
            break;
        pl_sha256_add(&sha, part, (size_t)got);
        at += got;
    }
    pl_sha256_end(&sha, found);
    if (memcmp(found, header->sha256, sizeof found) != 0)
        return not_whole(path, "is cut short or damaged", error);
    return PL_OK;
}

static void fill_look(struct pl_pack *pack)
{
    const struct pl_rec_look *rec = pack->rec;
    pack->look = (struct pl_pack_look){
        .name = pl_pack_at(pack, rec->name),
        .version = pl_pack_at(pack, rec->version),
        .palette_n = rec->palette.n,
        .palette = PL_REC(pack, COLOURS, uint32_t, rec->palette.first),
        .header_rgb = rec->header_rgb,
        .header_text_rgb = rec->header_text_rgb,
        .badge_rgb = rec->badge_rgb,
        .page_rgb = rec->page_rgb,
        .inset = rec->inset,
        .font_least_px = rec->font_least_px,
    };
}

static enum pl_err map_file(int fd, const char *path, struct pl_pack *pack, struct pl_error *error)
{
    struct stat st;
    struct pl_error why = {0};
    if (fstat(fd, &st) != 0)
        return pl_fail_errno(error, "looking at the card pack %s", path);
    size_t n = (size_t)st.st_size;
    uint8_t *bytes = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED)
        return pl_fail_errno(error, "mapping the card pack %s", path);
    enum pl_err err = pl_pack_view(bytes, n, pack, &why);
    if (err != PL_OK) {
        munmap(bytes, n);
        return pl_fail(error, err, "%s: %s", path, why.msg);
    }
    fill_look(pack);
    return PL_OK;
}

enum pl_err pl_pack_open(const char *path, struct pl_pack **out, struct pl_error *error)
{
    struct pl_rec_header header;
    enum pl_err err;
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return pl_fail_errno(error, "opening the card pack %s", path);
    struct pl_pack *pack = calloc(1, sizeof *pack);
    if (pack == NULL)
        err = pl_fail(error, PL_E_NOMEM, "no memory to open the card pack %s", path);
    else
        err = read_header(fd, path, &header, error);
    if (err == PL_OK)
        err = check_hash(fd, path, &header, error);
    if (err == PL_OK)
        err = map_file(fd, path, pack, error);
    (void)close(fd);
    if (err != PL_OK) {
        free(pack);
        return err;
    }
    pack->magic = MAGIC;
    *out = pack;
    return PL_OK;
}

void pl_pack_close(struct pl_pack **pack)
{
    if (*pack == NULL)
        return;
    CHECK_MAGIC(*pack, MAGIC);
    (*pack)->magic = 0;
    munmap((void *)(uintptr_t)(*pack)->bytes, (*pack)->n);
    free(*pack);
    *pack = NULL;
}

void pl_packs_seal(struct pl_packs *packs)
{
    memset(packs->version, 0, sizeof packs->version);
    if (packs->n == 0)
        return;
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    for (unsigned i = 0; i < packs->n; i++)
        pl_sha256_add(&sha, packs->at[i]->header->sha256, PL_PACK_VERSION_N);
    pl_sha256_end(&sha, packs->version);
}

const uint8_t *pl_pack_version(const struct pl_pack *pack)
{
    CHECK_MAGIC(pack, MAGIC);
    return pack->header->sha256;
}

void pl_pack_measure(const struct pl_pack *pack, struct pl_pack_sizes *out)
{
    CHECK_MAGIC(pack, MAGIC);
    out->bytes = pack->n;
    out->tile_bytes = pack->tile_bytes_n;
    out->tiles = pack->count[PL_SECTION_TILES];
    out->grid = pack->count[PL_SECTION_GRID];
    for (uint32_t i = 0; i < PL_CARD_GAMES; i++) {
        const struct pl_rec_game *game =
            PL_REC(pack, GAMES, struct pl_rec_game, pack->rec->games.first + i);
        out->labels[i] = game->defined != 0 ? game->labels.n : UINT32_MAX;
        out->contexts[i] = game->contexts.n;
    }
}

const struct pl_pack_look *pl_pack_look(const struct pl_pack *pack)
{
    CHECK_MAGIC(pack, MAGIC);
    return &pack->look;
}

struct pl_pack_bytes pl_pack_font(const struct pl_pack *pack, enum pl_pack_font font)
{
    const struct pl_rec_range *range = &pack->rec->fonts[font];
    return (struct pl_pack_bytes){PL_REC(pack, FONT_BYTES, uint8_t, range->first), range->n};
}

const char *pl_pack_string(const struct pl_pack *pack, uint32_t offset)
{
    return pl_pack_at(pack, offset);
}

/* Only whole pages of the tiles: the tables before them are used by every request. */
void pl_packs_rest(const struct pl_packs *packs)
{
    for (unsigned i = 0; i < packs->n; i++) {
        const struct pl_pack *pack = packs->at[i];
        uintptr_t from = (uintptr_t)pack->section[PL_SECTION_TILE_BYTES];
        uintptr_t to = (uintptr_t)pack->bytes + pack->n;
        from = (from + PL_PACK_PAGE - 1) & ~(uintptr_t)(PL_PACK_PAGE - 1);
        if (from < to)
            (void)madvise((void *)from, to - from, MADV_DONTNEED);
    }
}
