/* set.c - what can be asked of a set, and its packed form.
 *
 *     "plset" version | game | options | counts | files | contexts | cards | lists | notices
 *
 * Numbers are little-endian words of four or eight bytes, texts a length, the bytes and a NUL, so
 * that an unpacked set points into the packed bytes. Packing writes every member in one order and
 * nothing else: equal sets are equal bytes. Knows no game and no pixels. Unpacking allocates only
 * what the bytes that are there can fill.
 */
#include "render/card/set.h"

#include <string.h>

#include "shm/base/check.h"
#include "shm/base/cursor.h"
#include "shm/base/utf8.h"

static const char magic[8] = "plset\0\0\4";

const char *pl_card_game_name(enum pl_card_game game)
{
    static const char *const names[PL_CARD_GAMES] = {"guess", "fs2020", "sws", "ed"};
    CHECK(game < PL_CARD_GAMES);
    return names[game];
}

uint32_t pl_card_pictures(const struct pl_card_set *set)
{
    uint32_t n = set->cards_n;
    for (uint32_t i = 0; i < set->lists_n; i++)
        n += set->lists[i].pages_n;
    return n;
}

bool pl_card_picture_at(const struct pl_card_set *set, uint32_t number, struct pl_card_picture *out)
{
    *out = (struct pl_card_picture){0};
    if (number == 0)
        return false;
    number--;
    if (number < set->cards_n) {
        out->card = &set->cards[number];
        return true;
    }
    number -= set->cards_n;
    for (uint32_t i = 0; i < set->lists_n; i++) {
        if (number < set->lists[i].pages_n) {
            *out = (struct pl_card_picture){.list = &set->lists[i], .page = number};
            return true;
        }
        number -= set->lists[i].pages_n;
    }
    return false;
}

static uint32_t note_device(const char **seen, uint32_t n, const char *device)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(seen[i], device) == 0)
            return n;
    if (n < PL_CARD_DEVICES_COUNTED)
        seen[n++] = device;
    return n;
}

uint32_t pl_card_devices(const struct pl_card_set *set)
{
    const char *seen[PL_CARD_DEVICES_COUNTED], *last = NULL;
    uint32_t n = 0;
    for (uint32_t c = 0; c < set->cards_n; c++)
        for (uint32_t i = 0; i < set->cards[c].cells_n; i++) {
            const char *device = set->cards[c].cells[i].device;
            if (last == NULL || strcmp(last, device) != 0)
                n = note_device(seen, n, device);
            last = device;
        }
    for (uint32_t i = 0; i < set->lists_n; i++)
        n = note_device(seen, n, set->lists[i].device);
    return n;
}

/* --- packing --------------------------------------------------------------------------------- */

struct out {
    struct pl_buf *buf;
    struct pl_error *error;
    enum pl_err err; /* the first; nothing is written after it */
};

static void put_bytes(struct out *out, const void *bytes, size_t n)
{
    if (out->err == PL_OK)
        out->err = pl_buf_add(out->buf, bytes, n, out->error);
}

static void put(struct out *out, uint64_t value, unsigned n)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < n; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    put_bytes(out, bytes, n);
}

static void put_text(struct out *out, const char *text)
{
    size_t n = strlen(text);
    put(out, n, 4);
    put_bytes(out, text, n + 1);
}

static void put_labels(struct out *out, const struct pl_card_label *labels, uint32_t n)
{
    put(out, n, 4);
    for (uint32_t i = 0; i < n; i++) {
        put(out, labels[i].context, 4);
        put_text(out, labels[i].text);
        put(out, labels[i].modifier, 4);
        put(out, labels[i].invalid, 4);
    }
}

