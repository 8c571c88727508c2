/* fuzz_graph.c - graphs with and without errors, of all versions read directly; see objects.h. */
#include "tests/fuzz/objects.h"

FUZZ_OBJECTS({PL_CLASS_TGraph, PL_CLASS_TGraphErrors, PL_CLASS_TGraphAsymmErrors,
              PL_CLASS_TGraphBentErrors, PL_CLASS_TCutG})
