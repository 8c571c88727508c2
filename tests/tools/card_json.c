/* card_json.c - binding files as the cards they become: one JSON document on standard output.
 *
 *     card_json GAME PACK FILE...         GAME: fs2020, sws, ed or guess; PACK "": none
 *
 * Exit status 0; 1 with the document of the problem when nothing could be read; 2 for bad
 * arguments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/card.h"
#include "shm/base/hash.h"
#include "shm/base/json.h"

enum { ARENA_BYTES = 256 << 20, BUNDLE_BYTES = 64 << 20, DOCUMENT_BYTES = 256 << 20 };

static int stop(const char *what, const char *why)
{
    (void)fprintf(stderr, "card_json: %s: %s\n", what, why);
    return 2;
}

static enum pl_err add_file(const char *path, struct pl_bundle_entry *entry, struct pl_buf *out,
                            struct pl_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return pl_fail_errno(error, "%s", path);
    *entry = (struct pl_bundle_entry){.at = out->n};
    const char *name = strrchr(path, '/');
    (void)snprintf(entry->name, sizeof entry->name, "%s", name != NULL ? name + 1 : path);
    char bytes[1 << 16];
    enum pl_err err = PL_OK;
    for (size_t n; err == PL_OK && (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        err = pl_buf_add(out, bytes, n, error);
    (void)fclose(file);
    entry->n = out->n - entry->at;
    struct pl_sha256 sha;
    pl_sha256_start(&sha);
    if (entry->n > 0)
        pl_sha256_add(&sha, out->bytes + entry->at, entry->n);
    pl_sha256_end(&sha, entry->sha256);
    return err;
}

static void print_problem(const struct pl_card_blame *blame, const struct pl_error *error)
{
    struct pl_buf out = PL_BUF(1 << 16);
    (void)pl_buf_text(&out, "{\"error\":", NULL);
    (void)pl_json_text(&out, pl_err_name(error->code), NULL);
    (void)pl_buf_text(&out, ",\"code\":", NULL);
    (void)pl_json_text(&out, blame->code != NULL ? blame->code : "", NULL);
    (void)pl_buf_text(&out, ",\"message\":", NULL);
    (void)pl_json_text(&out, error->msg, NULL);
    (void)pl_buf_text(&out, ",\"file\":", NULL);
    (void)pl_json_text(&out, blame->file, NULL);
    (void)pl_buf_print(&out, NULL, ",\"line\":%u}\n", blame->line);
    (void)fwrite(out.bytes, 1, out.n, stdout);
    pl_buf_free(&out);
}

static int build(enum pl_card_game game, const struct pl_buf *bundle, struct pl_error *error)
{
    struct pl_arena *arena;
    struct pl_card_set set;
    struct pl_card_blame blame = {0};
    struct pl_card_options options = {.groups = UINT32_MAX, .style = PL_CARD_STYLE_GROUP};
    struct pl_buf out = PL_BUF(DOCUMENT_BYTES);
    enum pl_err err = pl_arena_make(&arena, ARENA_BYTES, error);
    if (err != PL_OK)
        return stop("arena", error->msg);
    err = pl_card_build(NULL, bundle->bytes, bundle->n, game, &options, arena, &set, &blame, error);
    if (err == PL_OK)
        err = pl_card_set_json(&set, &out, error);
    if (err == PL_OK)
        (void)fwrite(out.bytes, 1, out.n, stdout);
    else
        print_problem(&blame, error);
    pl_buf_free(&out);
    pl_arena_free(&arena);
    return err == PL_OK ? 0 : 1;
}

enum { CODES_MAX = 8, EMPTY_MAX = 50 };

struct beginnings {
    size_t tried, shown, empty, other; /* other: an error without a code, or no error of a file */
    size_t refused[CODES_MAX];
    const char *codes[CODES_MAX];
    size_t lengths[EMPTY_MAX]; /* of those that became an empty set */
};

static void count_refusal(struct beginnings *all, enum pl_err err, const char *code)
{
    unsigned i = 0;
    while (i < CODES_MAX && code != NULL && all->codes[i] != NULL &&
           strcmp(all->codes[i], code) != 0)
        i++;
    if (err != PL_E_FORMAT || code == NULL || i == CODES_MAX) {
        all->other++;
        return;
    }
    all->codes[i] = code;
    all->refused[i]++;
}

