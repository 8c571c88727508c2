/* root_make.c - write a ROOT file for the end-to-end tests.
 *
 *     root_make [--compress=plain|zlib|deflate|xz|lz4|zstd] [--escaped] [--many=N] [--parts=N]
 *               OUT [PATH=CLASS[,key=value...]]...
 *
 * PATH has its directories in front, joined by '/'; with --escaped a path is percent-encoded and
 * its name may hold a slash as %2F. Keys: bins, binsy, seed, scale, spike (bin given a tenfold
 * content), title, labels (1: alphanumeric bins), flat (1: uniform random contents), slow (1:
 * contents that compress badly), corrupt (1: the stored object is damaged afterwards), text
 * (of a TObjString: what it says, percent-encoded, and its name too). A TH2Poly has bins x binsy
 * hexagons. --many=N adds N small histograms in ten directories; --parts says in
 * how many, 0 for none.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/gen/root_objects.h"

struct wanted {
    char path[1024], class_name[64], title[256], text[256];
    unsigned bins, bins_y, spike;
    uint64_t seed;
    double scale;
    int labels, flat, slow, corrupt;
};

enum { DIRECTORIES = 256, LABELS = 512 };

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

static void fill(struct gen_hist *hist, const struct wanted *wanted)
{
    bool two = strncmp(wanted->class_name, "TH2", 3) == 0;
    bool profile = strcmp(wanted->class_name, "TProfile") == 0;
    state = wanted->seed * 1000003;
    if (wanted->flat || wanted->slow) {
        for (uint64_t i = 0; i < hist->cells_n; i++)
            hist->content[i] = wanted->slow ? dice() * 1e6 : floor(dice() * 1000.0);
        hist->entries = hist->tsumw = hist->tsumw2 = (double)hist->cells_n;
        return;
    }
    unsigned n = two ? 20000 : 2000;
    for (unsigned i = 0; i < n; i++) {
        double x = gauss(), y = profile ? 5.0 + x + gauss() : gauss();
        gen_hist_fill(hist, x, y, wanted->scale);
    }
    if (wanted->spike > 0 && wanted->spike <= wanted->bins)
        hist->content[wanted->spike] = 10.0 * hist->content[wanted->spike] + 50.0;
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
    poly.hist.title = wanted->title;
    for (uint32_t i = 0; i < n; i++) {
        place(&hexagons[i], i % wanted->bins, i / wanted->bins);
        bins[i] = (struct gen_poly_bin){.number = (int32_t)i + 1,
                                        .content = floor(1000.0 * dice()) * wanted->scale,
                                        .area = 2.0 * 1.7320508075688772,
                                        .parts = &hexagons[i].outline,
                                        .parts_n = 1};
    }
    poly.bins = bins;
    poly.bins_n = n;
    poly.in_list = true;
    poly.hist.entries = poly.hist.tsumw = n;
    gen_root_poly(root, parent, &poly);
    free(bins);
    free(hexagons);
}

static void make(struct gen_root *root, const struct wanted *wanted, const char *name)
{
    struct gen_hist hist;
    unsigned parent = GEN_ROOT_DIRECTORY;
    if (name == wanted->path && strchr(wanted->path, '/') != NULL) {
        parent = directory_of(root, wanted->path);
        name = strrchr(wanted->path, '/') + 1;
    }
    if (strcmp(wanted->class_name, "TObjString") == 0) {
        gen_root_string(root, parent, wanted->text, wanted->text);
        return;
    }
    if (strcmp(wanted->class_name, "TH2Poly") == 0) {
        make_poly(root, parent, wanted, name);
        return;
    }
    bool two = strncmp(wanted->class_name, "TH2", 3) == 0;
    gen_hist_start(&hist, wanted->class_name, name, wanted->title, wanted->bins, -4.0, 4.0,
                   two ? wanted->bins_y : 0, -4.0, 4.0);
    if (wanted->labels) {
        for (unsigned i = 0; i < wanted->bins && i < LABELS; i++) {
            (void)snprintf(label_text[i], sizeof label_text[i], "bin %u", i + 1);
            labels[i] = label_text[i];
        }
        hist.x.labels = labels;
    }
    fill(&hist, wanted);
    gen_root_hist(root, parent, &hist);
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

static void set(struct wanted *wanted, const char *key, const char *value)
{
    double number = strtod(value, NULL);
    if (strcmp(key, "bins") == 0)
        wanted->bins = (unsigned)number;
    else if (strcmp(key, "binsy") == 0)
        wanted->bins_y = (unsigned)number;
    else if (strcmp(key, "seed") == 0)
        wanted->seed = (uint64_t)number;
    else if (strcmp(key, "scale") == 0)
        wanted->scale = number;
    else if (strcmp(key, "spike") == 0)
        wanted->spike = (unsigned)number;
    else if (strcmp(key, "labels") == 0)
        wanted->labels = (int)number;
    else if (strcmp(key, "flat") == 0)
        wanted->flat = (int)number;
    else if (strcmp(key, "slow") == 0)
        wanted->slow = (int)number;
    else if (strcmp(key, "corrupt") == 0)
        wanted->corrupt = (int)number;
    else if (strcmp(key, "text") == 0) {
        (void)snprintf(wanted->text, sizeof wanted->text, "%s", value);
        unescape(wanted->text);
    } else if (strcmp(key, "title") == 0)
        (void)snprintf(wanted->title, sizeof wanted->title, "%s", value);
    else {
        (void)fprintf(stderr, "root_make: unknown key %s\n", key);
        exit(2);
    }
}

static void parse(struct wanted *wanted, char *text)
{
    *wanted = (struct wanted){.bins = 40, .bins_y = 40, .seed = 1, .scale = 1.0};
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
    static struct wanted wanted[64];
    for (int i = first; i < argc && i - first < 64; i++) {
        struct wanted *one = &wanted[i - first];
        parse(one, argv[i]);
        if (escaped)
            unescape(one->path);
        /* A name with a slash that is no directory cannot be told apart, and need not be. */
        make(root, one, one->path);
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
