/* fuzz_card_sws.c - hostile profiles of Star Wars: Squadrons, from text to the set. */
#include "tests/fuzz/cards.h"

#define SLOT(context, action, k, axis, button, device)                                             \
    "GstKeyBinding.Incom" context "InputConcepts.Concept" action "." k ".axis " axis "\n"          \
    "GstKeyBinding.Incom" context "InputConcepts.Concept" action "." k ".button " button "\n"      \
    "GstKeyBinding.Incom" context "InputConcepts.Concept" action "." k ".deviceid " device "\n"

static const char *const seeds[] = {
    "1GstInput.JoystickDevice1 Flight Stick\nGstInput.JoystickDevice2  Flight Throttle\r\n" SLOT(
        "Default", "Fire", "0", "26", "22", "0") SLOT("Soldier", "Pitch", "1", "8", "0", "1")
        SLOT("Starship", "Fire", "2", "26", "40", "1")
            SLOT("Starship", "Fire", "3", "26", "86", "1"),
    "0" SLOT("Default", "Odd.1.x", "12", "3", "9",
             "3") "GstInput.JoystickDevice4 Odd One\n\1"
                  "GstInput.JoystickDevice1 Game Pad\n" SLOT("Default", "Fire", "0", "26", "99",
                                                             "0"),
    "2GstInput.JoystickDevice1 Flight Stick\nGstKeyBinding.IncomDefaultInputConcepts.ConceptA.0."
    "colour 1\nGstKeyBinding.InputDataVersion 2",
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    cards_start();
    for (unsigned i = 0; i < PL_COUNT(seeds); i++)
        cards_save_seed(i, seeds[i], strlen(seeds[i]));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return cards_one(bytes, n, PL_CARD_SWS);
}
