/* fuzz_hist1.c - histograms and profiles of one dimension read directly; see objects.h. */
#include "tests/fuzz/objects.h"

FUZZ_OBJECTS({PL_CLASS_TH1C, PL_CLASS_TH1S, PL_CLASS_TH1I, PL_CLASS_TH1F, PL_CLASS_TH1D,
              PL_CLASS_TProfile})
