/* samples.h - ROOT files that tests, benchmarks and fuzz targets share. */
#ifndef PL_GEN_SAMPLES_H
#define PL_GEN_SAMPLES_H

#include "tests/gen/root_writer.h"

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

/* gen_many - n TH1F of 100 bins, 500 to a directory: dir0000/hist00000 and so on. */
void gen_many(struct gen_bytes *out, unsigned n, const struct gen_root_options *options);

/* gen_single - a file with this one histogram, which is freed. */
void gen_single(struct gen_bytes *out, const struct gen_root_options *options,
                struct gen_hist *hist);

#endif
