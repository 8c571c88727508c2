/* samples.h - ROOT files that tests, benchmarks and fuzz targets share. */
#ifndef PL_GEN_SAMPLES_H
#define PL_GEN_SAMPLES_H

#include "tests/gen/root_objects.h"

/* gen_sample - one histogram of every class that platen draws, in directories, with labels, edges,
 * errors, a shown range, functions, and a name with a slash; beside them objects that it does not
 * draw.
 *
 *     all/h1c h1s h1i h1f h1d (10 bins -5..5, bin i holds i, one under- and two overflows)
 *     all/h2c h2s h2i h2f h2d (4 x 3 bins, cell c holds c)
 *     all/profile (5 bins 0..5, entries y = 2 x)
 *     more/deep/labels edges errors range functions a/slash
 *     graph (TMultiGraph), tree (TTree) */
void gen_sample(struct gen_bytes *out, const struct gen_root_options *options);

/* gen_objects - one object of every class that gen_sample has not.
 *
 *     h3/h3c h3s h3i h3f h3d (2 x 3 x 2 bins, cell c holds c)
 *     profile2d (2 x 2 bins 0..2, entries z = x + 10 y)
 *     graph graph_errors graph_asymm (4 points, y = x * x; frame, a function)
 *     old/graph1 graph2 errors1 errors2 asymm1 asymm2 (the same, by ROOT 2)
 *     efficiency (TH1D, passed bin i of 4 has i, all 8), efficiency2d (TH2F), whole (all is passed)
 *     poly (a square, two islands of which one has a hole, a triangle over the other island),
 *     poly_in_list
 *     texts/plain <events>i=7</events> ... (see samples.c) */
void gen_objects(struct gen_bytes *out, const struct gen_root_options *options);

/* gen_rare_objects - what hardly any file has: bent, cut (the points of gen_objects), profile (its
 * polygons as a TProfile2Poly). */
void gen_rare_objects(struct gen_bytes *out, const struct gen_root_options *options);

/* The polygons of gen_objects, for files of their own. */
void gen_sample_poly(struct gen_poly *poly, const char *name);
void gen_sample_graph(struct gen_graph *graph, const char *class_name, const char *name,
                      unsigned version);
void gen_sample_efficiency(struct gen_root *root, const char *class_name, const char *name);

/* gen_many - n TH1F of 100 bins, 500 to a directory: dir0000/hist00000 and so on. */
void gen_many(struct gen_bytes *out, unsigned n, const struct gen_root_options *options);

/* gen_single - a file with this one histogram, which is freed. */
void gen_single(struct gen_bytes *out, const struct gen_root_options *options,
                struct gen_hist *hist);

#endif
