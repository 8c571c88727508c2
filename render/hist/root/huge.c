/* huge.c - see huge.h.
 *
 * After each block the object is parsed as far as it is there, which is cheap because nobody looks
 * into large arrays: the walk only notes where they are. What is there of the contents is fed on,
 * and their pages are closed. When the last block is there the parse is complete.
 */
#include "render/hist/root/huge.h"

#include "render/hist/root/reduce.h"
#include "render/hist/root/walk.h"
#include "shm/base/check.h"
#include "shm/base/window.h"

struct passage {
    const struct pl_root_file *file;
    const struct pl_root_key *key;
    const struct pl_layouts *layouts;
    enum pl_class class;
    const struct pl_hist_params *params;
    struct pl_arena *arena;

    bool plain; /* stored uncompressed: the source itself is the window */
    struct pl_window window;
    struct pl_large large;     /* arrays met by the latest parse */
    struct pl_payload payload; /* n grows */
    struct pl_reduce reduce;
    bool reducing;
    uint64_t fed; /* cells of the contents, or of the errors, that went on */
};

static const struct pl_large_array *array_in(const struct passage *passage, enum pl_slot slot)
{
    for (unsigned i = 0; i < passage->large.n; i++)
        if (passage->large.arrays[i].slot == slot)
            return &passage->large.arrays[i];
    return NULL;
}

static enum pl_err parse(struct passage *passage, struct pl_hist *hist, enum pl_parsed *parsed,
                         struct pl_error *error)
{
    passage->large.n = 0;
    return pl_hist_parse(passage->layouts, &passage->payload, passage->key->header_n,
                         passage->class, passage->arena, hist, parsed, error);
}

/* Feed what is there of an array that may still be growing. */
static void feed(struct passage *passage, const struct pl_large_array *array, bool errors)
{
    size_t size = array->cells_bytes / array->n;
    size_t there = PL_MIN(passage->payload.n, array->at + array->cells_bytes);
    uint64_t n = there > array->at ? (there - array->at) / size : 0;
    if (n <= passage->fed)
        return;
    const uint8_t *bytes = passage->payload.bytes + array->at + passage->fed * size;
    if (errors)
        pl_reduce_feed_errors(&passage->reduce, bytes, n - passage->fed, array->type);
    else
        pl_reduce_feed(&passage->reduce, bytes, n - passage->fed, array->type);
    passage->fed = n;
}

static enum pl_err start_reducing(struct passage *passage, struct pl_hist *header,
                                  struct pl_error *error)
{
    if (!(header->x.low < header->x.high) ||
        (header->kind == PL_HIST_2D && !(header->y.low < header->y.high)))
        return pl_fail(error, PL_E_FORMAT, "an axis (fXmin, fXmax) has no range");
    const struct pl_large_array *contents = array_in(passage, PL_SLOT_ARRAY);
    if (contents->n != header->cells_n)
        return pl_fail(error, PL_E_FORMAT, "the array of contents has %llu values for %llu cells",
                       (unsigned long long)contents->n, (unsigned long long)header->cells_n);
    passage->reducing = true;
    return pl_reduce_start(&passage->reduce, header, passage->params, passage->arena, error);
}

/* Close what has gone on of an array. */
static void close_fed(struct passage *passage, const struct pl_large_array *array, uint64_t fed)
{
    size_t size = array->cells_bytes / array->n;
    size_t there = PL_MAX(passage->payload.n, array->at);
    if (!passage->plain)
        pl_window_close(&passage->window, array->at, PL_MIN(array->at + fed * size, there));
}

/* One more block is there: find the contents, or feed more of them. The header that the reduction
 * works with stays in the arena. */
static enum pl_err digest(struct passage *passage, struct pl_hist *header, struct pl_error *error)
{
    enum pl_parsed parsed = PL_PARSED_NOTHING;
    struct pl_error trouble = {.code = PL_OK};
    if (!passage->reducing) {
        size_t mark = pl_arena_mark(passage->arena);
        enum pl_err err = parse(passage, header, &parsed, &trouble);
        if (err != PL_OK && trouble.code != PL_OK)
            return pl_fail_param(error, err, trouble.param, "%s", trouble.msg);
        const struct pl_large_array *squares = array_in(passage, PL_SLOT_TH1_fSumw2);
        if (squares != NULL)
            close_fed(passage, squares, squares->n);
        if (array_in(passage, PL_SLOT_ARRAY) == NULL || parsed == PL_PARSED_NOTHING) {
            pl_arena_release(passage->arena, mark);
            return PL_OK;
        }
        err = start_reducing(passage, header, error);
        if (err != PL_OK)
            return err;
    }
    const struct pl_large_array *contents = array_in(passage, PL_SLOT_ARRAY);
    feed(passage, contents, false);
    close_fed(passage, contents, passage->fed);
    return PL_OK;
}

