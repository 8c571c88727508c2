/* root_make.c - write a ROOT file for the end-to-end tests.
 *
 *     root_make [--compress=plain|zlib|deflate|xz|lz4|zstd] [--escaped] [--many=N] [--parts=N]
 *               OUT [PATH=CLASS[,key=value...]]...
 *
 * PATH has its directories in front, joined by '/'; with --escaped a path and a title are
 * percent-encoded and a name may hold a slash as %2F. CLASS is any that is drawn: TH1C .. TH3D,
 * TProfile, TProfile2D, TH2Poly, TProfile2Poly, TGraph and those made from it, TEfficiency,
 * TObjString; or another, whose object then says nothing. Keys:
 *
 *     bins binsy binsz   of a histogram; of a graph bins is its points, of a TH2Poly bins x binsy
 *                        hexagons
 *     contents           a:b:c... of the bins from the first on, instead of random ones; no sums
 *     seed scale         of random contents; spike: a bin given a tenfold content; flat=1: uniform
 *                        ones; slow=1: such that compress badly
 *     title option       labels=1: alphanumeric bins; functions=1: a function of a version that
 *                        nobody knows; sumw2=1
 *     corrupt=1          the stored object is damaged afterwards
 *     text               of a TObjString: what it says, percent-encoded, and its name too
 *
 * --many=N adds N small histograms in ten directories; --parts says in how many, 0 for none.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gen/root_objects.h"

enum { DIRECTORIES = 256, LABELS = 512, WANTED = 64, CONTENTS = 512, POINTS = 512 };

struct wanted {
    char path[1024], class_name[64], title[256], option[64], text[256];
    unsigned bins, bins_y, bins_z, spike;
    uint64_t seed;
    double scale, contents[CONTENTS];
    unsigned contents_n;
    int labels, flat, slow, corrupt, functions, sumw2;
};

static struct {
    char path[1024];
    unsigned number;
} directory[DIRECTORIES];
static unsigned directories;
static const char *labels[LABELS];
static char label_text[LABELS][16];

static uint64_t state;

static double dice(void) /* splitmix64 to [0, 1) */
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static double gauss(void)
{
    double r = dice();
    return sqrt(-2.0 * log(r > 0.0 ? r : 1e-300)) * cos(6.283185307179586 * dice());
}

static unsigned directory_of(struct gen_root *root, const char *path)
{
    unsigned parent = GEN_ROOT_DIRECTORY;
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t n = (size_t)(slash - path), i = 0;
        while (i < directories &&
               (strlen(directory[i].path) != n || strncmp(directory[i].path, path, n) != 0))
            i++;
        if (i == directories) {
            if (directories == DIRECTORIES || n >= sizeof directory[i].path) {
                (void)fprintf(stderr, "root_make: too many directories\n");
                exit(2);
            }
            memcpy(directory[i].path, path, n);
            directory[i].path[n] = '\0';
            const char *before = strrchr(directory[i].path, '/');
            directory[i].number =
                gen_root_directory(root, parent, before != NULL ? before + 1 : directory[i].path);
            directories++;
        }
        parent = directory[i].number;
    }
    return parent;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The cell of the at-th bin that is no under- or overflow; the first axis runs fastest. */
static uint64_t cell_of(const struct gen_hist *hist, uint64_t at)
{
    uint64_t nx = hist->x.bins, ny = hist->y.bins;
    bool one = hist->cells_n == nx + 2;
    uint64_t x = at % nx + 1, y = one ? 0 : at / nx % ny + 1;
    uint64_t z = begins(hist->class_name, "TH3") ? at / (nx * ny) + 1 : 0;
    return x + (nx + 2) * (y + (ny + 2) * z);
}

