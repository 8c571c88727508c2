/* build.c - from a bundle of uploaded files to a set: every file to text, to its game's parser,
 * then placed and put in order.
 *
 * A file that cannot be read is a notice as long as another one can. Files are taken in the order
 * of their hashes, an equal one once, so that neither names nor order matter. Memory: the arena.
 */
#include <stdio.h>
#include <string.h>

#include "render/card/builder.h"
#include "render/card/charset.h"
#include "render/card/game/tokens.h"
#include "render/card/measure.h"
#include "shm/base/check.h"

static const struct pl_game_parser *const parsers[PL_CARD_GAMES] = {
    [PL_CARD_FS2020] = &pl_game_fs2020, [PL_CARD_SWS] = &pl_game_sws, [PL_CARD_ED] = &pl_game_ed};
static const char *const titles[PL_CARD_GAMES] = {"", "Microsoft Flight Simulator",
                                                  "Star Wars: Squadrons", "Elite Dangerous"};

struct upload { /* a file and what became of it */
    struct pl_charset_text text;
    enum pl_card_game game; /* by its content */
    const char *failed;     /* NULL, or the code of why it could not be read */
    bool truncated;         /* it ends in the middle */
    char why[sizeof(((struct pl_error *)0)->msg)];
    uint32_t line;
};

struct building {
    const uint8_t *bundle;
    struct pl_bundle_entry entries[PL_CARD_FILES_MAX];
    struct upload uploads[PL_CARD_FILES_MAX];
    unsigned n;
    struct pl_builder builder;
    struct pl_card_blame *blame;
    struct pl_error *error;
};

/* --- which game ------------------------------------------------------------------------------- */

static const uint8_t *find(const struct pl_charset_text *text, const char *what)
{
    return memmem(text->bytes, text->n, what, strlen(what));
}

/* Is there a line that begins like this? */
static bool has_line(const struct pl_charset_text *text, const char *what)
{
    struct pl_charset_text rest = *text;
    for (const uint8_t *at; (at = find(&rest, what)) != NULL;) {
        if (at == text->bytes || at[-1] == '\n')
            return true;
        rest.n -= (size_t)(at + 1 - rest.bytes);
        rest.bytes = at + 1;
    }
    return false;
}

/* Is there an element of this name? It may be spread over lines. */
static bool has_element(const struct pl_charset_text *text, const char *start)
{
    struct pl_charset_text rest = *text;
    for (const uint8_t *at; (at = find(&rest, start)) != NULL;) {
        const uint8_t *behind = at + strlen(start), *end = text->bytes + text->n;
        if (behind < end && memchr(" \t\r\n/>", *behind, 6) != NULL)
            return true;
        rest.n -= (size_t)(behind - rest.bytes);
        rest.bytes = behind;
    }
    return false;
}

static enum pl_card_game guess(const struct pl_charset_text *text)
{
    if (has_element(text, "<Device") && find(text, "DeviceName=") != NULL)
        return PL_CARD_FS2020;
    if (has_element(text, "<Root") &&
        (find(text, "PresetName") != NULL || find(text, "Device=\"") != NULL))
        return PL_CARD_ED;
    if (has_line(text, "GstInput.") || has_line(text, "GstKeyBinding."))
        return PL_CARD_SWS;
    return PL_CARD_GUESS;
}

static bool is_double(const struct building *building, unsigned i)
{
    return i > 0 && memcmp(building->entries[i].sha256, building->entries[i - 1].sha256,
                           sizeof building->entries[i].sha256) == 0;
}

/* The game that most files are of; of as many, the first. */
static enum pl_card_game guess_all(const struct building *building)
{
    unsigned files[PL_CARD_GAMES] = {0};
    for (unsigned i = 0; i < building->n; i++)
        files[building->uploads[i].game] += !is_double(building, i);
    enum pl_card_game game = PL_CARD_GUESS;
    unsigned most = 0;
    for (int i = PL_CARD_FS2020; i < PL_CARD_GAMES; i++)
        if (files[i] > most) {
            game = (enum pl_card_game)i;
            most = files[i];
        }
    return game;
}

/* --- files ------------------------------------------------------------------------------------ */

static void fail(struct upload *upload, const char *code, uint32_t line, const char *why)
{
    upload->failed = code;
    upload->line = line;
    (void)snprintf(upload->why, sizeof upload->why, "%s", why);
}

static void fail_format(struct upload *upload)
{
    if (upload->text.n == 0)
        fail(upload, "unknown-format", 0,
             "The file is empty. Upload the file that the game saved or exported.");
    else
        fail(upload, "unknown-format", 0,
             "This is no binding file of a game that is known here: Microsoft Flight Simulator "
             "2020 (.xml), Star Wars: Squadrons (.profile) or Elite Dangerous (.binds).");
}