/* --- the two passages ---------------------------------------------------------------------------
 */

static enum pl_err start_blocks(const struct passage *passage, struct pl_blocks *blocks,
                                struct pl_error *error)
{
    const struct pl_root_key *key = passage->key;
    const uint8_t *packed = passage->file->source->bytes + key->at + key->header_n;
    return pl_blocks_start(blocks, packed, key->record_n - key->header_n, key->object_n, error);
}

static enum pl_err unpack_next(struct passage *passage, const struct pl_block *block,
                               struct pl_error *error)
{
    size_t from = passage->payload.n, to = from + block->plain_n;
    enum pl_err err = pl_window_open(&passage->window, from, to, error);
    if (err == PL_OK)
        err = pl_block_unpack(block, passage->window.base + from, passage->arena, error);
    passage->payload.n = to;
    return err;
}

static enum pl_err pass_contents(struct passage *passage, struct pl_hist *header,
                                 struct pl_error *error)
{
    struct pl_blocks blocks;
    struct pl_block block;
    enum pl_err err = PL_OK;
    if (passage->plain)
        return digest(passage, header, error);
    err = start_blocks(passage, &blocks, error);
    while (err == PL_OK) {
        err = pl_blocks_next(&blocks, &block, error);
        if (err != PL_OK || block.plain_n == 0)
            break;
        err = unpack_next(passage, &block, error);
        if (err == PL_OK)
            err = digest(passage, header, error);
    }
    return err;
}

static bool meets(const struct pl_large_array *array, size_t from, size_t to)
{
    return from < array->at + array->cells_bytes && to > array->at;
}

static enum pl_err pass_errors(struct passage *passage, const struct pl_large_array *squares,
                               struct pl_error *error)
{
    struct pl_blocks blocks;
    struct pl_block block;
    passage->fed = 0;
    pl_reduce_errors_again(&passage->reduce);
    if (passage->plain) {
        feed(passage, squares, true);
        return PL_OK;
    }
    passage->payload.n = 0;
    enum pl_err err = start_blocks(passage, &blocks, error);
    while (err == PL_OK) {
        err = pl_blocks_next(&blocks, &block, error);
        if (err != PL_OK || block.plain_n == 0)
            break;
        if (!meets(squares, passage->payload.n, passage->payload.n + block.plain_n)) {
            passage->payload.n += block.plain_n;
            continue;
        }
        err = unpack_next(passage, &block, error);
        if (err == PL_OK) {
            feed(passage, squares, true);
            close_fed(passage, squares, passage->fed);
        }
    }
    return err;
}

/* --- the whole -----------------------------------------------------------------------------------
 */

/* All blocks were there once: labels, functions and checks that need the whole. */
static enum pl_err finish(struct passage *passage, struct pl_hist *hist, struct pl_error *error)
{
    struct pl_hist whole;
    enum pl_parsed parsed;
    enum pl_err err = parse(passage, &whole, &parsed, error);
    if (err != PL_OK)
        return err;
    if (parsed != PL_PARSED_ALL || !passage->reducing)
        return pl_fail(error, PL_E_FORMAT, "the object has no contents");
    const struct pl_large_array *squares = array_in(passage, PL_SLOT_TH1_fSumw2);
    if (passage->reduce.at != NULL && squares != NULL)
        err = pass_errors(passage, squares, error);
    passage->reduce.hist = &whole;
    return err == PL_OK ? pl_reduce_end(&passage->reduce, hist, error) : err;
}

enum pl_err pl_hist_read_huge(const struct pl_root_file *file, const struct pl_root_key *key,
                              const struct pl_layouts *layouts, enum pl_class class,
                              const struct pl_hist_params *params, struct pl_arena *arena,
                              struct pl_hist *hist, struct pl_error *error)
{
    struct pl_hist header;
    struct passage passage = {.file = file,
                              .key = key,
                              .layouts = layouts,
                              .class = class,
                              .params = params,
                              .arena = arena,
                              .plain = key->object_n <= key->record_n - key->header_n};
    enum pl_err err = PL_OK;
    if (!passage.plain)
        err = pl_window_make(&passage.window, key->object_n, error);
    if (err != PL_OK)
        return err;
    passage.payload = (struct pl_payload){
        .bytes =
            passage.plain ? file->source->bytes + key->at + key->header_n : passage.window.base,
        .n = passage.plain ? key->object_n : 0,
        .whole_n = key->object_n,
        .large = &passage.large,
    };
    err = pass_contents(&passage, &header, error);
    if (err == PL_OK)
        err = finish(&passage, hist, error);
    pl_window_free(&passage.window);
    return err;
}