static void set_contents(struct gen_hist *hist, const struct wanted *wanted)
{
    bool one = hist->cells_n == (uint64_t)hist->x.bins + 2;
    unsigned n = wanted->contents_n;
    if (one && n > hist->x.bins)
        n = hist->x.bins;
    for (unsigned i = 0; i < n; i++) {
        uint64_t cell = cell_of(hist, i);
        if (cell >= hist->cells_n)
            break;
        hist->content[cell] = wanted->contents[i];
        if (hist->bin_entries != NULL)
            hist->bin_entries[cell] = 1.0;
        if (hist->sumw2 != NULL)
            hist->sumw2[cell] = fabs(wanted->contents[i]);
    }
    hist->entries = n;
}

static void fill(struct gen_hist *hist, const struct wanted *wanted)
{
    bool three = begins(wanted->class_name, "TH3"), flat = begins(wanted->class_name, "TH2");
    bool two = flat || strcmp(wanted->class_name, "TProfile2D") == 0;
    bool profile = strcmp(wanted->class_name, "TProfile") == 0;
    if (wanted->contents_n > 0) {
        set_contents(hist, wanted);
        return;
    }
    state = wanted->seed * 1000003;
    if (wanted->flat || wanted->slow) {
        for (uint64_t i = 0; i < hist->cells_n; i++)
            hist->content[i] = wanted->slow ? dice() * 1e6 : floor(dice() * 1000.0);
        hist->entries = hist->tsumw = hist->tsumw2 = (double)hist->cells_n;
        return;
    }
    unsigned n = two || three ? 20000 : 2000;
    for (unsigned i = 0; i < n; i++) {
        double x = gauss(), y = profile ? 5.0 + x + gauss() : gauss();
        if (three || (two && !flat))
            gen_hist_fill3(hist, x, y, three ? gauss() : x + y, wanted->scale);
        else
            gen_hist_fill(hist, x, y, wanted->scale);
    }
    if (wanted->spike > 0 && wanted->spike <= wanted->bins)
        hist->content[wanted->spike] = 10.0 * hist->content[wanted->spike] + 50.0;
}

static const char *const unknown_functions[] = {"TF1"};

static void add_labels(struct gen_hist *hist, const struct wanted *wanted)
{
    for (unsigned i = 0; i < wanted->bins && i < LABELS; i++) {
        (void)snprintf(label_text[i], sizeof label_text[i], "bin %u", i + 1);
        labels[i] = label_text[i];
    }
    hist->x.labels = labels;
}

static void start(struct gen_hist *hist, const struct wanted *wanted, const char *class_name,
                  const char *name)
{
    bool one = begins(class_name, "TH1") || strcmp(class_name, "TProfile") == 0;
    gen_hist_start(hist, class_name, name, wanted->title, wanted->bins, -4.0, 4.0,
                   one ? 0 : wanted->bins_y, -4.0, 4.0);
    if (begins(class_name, "TH3"))
        gen_hist_z(hist, wanted->bins_z, -4.0, 4.0);
    if (wanted->sumw2)
        gen_hist_sumw2(hist);
    hist->option = wanted->option;
    hist->functions = unknown_functions;
    hist->functions_n = wanted->functions != 0;
}

static double content_of(const struct wanted *wanted, unsigned at, double otherwise)
{
    return at < wanted->contents_n ? wanted->contents[at] : otherwise;
}

static void make_graph(struct gen_root *root, unsigned parent, const struct wanted *wanted,
                       const char *name)
{
    static double x[POINTS], y[POINTS], length[POINTS];
    struct gen_graph graph;
    unsigned n = wanted->bins < POINTS ? wanted->bins : POINTS;
    for (unsigned i = 0; i < n; i++) {
        x[i] = i;
        y[i] = content_of(wanted, i, (double)i * i);
        length[i] = 0.25;
    }
    gen_graph_start(&graph, wanted->class_name, name, n, x, y);
    graph.title = wanted->title;
    graph.x_low = graph.x_high = graph.y_low = graph.y_high = length;
    graph.functions = unknown_functions;
    graph.functions_n = wanted->functions != 0;
    gen_root_graph(root, parent, &graph);
}

