/* json.c - a set as the document of GET /cards/KEY.json. Writes into the caller's buffer alone;
 * knows no game but that labels of ed have groups where others have contexts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/card/card.h"
#include "shm/base/hash.h"
#include "shm/base/json.h"

struct writer {
    const struct pl_card_set *set;
    struct pl_buf *out;
    struct pl_error *error;
    enum pl_err err; /* the first; nothing is written after it */
};

static void put(struct writer *writer, const char *text)
{
    if (writer->err == PL_OK)
        writer->err = pl_buf_text(writer->out, text, writer->error);
}

static void put_number(struct writer *writer, const char *before, uint64_t value)
{
    if (writer->err == PL_OK)
        writer->err =
            pl_buf_print(writer->out, writer->error, "%s%llu", before, (unsigned long long)value);
}

static void put_text(struct writer *writer, const char *before, const char *text)
{
    put(writer, before);
    if (writer->err == PL_OK)
        writer->err = pl_json_text(writer->out, text, writer->error);
}

static void put_colour(struct writer *writer, const char *before, uint32_t rgba)
{
    if (writer->err == PL_OK)
        writer->err = pl_buf_print(writer->out, writer->error, "%s\"#%08x\"", before, rgba);
}

static void put_label(struct writer *writer, const struct pl_card_label *label)
{
    const struct pl_card_context *context = &writer->set->contexts[label->context];
    bool ed = writer->set->game == PL_CARD_ED;
    put_text(writer, "{\"context\":", context->name);
    if (ed)
        put_text(writer, ",\"group\":", context->name);
    put_text(writer, ",\"text\":", label->text);
    if (ed)
        put_number(writer, ",\"modifier\":", label->modifier);
    put_colour(writer, ",\"colour\":", context->rgba);
    put(writer, label->invalid ? ",\"invalid\":true}" : "}");
}

static void put_labels(struct writer *writer, const struct pl_card_label *labels, uint32_t n)
{
    put(writer, ",\"labels\":[");
    for (uint32_t i = 0; i < n; i++) {
        put(writer, i > 0 ? "," : "");
        put_label(writer, &labels[i]);
    }
    put(writer, "]}");
}

static void put_cell(struct writer *writer, const struct pl_card_cell *cell)
{
    put_text(writer, "{\"device\":", cell->device);
    put_text(writer, ",\"input\":", cell->input);
    if (writer->err == PL_OK)
        writer->err =
            pl_buf_print(writer->out, writer->error, ",\"rect\":[%d,%d,%d,%d],\"drawn\":%s",
                         cell->x, cell->y, cell->w, cell->h, cell->drawn ? "true" : "false");
    put_labels(writer, cell->labels, cell->labels_n);
}

static void put_card(struct writer *writer, const struct pl_card *card)
{
    put_text(writer, "{\"profile\":", card->profile);
    put_text(writer, ",\"image\":", card->image);
    put_text(writer, ",\"title\":", card->title);
    if (writer->set->game == PL_CARD_ED) {
        put_text(writer, ",\"group\":", card->group);
        put_number(writer, ",\"device_index\":", card->device_index);
    }
    put(writer, ",\"cells\":[");
    for (uint32_t i = 0; i < card->cells_n; i++) {
        put(writer, i > 0 ? ",\n" : "\n");
        put_cell(writer, &card->cells[i]);
    }
    put(writer, "]}");
}

static int by_input(const void *left, const void *right)
{
    const struct pl_card_row *const *a = left, *const *b = right;
    return strcmp((*a)->input, (*b)->input);
}

/* In byte order as cells are; the pages have them in the order of people. */
static void put_rows(struct writer *writer, const struct pl_card_list *list)
{
    struct pl_buf order = PL_BUF((size_t)list->rows_n * sizeof(struct pl_card_row *));
    for (uint32_t i = 0; i < list->rows_n && writer->err == PL_OK; i++) {
        const struct pl_card_row *row = &list->rows[i];
        writer->err = pl_buf_add(&order, &row, sizeof row, writer->error);
    }
    const struct pl_card_row **rows = (const struct pl_card_row **)(void *)order.bytes;
    if (writer->err == PL_OK && list->rows_n > 1)
        qsort(rows, list->rows_n, sizeof *rows, by_input);
    put(writer, ",\"rows\":[");
    for (uint32_t i = 0; i < list->rows_n && writer->err == PL_OK; i++) {
        put_text(writer, i > 0 ? ",\n{\"input\":" : "\n{\"input\":", rows[i]->input);
        put_labels(writer, rows[i]->labels, rows[i]->labels_n);
    }
    put(writer, "]");
    pl_buf_free(&order);
}

static void put_list(struct writer *writer, const struct pl_card_list *list)
{
    put_text(writer, "{\"profile\":", list->profile);
    put_text(writer, ",\"image\":null,\"title\":", list->title);
    put_text(writer, ",\"device\":", list->device);
    if (writer->set->game == PL_CARD_ED)
        put_number(writer, ",\"device_index\":", list->device_index);
    put_number(writer, ",\"pages\":", list->pages_n);
    put_rows(writer, list);
    put(writer, "}");
}

/* One entry for each label of a row: a binding of the keyboard is read by what it does. */
static void put_key_row(struct writer *writer, const struct pl_card_row *row, const char **before)
{
    for (uint32_t i = 0; i < row->labels_n; i++) {
        put_text(writer, *before, row->heading);
        put_text(writer, ",\"text\":", row->labels[i].text);
        put(writer, ",\"keys\":[");
        for (uint32_t key = 0; key < row->keys_n; key++)
            put_text(writer, key > 0 ? "," : "", row->keys[key]);
        put(writer, row->labels[i].invalid ? "],\"invalid\":true}" : "]}");
        *before = ",\n{\"group\":";
    }
}