static void fail_truncated(struct upload *upload, uint32_t line)
{
    fail(upload, "truncated", line,
         "The file ends or breaks off before its first binding. Export it from the game again.");
}

static enum pl_err too_large(struct building *building, unsigned file)
{
    building->blame->code = "too-large";
    building->blame->file_number = file;
    return pl_fail_param(building->error, PL_E_LIMIT, "file",
                         "A file may have %d MiB, all together %d MiB.",
                         PL_CARD_FILE_BYTES_MAX >> 20, PL_CARD_TOTAL_BYTES_MAX >> 20);
}

static enum pl_err read_texts(struct building *building)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < building->n; i++) {
        const struct pl_bundle_entry *entry = &building->entries[i];
        struct upload *upload = &building->uploads[i];
        total += entry->n;
        if (entry->n > PL_CARD_FILE_BYTES_MAX || total > PL_CARD_TOTAL_BYTES_MAX)
            return too_large(building, i);
        if (is_double(building, i)) {
            *upload = building->uploads[i - 1];
            continue;
        }
        struct pl_error error = {0};
        enum pl_err err = pl_charset_read(building->bundle + entry->at, entry->n,
                                          building->builder.arena, &upload->text, &error);
        if (err == PL_E_FORMAT)
            fail(upload, "bad-file", 0, error.msg);
        else if (err != PL_OK)
            return pl_fail_param(building->error, err, error.param, "%s", error.msg);
        else
            upload->game = guess(&upload->text);
        if (upload->text.latin1)
            pl_builder_file_notice(&building->builder, "latin1", i, 0,
                                   "the file is no Unicode; it was read as Latin-1");
    }
    return PL_OK;
}

static enum pl_err read_file(struct building *building, unsigned i)
{
    struct pl_builder *builder = &building->builder;
    struct upload *upload = &building->uploads[i];
    struct pl_card_file file = {.text = upload->text.bytes,
                                .n = upload->text.n,
                                .number = i,
                                .truncated = upload->text.cut};
    uint64_t before = pl_builder_bindings(builder);
    struct pl_builder_mark said = pl_builder_mark(builder);
    enum pl_err err = parsers[builder->game]->read(builder, &file, building->error);
    if (err != PL_OK)
        return err;
    bool ours = upload->game == builder->game || file.read_n > 0;
    if (!ours)
        pl_builder_forget(builder, &said);
    if (!ours && upload->game != PL_CARD_GUESS) {
        char why[160];
        (void)snprintf(why, sizeof why, "This is a file of %s, not of %s.", titles[upload->game],
                       titles[builder->game]);
        fail(upload, "unknown-format", 0, why);
    } else if (!ours || (file.read_n == 0 && !file.truncated)) {
        fail_format(upload);
    } else if (file.truncated && pl_builder_bindings(builder) == before) {
        fail_truncated(upload, file.bad_line);
    } else if (file.truncated) {
        upload->truncated = true;
        upload->line = file.bad_line;
        pl_builder_file_notice(builder, "truncated", i, file.bad_line,
                               "the file ends or breaks off in the middle; what comes before is "
                               "shown");
    }
    return PL_OK;
}

/* No file tells its game. Markup that is too deep for any of them is told apart: it is not looked
 * into, whatever it is. */
static enum pl_err nothing_known(struct building *building)
{
    for (unsigned i = 0; i < building->n; i++) {
        struct upload *upload = &building->uploads[i];
        if (upload->failed != NULL)
            continue;
        struct pl_tokens tokens = pl_tokens_open(upload->text.bytes, upload->text.n);
        enum pl_token token = pl_tokens_next(&tokens);
        while (token != PL_TOKEN_END && token != PL_TOKEN_BROKEN && token != PL_TOKEN_DEEP)
            token = pl_tokens_next(&tokens);
        if (token == PL_TOKEN_DEEP)
            return pl_builder_too_complex(&building->builder, i, tokens.line, building->error,
                                          "More than %d elements lie inside one another.",
                                          PL_CARD_NESTING_MAX);
        fail_format(upload);
    }
    return PL_OK;
}

static enum pl_err read_files(struct building *building, enum pl_card_game game)
{
    building->builder.game = game != PL_CARD_GUESS ? game : guess_all(building);
    if (building->builder.game == PL_CARD_GUESS)
        return nothing_known(building);
    enum pl_err err = PL_OK;
    for (unsigned i = 0; i < building->n && err == PL_OK; i++) {
        if (is_double(building, i))
            building->uploads[i] = building->uploads[i - 1];
        else if (building->uploads[i].failed == NULL)
            err = read_file(building, i);
    }
    return err;
}