static void make_efficiency(struct gen_root *root, unsigned parent, const struct wanted *wanted,
                            const char *name)
{
    struct gen_hist passed, total;
    struct gen_efficiency efficiency = {.name = name,
                                        .title = wanted->title,
                                        .passed = &passed,
                                        .total = &total,
                                        .confidence_level = 0.6826894921370859,
                                        .beta_alpha = 1.0,
                                        .beta_beta = 1.0,
                                        .weight = 1.0};
    start(&passed, wanted, "TH1D", "passed");
    start(&total, wanted, "TH1D", "total");
    for (unsigned i = 0; i < wanted->bins; i++) {
        double center = -4.0 + 8.0 * (i + 0.5) / wanted->bins;
        gen_hist_fill(&total, center, 0.0, 100.0);
        gen_hist_fill(&passed, center, 0.0, content_of(wanted, i, i % 101));
    }
    gen_root_efficiency(root, parent, &efficiency);
}

enum { CORNERS = 7 }; /* of a hexagon, the first twice */

struct hexagon {
    double x[CORNERS], y[CORNERS];
    struct gen_graph outline;
};

/* Odd rows are shifted by half a hexagon, so that the bins touch and none overlap. */
static void place(struct hexagon *hexagon, unsigned column, unsigned row)
{
    static const double dx[CORNERS] = {1, 1, 0, -1, -1, 0, 1}, dy[CORNERS] = {1, 3, 4, 3, 1, 0, 1};
    for (unsigned i = 0; i < CORNERS; i++) {
        hexagon->x[i] = 2.0 * column + (row & 1) + 1.0 + dx[i];
        hexagon->y[i] = (3.0 * row + dy[i]) / 1.7320508075688772;
    }
    gen_graph_start(&hexagon->outline, "TGraph", "", CORNERS, hexagon->x, hexagon->y);
}

static void make_poly(struct gen_root *root, unsigned parent, const struct wanted *wanted,
                      const char *name)
{
    uint32_t n = wanted->bins * wanted->bins_y;
    struct hexagon *hexagons = calloc(n, sizeof *hexagons);
    struct gen_poly_bin *bins = calloc(n, sizeof *bins);
    struct gen_poly poly;
    if (hexagons == NULL || bins == NULL)
        abort();
    state = wanted->seed * 1000003;
    gen_poly_start(&poly, name, 25, 0.0, 2.0 * wanted->bins + 1.0, 25, 0.0,
                   (3.0 * wanted->bins_y + 1.0) / 1.7320508075688772);
    poly.hist.class_name = wanted->class_name;
    poly.hist.title = wanted->title;
    poly.hist.option = wanted->option;
    for (uint32_t i = 0; i < n; i++) {
        place(&hexagons[i], i % wanted->bins, i / wanted->bins);
        bins[i] = (struct gen_poly_bin){
            .number = (int32_t)i + 1,
            .content = content_of(wanted, i, floor(1000.0 * dice()) * wanted->scale),
            .area = 2.0 * 1.7320508075688772,
            .parts = &hexagons[i].outline,
            .parts_n = 1,
            .error = 0.5};
    }
    poly.bins = bins;
    poly.bins_n = n;
    poly.in_list = true;
    poly.hist.entries = poly.hist.tsumw = n;
    gen_root_poly(root, parent, &poly);
    free(bins);
    free(hexagons);
}

static void make_histogram(struct gen_root *root, unsigned parent, const struct wanted *wanted,
                           const char *name)
{
    struct gen_hist hist;
    start(&hist, wanted, wanted->class_name, name);
    if (wanted->labels)
        add_labels(&hist, wanted);
    fill(&hist, wanted);
    gen_root_hist(root, parent, &hist);
}

