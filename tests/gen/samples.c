/* samples.c - see samples.h; every value follows from its place, so that tests can say what must
 * come out. */
#include "tests/gen/samples.h"

#include <stdio.h>
#include <stdlib.h>

static void count_up(struct gen_hist *hist)
{
    for (uint64_t i = 0; i < hist->cells_n; i++)
        hist->content[i] = (double)i;
}

static void all_classes(struct gen_root *root, unsigned directory)
{
    static const char *const one[][2] = {
        {"TH1C", "h1c"}, {"TH1S", "h1s"}, {"TH1I", "h1i"}, {"TH1F", "h1f"}, {"TH1D", "h1d"}};
    static const char *const two[][2] = {
        {"TH2C", "h2c"}, {"TH2S", "h2s"}, {"TH2I", "h2i"}, {"TH2F", "h2f"}, {"TH2D", "h2d"}};
    struct gen_hist hist;
    for (unsigned i = 0; i < 5; i++) {
        gen_hist_start(&hist, one[i][0], one[i][1], "one dimension", 10, -5.0, 5.0, 0, 0.0, 0.0);
        gen_hist_fill(&hist, -7.0, 0.0, 1.0);
        for (unsigned bin = 1; bin <= 10; bin++)
            gen_hist_fill(&hist, bin - 5.5, 0.0, bin);
        gen_hist_fill(&hist, 9.0, 0.0, 2.0);
        gen_root_hist(root, directory, &hist);
    }
    for (unsigned i = 0; i < 5; i++) {
        gen_hist_start(&hist, two[i][0], two[i][1], "two dimensions", 4, 0.0, 4.0, 3, 0.0, 3.0);
        count_up(&hist);
        hist.entries = 30.0;
        hist.tsumwxy = 12.5;
        gen_root_hist(root, directory, &hist);
    }
    gen_hist_start(&hist, "TProfile", "profile", "y = 2 x", 5, 0.0, 5.0, 0, 0.0, 0.0);
    for (unsigned i = 0; i < 10; i++)
        gen_hist_fill(&hist, 0.5 * i + 0.25, i + 0.5, 1.0);
    hist.error_mode = 1;
    gen_root_hist(root, directory, &hist);
}

static void special(struct gen_root *root, unsigned directory)
{
    static const char *const labels[] = {"first", NULL, "third", "fourth with blanks"};
    static const char *const functions[] = {"TF1", "TPaveStats", "TF1"};
    static double edges[] = {0.0, 1.0, 2.5, 10.0};
    struct gen_hist hist;
    gen_hist_start(&hist, "TH1F", "labels", "labelled", 4, 0.0, 4.0, 0, 0.0, 0.0);
    hist.x.labels = labels;
    hist.x.title = "category";
    gen_root_hist(root, directory, &hist);
    gen_hist_start(&hist, "TH1D", "edges", "p_{T} [GeV]", 3, 0.0, 10.0, 0, 0.0, 0.0);
    gen_hist_edges(&hist.x, edges);
    gen_hist_fill(&hist, 2.0, 0.0, 3.0);
    gen_root_hist(root, directory, &hist);
    gen_hist_start(&hist, "TH1F", "errors", "with errors", 2, 0.0, 2.0, 0, 0.0, 0.0);
    gen_hist_sumw2(&hist);
    gen_hist_fill(&hist, 0.5, 0.0, 3.0);
    hist.option = "E1";
    gen_root_hist(root, directory, &hist);
    gen_hist_start(&hist, "TH1F", "range", "bins 3 to 5", 8, 0.0, 8.0, 0, 0.0, 0.0);
    hist.x.first = 3;
    hist.x.last = 5;
    gen_root_hist(root, directory, &hist);
    gen_hist_start(&hist, "TH1F", "functions", "fitted", 2, 0.0, 2.0, 0, 0.0, 0.0);
    hist.functions = functions;
    hist.functions_n = 3;
    gen_root_hist(root, directory, &hist);
    gen_hist_start(&hist, "TH1F", "a/slash", "a name with a slash", 2, 0.0, 2.0, 0, 0.0, 0.0);
    gen_root_hist(root, directory, &hist);
}

void gen_sample(struct gen_bytes *out, const struct gen_root_options *options)
{
    struct gen_root *root = gen_root_start(options);
    all_classes(root, gen_root_directory(root, GEN_ROOT_DIRECTORY, "all"));
    special(root,
            gen_root_directory(root, gen_root_directory(root, GEN_ROOT_DIRECTORY, "more"), "deep"));
    struct gen_bytes payload = {NULL, 0, 0};
    gen_tnamed(&payload, "graph", "not drawn", 0);
    gen_root_object(root, GEN_ROOT_DIRECTORY, "TMultiGraph", "graph", "not drawn", 1, payload.bytes,
                    payload.n);
    gen_root_object(root, GEN_ROOT_DIRECTORY, "TTree", "tree", "unknown", 1, payload.bytes,
                    payload.n);
    free(payload.bytes);
    gen_root_finish(root, out);
}

void gen_many(struct gen_bytes *out, unsigned n, const struct gen_root_options *options)
{
    struct gen_root *root = gen_root_start(options);
    unsigned directory = 0;
    char name[32];
    for (unsigned i = 0; i < n; i++) {
        struct gen_hist hist;
        if (i % 500 == 0) {
            (void)snprintf(name, sizeof name, "dir%04u", i / 500);
            directory = gen_root_directory(root, GEN_ROOT_DIRECTORY, name);
        }
        (void)snprintf(name, sizeof name, "hist%05u", i);
        gen_hist_start(&hist, "TH1F", name, "one of many", 100, 0.0, 100.0, 0, 0.0, 0.0);
        hist.x.title = "channel";
        for (unsigned bin = 1; bin <= 100; bin++)
            gen_hist_fill(&hist, bin - 0.5, 0.0, (bin * 2654435761U + i * 40503U) >> 20 & 1023);
        gen_root_hist(root, directory, &hist);
    }
    gen_root_finish(root, out);
}

void gen_single(struct gen_bytes *out, const struct gen_root_options *options,
                struct gen_hist *hist)
{
    struct gen_root *root = gen_root_start(options);
    gen_root_hist(root, GEN_ROOT_DIRECTORY, hist);
    gen_root_finish(root, out);
}