/* All failed: the first says why. Some did: notices. */
static enum pl_err judge(struct building *building)
{
    unsigned failed = 0;
    for (unsigned i = 0; i < building->n; i++)
        failed += building->uploads[i].failed != NULL;
    if (failed == building->n) {
        const struct upload *first = &building->uploads[0];
        building->blame->code = first->failed;
        building->blame->line = first->line;
        building->blame->file_number = 0;
        return pl_fail(building->error, PL_E_FORMAT, "%s", first->why);
    }
    for (unsigned i = 0; i < building->n; i++) {
        const struct upload *upload = &building->uploads[i];
        if (upload->failed == NULL || is_double(building, i))
            continue;
        const char *why = pl_builder_text(&building->builder, upload->why, strlen(upload->why));
        if (why == NULL)
            return pl_builder_full(&building->builder, building->error);
        pl_builder_file_notice(&building->builder, upload->failed, i, upload->line, why);
    }
    return PL_OK;
}

static enum pl_err finish(struct building *building, struct pl_card_set *set)
{
    struct pl_builder *builder = &building->builder;
    struct pl_card_file_id *files = pl_arena_zalloc(builder->arena, building->n, sizeof *files);
    if (files == NULL)
        return pl_builder_full(builder, building->error);
    for (unsigned i = 0; i < building->n; i++) {
        memcpy(files[i].sha256, building->entries[i].sha256, sizeof files[i].sha256);
        files[i].bytes = building->entries[i].n;
    }
    set->game = builder->game;
    set->files = files;
    set->files_n = building->n;
    enum pl_err err = pl_builder_end(builder, set, building->error);
    return err == PL_OK ? pl_card_measure(builder->packs, set, builder->arena, building->error)
                        : err;
}

/* Nothing to look at, and no file that rightly has nothing: what was read before the files break
 * off was no whole binding. */
static enum pl_err judge_pictures(struct building *building, const struct pl_card_set *set)
{
    if (pl_card_pictures(set) > 0)
        return PL_OK;
    for (unsigned i = 0; i < building->n; i++)
        if (building->uploads[i].failed == NULL && !building->uploads[i].truncated)
            return PL_OK;
    for (unsigned i = 0; i < building->n; i++)
        if (building->uploads[i].failed == NULL)
            fail_truncated(&building->uploads[i], building->uploads[i].line);
    return judge(building);
}

static enum pl_err build(struct building *building, enum pl_card_game game, struct pl_card_set *set)
{
    enum pl_err err = pl_builder_start(&building->builder, building->error);
    if (err == PL_OK)
        err = read_texts(building);
    if (err == PL_OK)
        err = read_files(building, game);
    if (err == PL_OK)
        err = judge(building);
    if (err == PL_OK)
        err = parsers[building->builder.game]->place(&building->builder, building->error);
    if (err == PL_OK)
        err = finish(building, set);
    return err == PL_OK ? judge_pictures(building, set) : err;
}

enum pl_err pl_card_build(const struct pl_packs *packs, const uint8_t *bundle, uint64_t bundle_n,
                          enum pl_card_game game, const struct pl_card_options *options,
                          struct pl_arena *arena, struct pl_card_set *out,
                          struct pl_card_blame *blame, struct pl_error *error)
{
    struct pl_error own = {0};
    *blame = (struct pl_card_blame){.file_number = PL_BUILDER_NO_FILE};
    struct building *building = pl_arena_zalloc(arena, 1, sizeof *building);
    if (building == NULL)
        return pl_builder_full(NULL, error);
    building->bundle = bundle;
    building->blame = blame;
    building->error = error != NULL ? error : &own;
    building->builder = (struct pl_builder){.packs = packs != NULL ? packs : pl_card_packs(),
                                            .options = options,
                                            .arena = arena,
                                            .blame = blame};
    enum pl_err err =
        pl_bundle_read(bundle, bundle_n, building->entries, &building->n, building->error);
    if (err != PL_OK)
        return err;
    if (building->n == 0) {
        blame->code = "no-file";
        return pl_fail(building->error, PL_E_FORMAT,
                       "No file came with the request. Choose at least one binding file.");
    }
    struct pl_card_set set = {
        .game = game, .groups = options->groups, .style = options->style, .day = options->day};
    err = build(building, game, &set);
    if (err != PL_OK && building->n == 1) /* then it is that one, whatever it is */
        blame->file_number = 0;
    if (err == PL_OK)
        *out = set;
    else if (blame->file_number < building->n)
        memcpy(blame->file, building->entries[blame->file_number].name, sizeof blame->file);
    return err;
}