static void make(struct gen_root *root, const struct wanted *wanted)
{
    const char *class_name = wanted->class_name, *slash = strrchr(wanted->path, '/');
    const char *name = slash != NULL ? slash + 1 : wanted->path;
    unsigned parent = slash != NULL ? directory_of(root, wanted->path) : GEN_ROOT_DIRECTORY;
    if (strcmp(class_name, "TObjString") == 0)
        gen_root_string(root, parent, wanted->text, wanted->text);
    else if (begins(class_name, "TGraph") || strcmp(class_name, "TCutG") == 0)
        make_graph(root, parent, wanted, name);
    else if (strcmp(class_name, "TEfficiency") == 0)
        make_efficiency(root, parent, wanted, name);
    else if (strcmp(class_name, "TH2Poly") == 0 || strcmp(class_name, "TProfile2Poly") == 0)
        make_poly(root, parent, wanted, name);
    else if (begins(class_name, "TH") || begins(class_name, "TProfile"))
        make_histogram(root, parent, wanted, name);
    else
        gen_root_object(root, parent, class_name, name, wanted->title, 1, (const uint8_t *)"", 1);
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static void unescape(char *text)
{
    char *to = text;
    for (; *text != '\0'; text++) {
        if (*text == '%' && text[1] != '\0' && text[2] != '\0') {
            *to++ = (char)(hex(text[1]) << 4 | hex(text[2]));
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

static void read_contents(struct wanted *wanted, const char *value)
{
    char *end;
    for (; wanted->contents_n < CONTENTS && *value != '\0'; value = *end == ':' ? end + 1 : end) {
        wanted->contents[wanted->contents_n++] = strtod(value, &end);
        if (end == value) {
            (void)fprintf(stderr, "root_make: contents are numbers with ':' between them\n");
            exit(2);
        }
    }
}

static void set_flag(struct wanted *wanted, const char *key, int number)
{
    const struct {
        const char *key;
        int *flag;
    } flags[] = {{"labels", &wanted->labels},       {"flat", &wanted->flat},
                 {"slow", &wanted->slow},           {"corrupt", &wanted->corrupt},
                 {"functions", &wanted->functions}, {"sumw2", &wanted->sumw2}};
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strcmp(key, flags[i].key) == 0) {
            *flags[i].flag = number;
            return;
        }
    (void)fprintf(stderr, "root_make: unknown key %s\n", key);
    exit(2);
}

static void set(struct wanted *wanted, const char *key, const char *value)
{
    double number = strtod(value, NULL);
    if (strcmp(key, "bins") == 0)
        wanted->bins = (unsigned)number;
    else if (strcmp(key, "binsy") == 0)
        wanted->bins_y = (unsigned)number;
    else if (strcmp(key, "binsz") == 0)
        wanted->bins_z = (unsigned)number;
    else if (strcmp(key, "seed") == 0)
        wanted->seed = (uint64_t)number;
    else if (strcmp(key, "scale") == 0)
        wanted->scale = number;
    else if (strcmp(key, "spike") == 0)
        wanted->spike = (unsigned)number;
    else if (strcmp(key, "contents") == 0)
        read_contents(wanted, value);
    else if (strcmp(key, "text") == 0) {
        (void)snprintf(wanted->text, sizeof wanted->text, "%s", value);
        unescape(wanted->text);
    } else if (strcmp(key, "title") == 0)
        (void)snprintf(wanted->title, sizeof wanted->title, "%s", value);
    else if (strcmp(key, "option") == 0)
        (void)snprintf(wanted->option, sizeof wanted->option, "%s", value);
    else
        set_flag(wanted, key, (int)number);
}

static void parse(struct wanted *wanted, char *text)
{
    *wanted = (struct wanted){.bins = 40, .bins_y = 40, .bins_z = 8, .seed = 1, .scale = 1.0};
    char *rest = strchr(text, '=');
    if (rest == NULL) {
        (void)fprintf(stderr, "root_make: PATH=CLASS[,key=value...] expected, not %s\n", text);
        exit(2);
    }
    *rest++ = '\0';
    (void)snprintf(wanted->path, sizeof wanted->path, "%s", text);
    (void)snprintf(wanted->title, sizeof wanted->title, "%s", text);
    char *word = strsep(&rest, ",");
    (void)snprintf(wanted->class_name, sizeof wanted->class_name, "%s", word);
    while ((word = strsep(&rest, ",")) != NULL) {
        char *value = strchr(word, '=');
        if (value != NULL) {
            *value++ = '\0';
            set(wanted, word, value);
        }
    }
}

static void many(struct gen_root *root, unsigned n, unsigned parts)
{
    struct wanted wanted = {.class_name = "TH1F", .bins = 50, .scale = 1.0};
    for (unsigned i = 0; i < n; i++) {
        if (parts > 0)
            (void)snprintf(wanted.path, sizeof wanted.path, "part%u/h%05u", i % parts, i);
        else
            (void)snprintf(wanted.path, sizeof wanted.path, "h%05u", i);
        (void)snprintf(wanted.title, sizeof wanted.title, "Histogram %u", i);
        wanted.seed = i;
        struct gen_hist hist;
        gen_hist_start(&hist, "TH1F", strchr(wanted.path, 'h'), wanted.title, 50, -4.0, 4.0, 0, 0.0,
                       0.0);
        state = i;
        for (unsigned k = 0; k < 60; k++)
            gen_hist_fill(&hist, gauss(), 0.0, 1.0);
        gen_root_hist(root, directory_of(root, wanted.path), &hist);
    }
}

/* Damage the axis of the object whose key carries `name`: its record keeps its length. */
static void damage(struct gen_bytes *file, const char *name)
{
    size_t n = strlen(name);
    uint8_t *found = NULL;
    for (size_t at = 0; at + n < file->n && found == NULL; at++)
        if (memcmp(file->bytes + at, name, n) == 0 && file->bytes[at - 1] == n)
            found = file->bytes + at + n;
    if (found != NULL && found + 80 < file->bytes + file->n)
        memset(found + 40, 0xa5, 40);
}

static enum gen_packing packing_of(const char *name)
{
    static const char *const names[] = {"plain", "zlib", "deflate", "xz", "lz4", "zstd"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum gen_packing)i;
    (void)fprintf(stderr, "root_make: unknown compression %s\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    struct gen_root_options options = {.packing = GEN_ZLIB};
    bool escaped = false;
    unsigned count = 0, parts = 10;
    const char *out = NULL, *corrupt[16];
    unsigned corrupt_n = 0;
    int first = 1;
    for (; first < argc && strncmp(argv[first], "--", 2) == 0; first++) {
        if (strncmp(argv[first], "--compress=", 11) == 0)
            options.packing = packing_of(argv[first] + 11);
        else if (strcmp(argv[first], "--escaped") == 0)
            escaped = true;
        else if (strncmp(argv[first], "--many=", 7) == 0)
            count = (unsigned)strtoul(argv[first] + 7, NULL, 10);
        else if (strncmp(argv[first], "--parts=", 8) == 0)
            parts = (unsigned)strtoul(argv[first] + 8, NULL, 10);
        else
            first = argc;
    }
    if (first >= argc) {
        (void)fprintf(stderr, "usage: root_make [OPTION...] OUT [PATH=CLASS[,key=value...]]...\n");
        return 2;
    }
    out = argv[first++];
    struct gen_root *root = gen_root_start(&options);
    static struct wanted wanted[WANTED];
    if (argc - first > WANTED) {
        (void)fprintf(stderr, "root_make: at most %d objects; give the others to another file\n",
                      WANTED);
        return 2;
    }
    for (int i = first; i < argc; i++) {
        struct wanted *one = &wanted[i - first];
        parse(one, argv[i]);
        if (escaped) {
            unescape(one->path);
            unescape(one->title);
        }
        /* A name with a slash that is no directory cannot be told apart, and need not be. */
        make(root, one);
        if (one->corrupt && corrupt_n < 16)
            corrupt[corrupt_n++] = one->path;
    }
    if (count > 0)
        many(root, count, parts);
    struct gen_bytes file = {0};
    gen_root_finish(root, &file);
    for (unsigned i = 0; i < corrupt_n; i++)
        damage(&file, corrupt[i]);
    FILE *stream = fopen(out, "wb");
    if (stream == NULL || fwrite(file.bytes, 1, file.n, stream) != file.n || fclose(stream) != 0) {
        perror(out);
        return 1;
    }
    free(file.bytes);
    return 0;
}
