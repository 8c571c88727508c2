/* card_draw.c - draws what binding files become, without a server.
 *
 *     card_draw PACK GAME OUT [-p name=value]... [-t REPEAT] FILE...   OUT/1.jpeg, OUT/2.jpeg, ...
 *     card_draw PACK device OUT ID...                                 OUT/ID.jpeg
 *
 * GAME: fs2020, sws, ed or guess. -f png, -f webp: other forms than JPEG. Says of each picture what
 * it took.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/card.h"
#include "shm/base/check.h"
#include "shm/base/hash.h"

enum { ARENA = 64 << 20, OUT_MAX = 64 << 20, QUERY_MAX = 8 };

struct task {
    const char *folder;
    struct pl_query query[QUERY_MAX];
    size_t query_n;
    unsigned repeat;
    enum pl_media media;
    struct pl_arena *arena;
};

static void die(const char *what, const struct pl_error *error)
{
    fprintf(stderr, "card_draw: %s: %s\n", what, error->msg);
    exit(1);
}

static void read_whole(const char *path, struct pl_buf *out)
{
    char block[65536];
    struct pl_error error = {0};
    FILE *file = fopen(path, "rb");
    size_t n;
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        if (pl_buf_add(out, block, n, &error) != PL_OK)
            die(path, &error);
    fclose(file);
}

static void bundle_files(char **paths, unsigned n, struct pl_buf *out)
{
    struct pl_bundle_entry entries[PL_CARD_FILES_MAX];
    struct pl_error error = {0};
    struct pl_sha256 sha;
    for (unsigned i = 0; i < n && i < PL_CARD_FILES_MAX; i++) {
        size_t before = out->n;
        read_whole(paths[i], out);
        entries[i] = (struct pl_bundle_entry){.at = before, .n = out->n - before};
        pl_sha256_start(&sha);
        pl_sha256_add(&sha, out->bytes + before, out->n - before);
        pl_sha256_end(&sha, entries[i].sha256);
        (void)snprintf(entries[i].name, sizeof entries[i].name, "%s", paths[i]);
    }
    if (pl_bundle_index(entries, n, out, &error) != PL_OK)
        die("bundle", &error);
}

static void save(const struct task *task, const char *name, const struct pl_buf *picture)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.%s", task->folder, name,
                   strchr(pl_media_type(task->media), '/') + 1);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(picture->bytes, 1, picture->n, file) != picture->n) {
        perror(path);
        exit(1);
    }
    fclose(file);
}

static void draw(const struct task *task, const struct pl_source *source, const char *selector,
                 const char *name)
{
    struct pl_error error = {0};
    struct pl_params params;
    struct pl_draw_times times, best = {UINT64_MAX, UINT64_MAX, UINT64_MAX, false};
    struct pl_buf out = PL_BUF(OUT_MAX);
    char note[PL_DRAW_NOTE_N] = "";
    struct pl_draw_source from = {.source = *source, .selector = selector, .label = ""};
    struct pl_draw work = {.sources = &from, .sources_n = 1, .params = &params, .note = note};
    if (pl_renderer_card.params(task->query, task->query_n, "", task->media, PL_QUERY_STRICT,
                                &params, &error) != PL_OK)
        die("parameters", &error);
    size_t peak = 0;
    for (unsigned i = 0; i < task->repeat; i++) {
        size_t mark = pl_arena_mark(task->arena);
        pl_buf_clear(&out);
        if (pl_renderer_card.render(&work, task->arena, &out, &times, &error) != PL_OK)
            die(name, &error);
        peak = pl_arena_peak(task->arena);
        pl_arena_release(task->arena, mark);
        best.load_ns = PL_MIN(best.load_ns, times.load_ns);
        best.render_ns = PL_MIN(best.render_ns, times.render_ns);
        best.encode_ns = PL_MIN(best.encode_ns, times.encode_ns);
    }
    save(task, name, &out);
    printf("%s: load %.3f paint %.3f encode %.3f ms, %zu bytes, arena %zu KB%s%s\n", name,
           (double)best.load_ns / 1e6, (double)best.render_ns / 1e6, (double)best.encode_ns / 1e6,
           out.n, peak >> 10, note[0] != '\0' ? "  NOTE " : "", note);
    pl_buf_free(&out);
}

static void draw_set(const struct task *task, const char *game_name, char **paths, unsigned n)
{
    struct pl_error error = {0};
    struct pl_card_options options = {.groups = UINT32_MAX};
    struct pl_card_blame blame;
    struct pl_card_set set;
    struct pl_buf bundle = PL_BUF(OUT_MAX), packed = PL_BUF(OUT_MAX);
    enum pl_card_game game = PL_CARD_GAMES;
    while (game > 0 && strcmp(pl_card_game_name(game - 1), game_name) != 0)
        game--;
    game = game > 0 ? game - 1 : PL_CARD_GUESS;
    bundle_files(paths, n, &bundle);
    if (pl_card_build(pl_card_packs(), bundle.bytes, bundle.n, game, &options, task->arena, &set,
                      &blame, &error) != PL_OK ||
        pl_card_set_pack(&set, &packed, &error) != PL_OK)
        die("build", &error);
    uint32_t pictures = pl_card_pictures(&set);
    pl_arena_reset(task->arena, 0);
    struct pl_source source = {packed.bytes, packed.n};
    for (uint32_t i = 1; i <= pictures; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%u", i);
        draw(task, &source, name, name);
    }
    pl_buf_free(&bundle);
    pl_buf_free(&packed);
}

static void option(struct task *task, char kind, char *value)
{
    char *equals = strchr(value, '=');
    if (kind == 't')
        task->repeat = (unsigned)atoi(value);
    else if (kind == 'f')
        task->media = strcmp(value, "png") == 0    ? PL_MEDIA_PNG
                      : strcmp(value, "webp") == 0 ? PL_MEDIA_WEBP
                                                   : PL_MEDIA_JPEG;
    else if (equals != NULL && task->query_n < QUERY_MAX) {
        *equals = '\0';
        task->query[task->query_n++] = (struct pl_query){value, equals + 1};
    }
}

int main(int argc, char **argv)
{
    struct pl_error error = {0};
    struct task task = {.repeat = 1, .media = PL_MEDIA_JPEG};
    if (argc < 5) {
        fprintf(stderr, "card_draw PACK GAME|device OUT [-p name=value] [-f png] [-t REPEAT] "
                        "FILE|ID...\n");
        return 2;
    }
    const char *pack = argv[1];
    task.folder = argv[3];
    int at = 4;
    for (; at + 1 < argc && argv[at][0] == '-'; at += 2)
        option(&task, argv[at][1], argv[at + 1]);
    if (pl_card_start(&pack, 1, &error) != PL_OK ||
        pl_arena_make(&task.arena, ARENA, &error) != PL_OK)
        die(pack, &error);
    if (strcmp(argv[2], "device") != 0)
        draw_set(&task, argv[2], argv + at, (unsigned)(argc - at));
    for (; strcmp(argv[2], "device") == 0 && at < argc; at++) {
        char selector[256];
        (void)snprintf(selector, sizeof selector, "device/%s", argv[at]);
        draw(&task, &(struct pl_source){0}, selector, argv[at]);
    }
    pl_card_stop();
    pl_arena_free(&task.arena);
    return 0;
}