static const struct pl_card_list *find_keyboard(const struct pl_card_set *set)
{
    for (uint32_t i = 0; i < set->lists_n; i++)
        if (set->lists[i].keyboard)
            return &set->lists[i];
    return NULL;
}

static void put_keyboard(struct writer *writer)
{
    const struct pl_card_list *keyboard = find_keyboard(writer->set);
    if (keyboard == NULL) {
        put(writer, ",\n\"keyboard\":null");
        return;
    }
    const char *before = "\n{\"group\":";
    put(writer, ",\n\"keyboard\":[");
    for (uint32_t i = 0; i < keyboard->rows_n; i++)
        put_key_row(writer, &keyboard->rows[i], &before);
    put(writer, "]");
    put_number(writer, ",\n\"keyboard_pages\":", keyboard->pages_n);
}

static void put_files(struct writer *writer)
{
    put(writer, ",\n\"files\":[");
    for (uint32_t i = 0; i < writer->set->files_n; i++) {
        char hex[PL_HEX_N];
        pl_hex(hex, writer->set->files[i].sha256, sizeof writer->set->files[i].sha256);
        put_text(writer, i > 0 ? ",{\"sha256\":" : "{\"sha256\":", hex);
        put_number(writer, ",\"bytes\":", writer->set->files[i].bytes);
        put(writer, "}");
    }
    put(writer, "]");
}

static void put_counts(struct writer *writer)
{
    const struct pl_card_set *set = writer->set;
    uint64_t cells = 0, drawn = 0, labels = 0, lists = 0, rows = 0, keys = 0;
    for (uint32_t i = 0; i < set->cards_n; i++)
        for (uint32_t k = 0; k < set->cards[i].cells_n; k++) {
            cells++;
            drawn += set->cards[i].cells[k].drawn;
            labels += set->cards[i].cells[k].labels_n;
        }
    for (uint32_t i = 0; i < set->lists_n; i++) {
        lists += !set->lists[i].keyboard;
        rows += set->lists[i].keyboard ? 0 : set->lists[i].rows_n;
        for (uint32_t k = 0; set->lists[i].keyboard && k < set->lists[i].rows_n; k++)
            keys += set->lists[i].rows[k].labels_n;
    }
    put_number(writer, ",\n\"counts\":{\"cards\":", set->cards_n);
    put_number(writer, ",\"cells\":", cells);
    put_number(writer, ",\"drawn\":", drawn);
    put_number(writer, ",\"labels\":", labels);
    put_number(writer, ",\"lists\":", lists);
    put_number(writer, ",\"list_rows\":", rows);
    put_number(writer, ",\"keyboard\":", keys);
    put_number(writer, ",\"notices\":", set->notices_n + set->notices_more);
    put_number(writer, ",\"bindings\":", set->bindings_n);
    put_number(writer, ",\"pictures\":", pl_card_pictures(set));
    put(writer, "}");
}

static void put_colours(struct writer *writer)
{
    const struct pl_card_set *set = writer->set;
    put(writer, ",\n\"colours\":{");
    for (uint32_t i = 0; i < set->contexts_n; i++) {
        put_text(writer, i > 0 ? "," : "", set->contexts[i].name);
        put_colour(writer, ":", set->contexts[i].rgba);
    }
    put(writer, "},\n\"titles\":{");
    for (uint32_t i = 0; i < set->contexts_n; i++) {
        put_text(writer, i > 0 ? "," : "", set->contexts[i].name);
        put_text(writer, ":", set->contexts[i].title);
    }
    put(writer, "}");
}

static void put_notices(struct writer *writer)
{
    const struct pl_card_set *set = writer->set;
    put(writer, ",\n\"notices\":[");
    for (uint32_t i = 0; i < set->notices_n && writer->err == PL_OK; i++) {
        char text[512];
        const char *detail = set->notices[i].detail;
        (void)snprintf(text, sizeof text, "%s%s%s", set->notices[i].kind,
                       detail[0] != '\0' ? ": " : "", detail);
        put_text(writer, i > 0 ? ",\n" : "\n", text);
    }
    put_number(writer, "],\n\"notices_more\":", set->notices_more);
}

static void put_day(struct writer *writer)
{
    char day[PL_CARD_DAY_N];
    pl_card_day_print(writer->set->day, day);
    if (day[0] != '\0')
        put_text(writer, ",\"date\":", day);
}

enum pl_err pl_card_set_json(const struct pl_card_set *set, struct pl_buf *out,
                             struct pl_error *error)
{
    size_t before = out->n;
    struct writer writer = {.set = set, .out = out, .error = error, .err = PL_OK};
    put_text(&writer, "{\"game\":", pl_card_game_name(set->game));
    put_day(&writer);
    put_files(&writer);
    put_counts(&writer);
    put(&writer, ",\n\"cards\":[");
    for (uint32_t i = 0; i < set->cards_n; i++) {
        put(&writer, i > 0 ? ",\n" : "\n");
        put_card(&writer, &set->cards[i]);
    }
    put(&writer, "],\n\"lists\":[");
    const char *between = "\n";
    for (uint32_t i = 0; i < set->lists_n; i++) {
        if (set->lists[i].keyboard)
            continue;
        put(&writer, between);
        put_list(&writer, &set->lists[i]);
        between = ",\n";
    }
    put(&writer, "]");
    put_keyboard(&writer);
    put_colours(&writer);
    put_notices(&writer);
    put(&writer, "}\n");
    if (writer.err != PL_OK)
        out->n = before;
    return writer.err;
}