static void put_card(struct out *out, const struct pl_card *card)
{
    put_text(out, card->profile);
    put_text(out, card->image);
    put_text(out, card->title);
    put_text(out, card->group);
    put(out, card->device_index, 4);
    put(out, card->cells_n, 4);
    for (uint32_t i = 0; i < card->cells_n; i++) {
        const struct pl_card_cell *cell = &card->cells[i];
        put_text(out, cell->device);
        put_text(out, cell->input);
        put(out, (uint32_t)cell->x, 4);
        put(out, (uint32_t)cell->y, 4);
        put(out, (uint32_t)cell->w, 4);
        put(out, (uint32_t)cell->h, 4);
        put(out, cell->drawn, 4);
        put_labels(out, cell->labels, cell->labels_n);
    }
}

static void put_list(struct out *out, const struct pl_card_list *list)
{
    put_text(out, list->profile);
    put_text(out, list->title);
    put_text(out, list->device);
    put(out, list->device_index, 4);
    put(out, list->keyboard, 4);
    put(out, list->pages_n, 4);
    put(out, list->ends_n, 4);
    for (uint32_t i = 0; i < list->ends_n; i++)
        put(out, list->ends[i], 4);
    put(out, list->rows_n, 4);
    for (uint32_t i = 0; i < list->rows_n; i++) {
        const struct pl_card_row *row = &list->rows[i];
        put_text(out, row->input);
        put_text(out, row->heading);
        put(out, row->keys_n, 4);
        for (uint32_t key = 0; key < row->keys_n; key++)
            put_text(out, row->keys[key]);
        put_labels(out, row->labels, row->labels_n);
    }
}

enum pl_err pl_card_set_pack(const struct pl_card_set *set, struct pl_buf *buf,
                             struct pl_error *error)
{
    size_t before = buf->n;
    struct out out = {buf, error, PL_OK};
    put_bytes(&out, magic, sizeof magic);
    put(&out, set->game, 4);
    put(&out, set->groups, 4);
    put(&out, set->style, 4);
    put(&out, set->day, 4);
    put(&out, set->notices_more, 8);
    put(&out, set->bindings_n, 8);
    put(&out, set->files_n, 4);
    for (uint32_t i = 0; i < set->files_n; i++) {
        put_bytes(&out, set->files[i].sha256, sizeof set->files[i].sha256);
        put(&out, set->files[i].bytes, 8);
    }
    put(&out, set->contexts_n, 4);
    for (uint32_t i = 0; i < set->contexts_n; i++) {
        put_text(&out, set->contexts[i].name);
        put_text(&out, set->contexts[i].title);
        put(&out, set->contexts[i].rgba, 4);
    }
    put(&out, set->cards_n, 4);
    for (uint32_t i = 0; i < set->cards_n; i++)
        put_card(&out, &set->cards[i]);
    put(&out, set->lists_n, 4);
    for (uint32_t i = 0; i < set->lists_n; i++)
        put_list(&out, &set->lists[i]);
    put(&out, set->notices_n, 4);
    for (uint32_t i = 0; i < set->notices_n; i++) {
        put_text(&out, set->notices[i].kind);
        put_text(&out, set->notices[i].detail);
        put(&out, set->notices[i].file, 4);
        put(&out, set->notices[i].line, 4);
    }
    if (out.err != PL_OK)
        buf->n = before;
    return out.err;
}

/* --- unpacking ------------------------------------------------------------------------------- */

/* The least bytes of one of each kind: a count that the bytes left cannot fill is refused before
 * anything is allocated for it. A text is five bytes at least. */
enum {
    TEXT_LEAST = 5,
    LABEL_LEAST = 12 + TEXT_LEAST,
    CELL_LEAST = 24 + 2 * TEXT_LEAST,
    CARD_LEAST = 8 + 4 * TEXT_LEAST,
    ROW_LEAST = 8 + 2 * TEXT_LEAST,
    LIST_LEAST = 20 + 3 * TEXT_LEAST,
    CONTEXT_LEAST = 4 + 2 * TEXT_LEAST,
    NOTICE_LEAST = 8 + 2 * TEXT_LEAST,
    FILE_LEAST = 40,
};

