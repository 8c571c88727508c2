/* fuzz_poly.c - polygons read directly; see objects.h. */
#include "tests/fuzz/objects.h"

FUZZ_OBJECTS({PL_CLASS_TH2Poly, PL_CLASS_TProfile2Poly})
