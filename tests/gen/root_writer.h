/* root_writer.h - writes ROOT files: for tests, benchmarks, fuzz seeds and the demo.
 *
 * Files are what ROOT 6.24 would have written: header, directories, keys, objects in one or more
 * compression blocks, streamer information, free segments. The same calls give the same bytes.
 * Everything is kept in memory until gen_root_finish. Running out of memory ends the program: this
 * is a tool.
 */
#ifndef PL_GEN_ROOT_WRITER_H
#define PL_GEN_ROOT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gen_packing { GEN_PLAIN, GEN_ZLIB, GEN_DEFLATE, GEN_XZ, GEN_LZ4, GEN_ZSTD };

struct gen_root_options {
    const char *name; /* of the file, stored in it; NULL = "generated.root" */
    enum gen_packing packing;
    size_t block_n; /* plain bytes a compression block; 0 = 2^24 - 1 */
    bool big;       /* 64-bit offsets */
    bool no_info;   /* without streamer information */
};

struct gen_bytes { /* a growing buffer */
    uint8_t *bytes;
    size_t n, capacity;
};

void gen_add(struct gen_bytes *out, const void *bytes, size_t n);
void gen_be(struct gen_bytes *out, uint64_t value, unsigned width);
void gen_f64(struct gen_bytes *out, double value);
void gen_f32(struct gen_bytes *out, float value);
void gen_text(struct gen_bytes *out, const char *text);
/* A byte count and a version; gen_frame_end writes the count once it is known. */
size_t gen_frame(struct gen_bytes *out, uint16_t version);
void gen_frame_end(struct gen_bytes *out, size_t frame);
void gen_tobject(struct gen_bytes *out, uint32_t unique_id, uint32_t bits);
void gen_tnamed(struct gen_bytes *out, const char *name, const char *title, uint32_t bits);

/* Pointers to objects: the first of a class in a payload carries its name, later ones refer to it.
 */
enum { GEN_TAGS_MAX = 16 };
struct gen_tags {
    uint16_t key_n;
    unsigned n;
    struct {
        const char *class_name;
        uint32_t tag;
    } tag[GEN_TAGS_MAX];
};
size_t gen_object(struct gen_bytes *out, struct gen_tags *tags, const char *class_name);
void gen_object_end(struct gen_bytes *out, size_t object);

/* gen_pack - payload to compression blocks; false when that does not make it smaller. */
bool gen_pack(struct gen_bytes *out, enum gen_packing packing, size_t block_n, const uint8_t *plain,
              size_t n);

struct gen_root;

enum { GEN_ROOT_DIRECTORY = 0 };

struct gen_root *gen_root_start(const struct gen_root_options *options);
/* A directory below `parent` (GEN_ROOT_DIRECTORY or what this returned). */
unsigned gen_root_directory(struct gen_root *root, unsigned parent, const char *name);
/* Bytes of the key header that gen_root_object will write: references in a payload count from the
 * key. */
uint16_t gen_root_key_n(const struct gen_root *root, const char *class_name, const char *name,
                        const char *title);
void gen_root_object(struct gen_root *root, unsigned directory, const char *class_name,
                     const char *name, const char *title, uint16_t cycle, const uint8_t *payload,
                     size_t n);
/* The finished file; the caller frees out->bytes. Frees root. */
void gen_root_finish(struct gen_root *root, struct gen_bytes *out);

/* The payload of the streamer information record (root_info.c). */
void gen_root_info(struct gen_bytes *out, uint16_t key_n);

struct gen_axis {
    uint32_t bins;
    double low, high;
    double *edges;             /* NULL = uniform; borrowed */
    const char *title;         /* NULL = none */
    const char *const *labels; /* bins entries, NULL = none */
    int32_t first, last;       /* shown range, 0,0 = all */
    int32_t divisions;
    uint32_t bits;
    const char *time_format; /* NULL = no time axis */
};

struct gen_hist {
    const char *class_name, *name, *title, *option;
    struct gen_axis x, y, z;
    uint64_t cells_n;
    double *content, *sumw2, *bin_entries; /* owned; the last two may be NULL */
    double *bin_sumw2;                     /* owned, may be NULL */
    double entries, tsumw, tsumw2, tsumwx, tsumwx2, tsumwy, tsumwy2, tsumwxy;
    double tsumwz, tsumwz2, tsumwxz, tsumwyz;
    double maximum, minimum, norm_factor;
    int32_t error_mode;
    double profile_low, profile_high;
    int16_t line_color, line_style, line_width, fill_color, fill_style, marker_color, marker_style;
    float marker_size;
    const double *buffer; /* borrowed; with buffer_n entries not yet in the bins */
    uint32_t buffer_n;
    const char *const *functions; /* class names of what stands in fFunctions, as opaque objects */
    uint32_t functions_n;
};

/* gen_hist_start - an empty histogram; class_name is TH1C .. TH1D, TH2C .. TH2D, TH3C .. TH3D,
 * TProfile or TProfile2D (ny = 0 where there is no second axis). Texts are borrowed. */
void gen_hist_start(struct gen_hist *hist, const char *class_name, const char *name,
                    const char *title, uint32_t nx, double x_low, double x_high, uint32_t ny,
                    double y_low, double y_high);
/* gen_hist_z - give a TH3 its third axis; before anything else is done with it. */
void gen_hist_z(struct gen_hist *hist, uint32_t nz, double low, double high);
void gen_hist_edges(struct gen_axis *axis,
                    double *edges); /* bins + 1 of them; the axis takes their range */
void gen_hist_sumw2(struct gen_hist *hist);
/* Fill like ROOT: y is the weight's second coordinate, ignored for 1D; z is that of a TH3, or the
 * value of a TProfile2D. */
void gen_hist_fill(struct gen_hist *hist, double x, double y, double weight);
void gen_hist_fill3(struct gen_hist *hist, double x, double y, double z, double weight);
void gen_hist_payload(const struct gen_hist *hist, uint16_t key_n, struct gen_bytes *out);
/* The same inside another object, whose tags continue. */
void gen_hist_body(const struct gen_hist *hist, struct gen_tags *tags, struct gen_bytes *out);
/* The frame of the base class TH2 alone. */
void gen_hist_th2(const struct gen_hist *hist, struct gen_tags *tags, struct gen_bytes *out);
void gen_style(struct gen_bytes *out, const struct gen_hist *hist); /* line, fill, marker */
/* What fFunctions holds, as a TList without a pointer in front. */
void gen_functions(struct gen_bytes *out, struct gen_tags *tags, const char *const *functions,
                   uint32_t n);
void gen_hist_free(struct gen_hist *hist);

/* gen_root_hist - write and free it. */
void gen_root_hist(struct gen_root *root, unsigned directory, struct gen_hist *hist);

#endif
