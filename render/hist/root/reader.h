/* reader.h - objects out of a ROOT file: what is inside, and one of them ready to be drawn.
 *
 * The file is hostile. Every length is compared with what is there before it is used, memory comes
 * from the arena given and is asked for only after a plausibility check, and the work is bounded by
 * the bytes of the file: no byte of a directory or of a record is read for two different objects.
 *
 * Path of an object: names of its directories and its own name as stored, joined by '/'. Names may
 * hold '/' themselves. Of several cycles of a name in a directory the highest counts. When two
 * different objects come out with the same joined path, the first keeps it and the later one is
 * listed as `PATH;N` with the smallest N from its cycle upwards that is free.
 */
#ifndef PL_HIST_READER_H
#define PL_HIST_READER_H

#include "render/hist/hist.h"
#include "render/hist/params.h"
#include "render/render.h"

/* pl_hist_probe - struct pl_renderer.probe for ROOT files. */
int pl_hist_probe(const uint8_t *bytes, size_t n);

/* pl_hist_inspect - struct pl_renderer.inspect: every object of every directory, in the order of
 * the file's lists, directories after the objects beside them.
 *
 * Objects of classes that can be read (hist.h) have their header read, or all of them where there
 * is no header; what is wrong is their `trouble`. Other classes are listed under their class name
 * (other histogram classes, graphs) or as "OTHER". A directory that cannot be read is listed as
 * "OTHER" under its own path.
 *
 * Of a histogram, means and deviations are from the sums in the file, or from the bins when those
 * are all zero; of a large one whose sums stand far from its beginning there are none. Entries of a
 * graph are its points, of an efficiency those of all, of a text 0. The title of a text is the
 * text; one of the form <NAME>K=VALUE</NAME> has NAME as `name`, VALUE or the message as title, and
 * is a `report` when K is qr, e or t.
 *
 * Arena: what the list of paths needs stays allocated, each object's memory is released before the
 * next. Returns what `found` returns when that is not PL_OK; PL_E_FORMAT for what is no complete
 * ROOT file; PL_E_LIMIT for more than 1,000,000 keys or an arena too small. */
enum pl_err pl_hist_inspect(const struct pl_source *source, struct pl_arena *arena,
                            pl_found_fn *found, void *context, struct pl_error *error);

/* Bytes of a locator: of the record its place, its bytes, bytes unpacked, bytes of its header. */
enum { PL_LOCATOR_N = 8 + 4 + 4 + 2 };

/* pl_hist_read - the object that inspect described by `locator`.
 *
 * source  borrowed for as long as hist is used: contents stored uncompressed are not copied
 * hist    filled; its memory is the arena's
 * returns PL_E_FORMAT naming object, member and offset; PL_E_LIMIT naming workers.memory when the
 * arena cannot hold it (found out before it is allocated); PL_E_INPUT when the locator is not of
 * this source */
enum pl_err pl_hist_read(const struct pl_source *source, const uint8_t *locator, uint32_t locator_n,
                         struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error);

/* pl_hist_read_fit - the same for a picture with these parameters: a TH1 or TH2 of 8 MiB or more is
 * read block by block into the cells of that picture (huge.h). */
enum pl_err pl_hist_read_fit(const struct pl_source *source, const uint8_t *locator,
                             uint32_t locator_n, const struct pl_hist_params *params,
                             struct pl_arena *arena, struct pl_hist *hist, struct pl_error *error);

#endif
