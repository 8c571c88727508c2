/* fuzz_hist3.c - histograms of three dimensions read directly; see objects.h. */
#include "tests/fuzz/objects.h"

FUZZ_OBJECTS({PL_CLASS_TH3C, PL_CLASS_TH3S, PL_CLASS_TH3I, PL_CLASS_TH3F, PL_CLASS_TH3D})
