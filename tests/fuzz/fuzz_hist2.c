/* fuzz_hist2.c - histograms and profiles of two dimensions read directly; see objects.h. */
#include "tests/fuzz/objects.h"

FUZZ_OBJECTS({PL_CLASS_TH2C, PL_CLASS_TH2S, PL_CLASS_TH2I, PL_CLASS_TH2F, PL_CLASS_TH2D,
              PL_CLASS_TProfile2D})
