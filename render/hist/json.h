/* json.h - an object as numbers: what its picture shows, for programs.
 *
 * {"hist":{...}} in the shape that clients of DQMGUI's jsonfairy read:
 *
 *     type                 "TH1", "TH2", "TH3", "TProfile", "TProfile2D", "TH2Poly"
 *     class, name, title   as stored
 *     stats                name, entries; mean and rms: {"X":{"value","error"}, "Y":..., "Z":...};
 *                          underflow, overflow: sums of what lies outside of the axes
 *     xaxis, yaxis, zaxis  title; first {"id","value"} and last: the shown bins with their outer
 *                          ends; labels [{"center","value"}]; edges, when bins differ in width
 *     values               min, max of the contents in `bins`
 *     bins                 integral, content, error of the shown bins (xmin ... ymax, or as
 *                          stored); of a map rows from the lowest y upwards, each from the lowest
 *                          x; of a TH3 maps from the lowest z upwards
 *     yMin, yMax, zMin, zMax  limits of what a profile accepted
 *     errorStyle           of profiles: "mean", "s", "i", "g"
 *
 * What is no histogram has "hist":"unsupported type", as those clients expect, and beside it
 * "graph", "efficiency" or "text". Numbers have the shortest form that reads back to the same
 * double (at most 17 digits); what is not finite is the string "nan", "inf" or "-inf".
 */
#ifndef PL_HIST_JSON_H
#define PL_HIST_JSON_H

#include "render/hist/hist.h"
#include "render/hist/params.h"
#include "shm/base/buf.h"

/* pl_hist_json - append the text to out: of the first, and of the others under "references". n
 * >= 1. PL_E_LIMIT when it is larger than out may grow; out is then as it was. */
enum pl_err pl_hist_json(const struct pl_hist *hists, unsigned n,
                         const struct pl_hist_params *params, struct pl_buf *out,
                         struct pl_error *error);

#endif