static void try_beginning(enum pl_card_game game, const uint8_t *bytes, size_t n,
                          struct pl_arena *arena, struct beginnings *all)
{
    struct pl_buf bundle = PL_BUF(BUNDLE_BYTES);
    struct pl_bundle_entry entry = {.n = n};
    struct pl_card_set set;
    struct pl_card_blame blame = {0};
    struct pl_card_options options = {.groups = UINT32_MAX, .style = PL_CARD_STYLE_GROUP};
    struct pl_error error = {0};
    enum pl_err err = n > 0 ? pl_buf_add(&bundle, bytes, n, &error) : PL_OK;
    if (err == PL_OK)
        err = pl_bundle_index(&entry, 1, &bundle, &error);
    if (err == PL_OK)
        err = pl_card_build(NULL, bundle.bytes, bundle.n, game, &options, arena, &set, &blame,
                            &error);
    all->tried++;
    if (err != PL_OK)
        count_refusal(all, err, blame.code);
    else if (pl_card_pictures(&set) > 0)
        all->shown++;
    else if (all->empty++ < EMPTY_MAX)
        all->lengths[all->empty - 1] = n;
    pl_buf_free(&bundle);
    pl_arena_reset(arena, 1 << 20);
}

static int beginnings(enum pl_card_game game, const struct pl_buf *file, size_t step)
{
    struct beginnings all = {0};
    struct pl_arena *arena;
    struct pl_error error = {0};
    if (pl_arena_make(&arena, ARENA_BYTES, &error) != PL_OK)
        return stop("arena", error.msg);
    for (size_t n = 0; n < file->n; n += step)
        try_beginning(game, file->bytes, n, arena, &all);
    pl_arena_free(&arena);
    printf("{\"tried\":%zu,\"shown\":%zu,\"other\":%zu,\"refused\":{", all.tried, all.shown,
           all.other);
    for (unsigned i = 0; i < CODES_MAX && all.codes[i] != NULL; i++)
        printf("%s\"%s\":%zu", i > 0 ? "," : "", all.codes[i], all.refused[i]);
    printf("},\"empty\":[");
    for (size_t i = 0; i < all.empty && i < EMPTY_MAX; i++)
        printf("%s%zu", i > 0 ? "," : "", all.lengths[i]);
    printf("]}\n");
    return 0;
}

int main(int argc, char **argv)
{
    static struct pl_bundle_entry entries[PL_CARD_FILES_MAX];
    struct pl_buf bundle = PL_BUF(BUNDLE_BYTES);
    struct pl_error error = {0};
    size_t step = 0;
    if (argc == 6 && strcmp(argv[1], "--beginnings") == 0) {
        step = strtoul(argv[2], NULL, 10);
        argv += 2;
        argc -= 2;
    }
    if (argc < 4 || argc - 3 > PL_CARD_FILES_MAX)
        return stop("usage", "card_json [--beginnings STEP] GAME PACK FILE...");
    int game = 0;
    while (game < PL_CARD_GAMES && strcmp(pl_card_game_name((enum pl_card_game)game), argv[1]) != 0)
        game++;
    if (game == PL_CARD_GAMES)
        return stop(argv[1], "no such game");
    const char *const packs[] = {argv[2]};
    if (pl_card_start(packs, argv[2][0] != '\0', &error) != PL_OK)
        return stop("pack", error.msg);
    for (int i = 3; i < argc; i++)
        if (add_file(argv[i], &entries[i - 3], &bundle, &error) != PL_OK)
            return stop(argv[i], error.msg);
    int status;
    if (step > 0)
        status = beginnings((enum pl_card_game)game, &bundle, step);
    else if (pl_bundle_index(entries, (unsigned)argc - 3, &bundle, &error) != PL_OK)
        return stop("bundle", error.msg);
    else
        status = build((enum pl_card_game)game, &bundle, &error);
    pl_buf_free(&bundle);
    pl_card_stop();
    return status;
}
