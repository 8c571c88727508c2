/* test_pack_generic.c - the pack that comes with platen is whole: its drawings have a frame where
 * its devices have a rect, and its samples become cards of which nothing is missing. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "render/card/pack/file.h"
#include "tests/unit/card_help.h"
#include "tests/unit/pack_help.h"

#define GENERIC "conf/packs/generic"

static struct pl_make make;

static void start(void)
{
    help_start();
    MUST(pl_make_read(GENERIC, help.arena, &make, &help.problems, &help.error));
    MUST(pl_make_check(&make, NULL, help.arena, &help.problems, &help.error));
}

TestSuite(pack_generic, .init = start, .fini = help_stop, .timeout = 300);

static const char *whole(const char *name)
{
    struct pl_pack_bytes bytes;
    MUST(pl_make_file(pl_make_path(help.arena, GENERIC, name), 1 << 20, help.arena, &bytes,
                      &help.error));
    return pl_arena_text(help.arena, bytes.bytes, bytes.n);
}

static const struct pl_make_device *device_of(const char *id)
{
    for (uint32_t i = 0; i < make.devices.n; i++)
        if (strcmp(make.devices.at[i].id, id) == 0)
            return &make.devices.at[i];
    cr_assert_fail("there is no device %s", id);
    return NULL;
}

Test(pack_generic, nothing_is_wrong_with_it)
{
    cr_assert_eq(help.problems.errors + help.problems.warnings, 0, "%.*s",
                 (int)help.problems.text.n, (const char *)help.problems.text.bytes);
}

Test(pack_generic, every_rect_is_a_frame_of_the_drawing)
{
    static const char *const kinds[] = {"stick", "throttle", "gamepad"};
    for (unsigned i = 0; i < PL_COUNT(kinds); i++) {
        char name[64], frame[200];
        (void)snprintf(name, sizeof name, "images/%s.svg", kinds[i]);
        const char *drawing = whole(name);
        const struct pl_make_inputs *inputs = &device_of(kinds[i])->inputs;
        unsigned frames = 0;
        for (const char *at = drawing; (at = strstr(at, "class=\"frame\"")) != NULL; at++)
            frames++;
        cr_assert_eq(frames, inputs->n, "%s: %u frames, %u inputs", kinds[i], frames, inputs->n);
        for (uint32_t k = 0; k < inputs->n; k++) {
            const struct pl_pack_rect *rect = &inputs->at[k].rect;
            (void)snprintf(frame, sizeof frame,
                           "<rect id=\"%s\" class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" "
                           "height=\"%d\"/>",
                           inputs->at[k].id, rect->x, rect->y, rect->w, rect->h);
            cr_assert_not_null(strstr(drawing, frame), "%s has no %s", name, frame);
        }
    }
}

Test(pack_generic, rects_of_other_devices_are_inside_frames)
{
    for (uint32_t i = 0; i < make.devices.n; i++) {
        const struct pl_make_device *device = &make.devices.at[i];
        const struct pl_make_inputs *lists[] = {&device->inputs, &device->ed};
        for (unsigned k = 0; k < 2; k++)
            for (uint32_t n = 0; n < lists[k]->n; n++) {
                const struct pl_pack_rect *rect = &lists[k]->at[n].rect;
                bool inside = false;
                for (uint32_t f = 0; f < device->inputs.n && !inside; f++) {
                    const struct pl_pack_rect *frame = &device->inputs.at[f].rect;
                    inside = rect->x >= frame->x && rect->y == frame->y &&
                             rect->x + rect->w <= frame->x + frame->w && rect->h == frame->h;
                }
                cr_assert(inside, "%s %s", device->id, lists[k]->at[n].id);
            }
    }
}

Test(pack_generic, every_action_has_words_that_are_not_its_name)
{
    const struct pl_make_pairs *labels = &make.games[PL_CARD_FS2020].labels;
    cr_assert_geq(labels->n, 250);
    for (uint32_t i = 0; i < labels->n; i++)
        cr_assert(labels->at[i].to[0] != '\0' && strchr(labels->at[i].to, '_') == NULL, "%s",
                  labels->at[i].from);
    for (uint32_t i = 0; i < make.controls.n; i++)
        cr_assert(make.controls.at[i].name[0] != '\0', "%s", make.controls.at[i].id);
}

/* ---- samples ------------------------------------------------------------------------------- */

struct sample {
    char name[32];
    enum pl_card_game game;
    unsigned cards, lists, labels_least;
};

ParameterizedTestParameters(pack_generic, a_sample_is_shown_whole)
{
    static struct sample samples[] = {{"stick.xml", PL_CARD_FS2020, 1, 0, 30},
                                      {"throttle.xml", PL_CARD_FS2020, 1, 0, 20},
                                      {"gamepad.xml", PL_CARD_FS2020, 1, 0, 25},
                                      {"squadron.profile", PL_CARD_SWS, 2, 0, 35},
                                      {"explorer.binds", PL_CARD_ED, 2, 1, 50}};
    return cr_make_param_array(struct sample, samples, PL_COUNT(samples));
}

ParameterizedTest(struct sample *sample, pack_generic, a_sample_is_shown_whole)
{
    struct card_upload upload;
    struct pl_buf bytes = PL_BUF(1 << 24);
    char path[96], name[64];
    const char *const paths[] = {path};
    MUST(pl_make_bytes(&make, NULL, help.arena, &bytes, &help.error));
    (void)snprintf(path, sizeof path, "%s/pack", help.dir);
    MUST(pl_make_write(path, bytes.bytes, bytes.n, &help.error));
    pl_buf_free(&bytes);
    MUST(pl_card_start(paths, 1, &help.error));
    (void)snprintf(name, sizeof name, "samples/%s", sample->name);
    const char *text = whole(name);
    card_upload_start(&upload, 64 << 20);
    card_upload_add(&upload, sample->name, text, strlen(text));
    cr_assert_eq(card_upload_build(&upload, PL_CARD_GUESS, NULL), PL_OK, "%s", upload.error.msg);
    const struct pl_card_set *set = &upload.set;
    cr_assert_eq(set->game, sample->game);
    cr_assert_eq(set->notices_n, 0, "%s: %s", set->notices[0].kind, set->notices[0].detail);
    cr_assert_eq(set->cards_n, sample->cards);
    cr_assert_eq(set->lists_n, sample->lists);
    unsigned labels = 0;
    for (uint32_t i = 0; i < set->cards_n; i++)
        for (uint32_t k = 0; k < set->cards[i].cells_n; k++) {
            cr_assert(set->cards[i].cells[k].drawn);
            labels += set->cards[i].cells[k].labels_n;
        }
    cr_assert_geq(labels, sample->labels_least);
    card_upload_end(&upload);
    pl_card_stop();
}
