/* Layouts from the file, and the built-in ones. */
#include <criterion/criterion.h>

#include "render/hist/root/streamer.h"
#include "shm/base/check.h"
#include "tests/unit/root_help.h"

TestSuite(streamer, .timeout = 120);

static struct pl_arena *arena;
static struct gen_bytes file;
static struct pl_source source;
static struct pl_root_file root;
static struct pl_layouts layouts;

static void read_layouts(const struct gen_root_options *options)
{
    arena = test_arena(ARENA_N);
    gen_sample(&file, options);
    source = (struct pl_source){file.bytes, file.n};
    cr_assert_eq(pl_root_open(&source, &root, NULL), PL_OK);
    pl_layouts_read(&root, arena, &layouts);
}

static void let_go(void)
{
    pl_arena_free(&arena);
    free(file.bytes);
}

Test(streamer, knows_classes_by_name)
{
    cr_assert_eq(pl_class_of((struct pl_text){"TH1F", 4}), PL_CLASS_TH1F);
    cr_assert_eq(pl_class_of((struct pl_text){"TH1", 3}), PL_CLASS_TH1);
    cr_assert_eq(pl_class_of((struct pl_text){"TH1Fx", 5}), PL_CLASS_OTHER);
    cr_assert_eq(pl_class_of((struct pl_text){"", 0}), PL_CLASS_OTHER);
    for (int i = 1; i < PL_CLASS_COUNT; i++) {
        const char *name = pl_class_name((enum pl_class)i);
        cr_assert_eq(pl_class_of((struct pl_text){name, strlen(name)}), (enum pl_class)i);
    }
}

Test(streamer, a_slot_belongs_to_one_class)
{
    struct pl_text sums = {"fTsumwy", 7};
    cr_assert_eq(pl_slot_of(PL_CLASS_TH2, sums), PL_SLOT_TH2_fTsumwy);
    cr_assert_eq(pl_slot_of(PL_CLASS_TProfile, sums), PL_SLOT_TProfile_fTsumwy);
    cr_assert_eq(pl_slot_of(PL_CLASS_TH1, sums), PL_SLOT_NONE);
}

Test(streamer, the_file_describes_its_classes)
{
    read_layouts(&(struct gen_root_options){.packing = GEN_ZLIB});
    cr_assert_geq(layouts.n, 15);
    const struct pl_layout *axis = pl_layout_find(&layouts, PL_CLASS_TAxis, 10, 0);
    cr_assert_not_null(axis);
    cr_assert_neq(axis, pl_layout_builtin(PL_CLASS_TAxis, 10));
    cr_assert_eq(axis->n, 13);
    cr_assert(pl_text_is(axis->members[2].name, "fNbins"));
    cr_assert_eq(axis->members[2].slot, PL_SLOT_TAxis_fNbins);
    cr_assert_eq(axis->members[11].class, PL_CLASS_THashList);
    const struct pl_layout *th1 = pl_layout_find(&layouts, PL_CLASS_TH1, 8, 0);
    cr_assert_eq(th1->members[23].type, PL_TYPE_COUNTED_ARRAY + PL_TYPE_F64);
    cr_assert(pl_text_is(th1->members[23].count_name, "fBufferSize"));
    cr_assert_eq(pl_layout_find(&layouts, PL_CLASS_TH1, 0, 0x1c3740c4), th1, "by checksum");
    cr_assert_null(pl_layout_find(&layouts, PL_CLASS_TH1, 99, 0));
    let_go();
}

/* Rare classes, read by the file's own record alone. */
static bool only_in_files(enum pl_class class)
{
    static const char *const names[] = {"TGraphBentErrors", "TCutG", "TMultiGraph", "TProfile2Poly",
                                        "TProfile2PolyBin"};
    for (unsigned i = 0; i < PL_COUNT(names); i++)
        if (strcmp(pl_class_name(class), names[i]) == 0)
            return true;
    return false;
}

Test(streamer, built_in_layouts_are_those_that_files_carry)
{
    read_layouts(&(struct gen_root_options){.packing = GEN_PLAIN});
    unsigned compared = 0;
    for (uint32_t i = 0; i < layouts.n; i++) {
        const struct pl_layout *carried = &layouts.layout[i];
        const struct pl_layout *builtin =
            pl_layout_builtin(carried->class, (uint16_t)carried->first_version);
        if (carried->class == PL_CLASS_TObject || carried->class == PL_CLASS_TNamed)
            continue;
        if (builtin == NULL && only_in_files(carried->class))
            continue;
        cr_assert_not_null(builtin, "%s", pl_class_name(carried->class));
        cr_assert_eq(carried->n, builtin->n, "%s", pl_class_name(carried->class));
        for (uint32_t m = 0; m < carried->n; m++) {
            const struct pl_member *a = &carried->members[m], *b = &builtin->members[m];
            bool base = (a->type == PL_TYPE_TNAMED || a->type == PL_TYPE_TOBJECT) &&
                        b->type == PL_TYPE_BASE;
            cr_assert(a->name.n == b->name.n &&
                      memcmp(a->name.bytes, b->name.bytes, a->name.n) == 0);
            cr_assert(a->type == b->type || base, "%.*s", (int)a->name.n, a->name.bytes);
            cr_assert_eq(a->slot, b->slot, "%.*s", (int)a->name.n, a->name.bytes);
            if (a->type != PL_TYPE_TSTRING &&
                (a->slot != PL_SLOT_NONE || a->type == PL_TYPE_BASE || base))
                cr_assert_eq(a->class, b->class, "%.*s", (int)a->name.n, a->name.bytes);
            compared++;
        }
    }
    cr_assert_gt(compared, 80);
    let_go();
}

Test(streamer, graphs_written_by_hand_are_not_what_their_record_says)
{
    static struct pl_layouts own = {.n = 2,
                                    .layout = {{.class = PL_CLASS_TGraph, .first_version = 2},
                                               {.class = PL_CLASS_TGraph, .first_version = 4}}};
    cr_assert_eq(pl_layout_find(&own, PL_CLASS_TGraph, 2, 0),
                 pl_layout_builtin(PL_CLASS_TGraph, 2));
    cr_assert_eq(pl_layout_find(&own, PL_CLASS_TGraph, 4, 0), &own.layout[1]);
}

Test(streamer, a_file_without_has_none_and_is_read_by_the_built_in_ones)
{
    read_layouts(&(struct gen_root_options){.packing = GEN_ZLIB, .no_info = true});
    cr_assert_eq(layouts.n, 0);
    const struct listing *listing = list(&file);
    for (unsigned i = 0; i < listing->n; i++)
        if (listing->items[i].kind[1] == 'H')
            cr_assert_str_eq(listing->items[i].trouble, "", "%s", listing->items[i].path);
    let_go();
}

Test(streamer, damaged_information_is_not_used)
{
    read_layouts(&(struct gen_root_options){.packing = GEN_PLAIN});
    uint8_t *name = memmem(file.bytes, file.n, "TStreamerBasicType", 18);
    cr_assert_not_null(name);
    memcpy(name - 8, "\x7f\xff\xff\xff", 4);
    pl_layouts_read(&root, arena, &layouts);
    cr_assert_eq(layouts.n, 0);
    let_go();
}
