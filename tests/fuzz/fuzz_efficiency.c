/* fuzz_efficiency.c - efficiencies read directly; see objects.h. */
#include "tests/fuzz/objects.h"

FUZZ_OBJECTS({PL_CLASS_TEfficiency})