struct in {
    struct pl_cur cur;
    struct pl_arena *arena;
    bool full; /* the arena, not the bytes, is the trouble */
    uint32_t contexts_n;
};

static uint32_t get(struct in *in)
{
    return (uint32_t)pl_cur_le(&in->cur, 4);
}

static bool get_bool(struct in *in)
{
    uint32_t value = get(in);
    if (value > 1)
        in->cur.bad = true;
    return value == 1;
}

static const char *get_text(struct in *in)
{
    uint32_t n = get(in);
    const uint8_t *text = pl_cur_take(&in->cur, (size_t)n + 1);
    size_t at = 0, step;
    while (text != NULL && at < n && text[at] != '\0' &&
           (step = pl_utf8_step(text + at, n - at, NULL)) > 0)
        at += step;
    if (text == NULL || at != n || text[n] != '\0') {
        in->cur.bad = true;
        return "";
    }
    return (const char *)text;
}

/* An array of as many as the next word says; NULL, and the count 0, when there is none. */
static void *get_array(struct in *in, size_t least, size_t size, uint32_t *n)
{
    *n = get(in);
    if (in->cur.bad || *n > pl_cur_left(&in->cur) / least) {
        in->cur.bad = true;
        *n = 0;
    }
    if (*n == 0)
        return NULL;
    void *array = pl_arena_zalloc(in->arena, *n, size);
    if (array == NULL) {
        in->full = in->cur.bad = true;
        *n = 0;
    }
    return array;
}

static struct pl_card_label *get_labels(struct in *in, uint32_t *n)
{
    struct pl_card_label *labels = get_array(in, LABEL_LEAST, sizeof *labels, n);
    for (uint32_t i = 0; i < *n && !in->cur.bad; i++) {
        labels[i].context = get(in);
        labels[i].text = get_text(in);
        labels[i].modifier = get(in);
        labels[i].invalid = get_bool(in);
        if (labels[i].context >= in->contexts_n)
            in->cur.bad = true;
    }
    return labels;
}

static void get_card(struct in *in, struct pl_card *card)
{
    card->profile = get_text(in);
    card->image = get_text(in);
    card->title = get_text(in);
    card->group = get_text(in);
    card->device_index = get(in);
    card->cells = get_array(in, CELL_LEAST, sizeof *card->cells, &card->cells_n);
    for (uint32_t i = 0; i < card->cells_n && !in->cur.bad; i++) {
        struct pl_card_cell *cell = &card->cells[i];
        cell->device = get_text(in);
        cell->input = get_text(in);
        cell->x = (int32_t)get(in);
        cell->y = (int32_t)get(in);
        cell->w = (int32_t)get(in);
        cell->h = (int32_t)get(in);
        cell->drawn = get_bool(in);
        cell->labels = get_labels(in, &cell->labels_n);
    }
}

static void get_row(struct in *in, struct pl_card_row *row)
{
    row->input = get_text(in);
    row->heading = get_text(in);
    const char **keys = get_array(in, TEXT_LEAST, sizeof *keys, &row->keys_n);
    for (uint32_t i = 0; i < row->keys_n && !in->cur.bad; i++)
        keys[i] = get_text(in);
    row->keys = keys;
    row->labels = get_labels(in, &row->labels_n);
}

static void get_ends(struct in *in, struct pl_card_list *list)
{
    uint32_t *ends = get_array(in, sizeof *ends, sizeof *ends, &list->ends_n);
    for (uint32_t i = 0; i < list->ends_n && !in->cur.bad; i++) {
        ends[i] = get(in);
        if (ends[i] <= (i > 0 ? ends[i - 1] : 0))
            in->cur.bad = true;
    }
    list->ends = ends;
}

static bool sections_hold(const struct pl_card_list *list)
{
    uint64_t rows = list->rows_n, each = PL_CARD_SECTION_ROWS;
    return list->ends_n == 0 || (list->ends_n == (rows + each - 1) / each &&
                                 list->ends[list->ends_n - 1] == list->pages_n);
}

