/* fuzz_string.c - texts and what they say read directly; see objects.h. */
#include "tests/fuzz/objects.h"

FUZZ_OBJECTS({PL_CLASS_TObjString})