static void get_list(struct in *in, struct pl_card_list *list)
{
    list->profile = get_text(in);
    list->title = get_text(in);
    list->device = get_text(in);
    list->device_index = get(in);
    list->keyboard = get_bool(in);
    list->pages_n = get(in);
    get_ends(in, list);
    list->rows = get_array(in, ROW_LEAST, sizeof *list->rows, &list->rows_n);
    for (uint32_t i = 0; i < list->rows_n && !in->cur.bad; i++)
        get_row(in, &list->rows[i]);
    if (list->pages_n == 0 || list->pages_n > PL_CARD_BINDINGS_MAX ||
        (!in->cur.bad && !sections_hold(list)))
        in->cur.bad = true;
}

static void get_head(struct in *in, struct pl_card_set *set)
{
    const uint8_t *found = pl_cur_take(&in->cur, sizeof magic);
    if (found == NULL || memcmp(found, magic, sizeof magic) != 0)
        in->cur.bad = true;
    uint32_t game = get(in);
    if (game == PL_CARD_GUESS || game >= PL_CARD_GAMES)
        in->cur.bad = true;
    else
        set->game = (enum pl_card_game)game;
    set->groups = get(in);
    set->style = get(in);
    set->day = get(in);
    set->notices_more = pl_cur_le(&in->cur, 8);
    set->bindings_n = pl_cur_le(&in->cur, 8);
    struct pl_card_file_id *files = get_array(in, FILE_LEAST, sizeof *files, &set->files_n);
    for (uint32_t i = 0; i < set->files_n && !in->cur.bad; i++) {
        const uint8_t *hash = pl_cur_take(&in->cur, sizeof files[i].sha256);
        if (hash != NULL)
            memcpy(files[i].sha256, hash, sizeof files[i].sha256);
        files[i].bytes = pl_cur_le(&in->cur, 8);
    }
    set->files = files;
    set->contexts = get_array(in, CONTEXT_LEAST, sizeof *set->contexts, &set->contexts_n);
    for (uint32_t i = 0; i < set->contexts_n && !in->cur.bad; i++) {
        set->contexts[i].name = get_text(in);
        set->contexts[i].title = get_text(in);
        set->contexts[i].rgba = get(in);
    }
    in->contexts_n = set->contexts_n;
}

enum pl_err pl_card_set_unpack(const uint8_t *bytes, uint64_t n, struct pl_arena *arena,
                               struct pl_card_set *out, struct pl_error *error)
{
    struct pl_card_set set = {.game = PL_CARD_FS2020};
    struct in in = {.cur = PL_CUR(bytes, n), .arena = arena};
    get_head(&in, &set);
    set.cards = get_array(&in, CARD_LEAST, sizeof *set.cards, &set.cards_n);
    for (uint32_t i = 0; i < set.cards_n && !in.cur.bad; i++)
        get_card(&in, &set.cards[i]);
    set.lists = get_array(&in, LIST_LEAST, sizeof *set.lists, &set.lists_n);
    for (uint32_t i = 0; i < set.lists_n && !in.cur.bad; i++)
        get_list(&in, &set.lists[i]);
    if ((uint64_t)set.cards_n + set.lists_n > PL_CARD_CARDS_MAX)
        in.cur.bad = true; /* nobody makes so many; counts of pictures stay small */
    set.notices = get_array(&in, NOTICE_LEAST, sizeof *set.notices, &set.notices_n);
    for (uint32_t i = 0; i < set.notices_n && !in.cur.bad; i++) {
        set.notices[i].kind = get_text(&in);
        set.notices[i].detail = get_text(&in);
        set.notices[i].file = get(&in);
        set.notices[i].line = get(&in);
    }
    if (in.full)
        return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                             "These cards need more memory than one job may use.");
    if (in.cur.bad || pl_cur_left(&in.cur) != 0)
        return pl_fail(error, PL_E_FORMAT, "This is not a set of cards.");
    *out = set;
    return PL_OK;
}
