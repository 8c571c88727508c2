/* fuzz_card_fs2020.c - hostile profiles of Microsoft Flight Simulator 2020, from text to the set.
 */
#include "tests/fuzz/cards.h"

static const char *const seeds[] = {
    "1<?xml version=\"1.0\"?><Version Num=\"1\"/><FriendlyName>Mine</FriendlyName><Device "
    "DeviceName=\" Flight  Stick\"><Axes><Axis AxisName=\"X\"/></Axes><Context "
    "ContextName=\"PLANE\"><Action ActionName=\"KEY_GEAR\" Flag=\"2\"><Primary><KEY "
    "Information=\"Button1\">0</KEY><KEY Information=\"POV1_UP_LEFT\">1</KEY></Primary><Secondary>"
    "<KEY Information=\"Joystick R-Axis X +\">2</KEY></Secondary></Action></Context></Device>",
    "0<DefaulftInput><Device DeviceName=\"Mouse\"><Context ContextName=\"M\"><Action "
    "ActionName=\"A_B\"><Primary><KEY Information=\"LEFT\"/></Primary></Action></Context></Device>"
    "</DefaulftInput>\1<Device DeviceName=\"Flight Throttle\"><Context ContextName=\"PLANE\">"
    "<Action ActionName=\"KEY_FLAPS\"><Primary><KEY Information=\"Slider X\"/><KEY "
    "Information=\"Axis Z\"/></Primary></Action></Context></Device>",
    "2<!DOCTYPE a [<!ENTITY x \"y\">]><Device DeviceName='Flight&#32;Stick'><Action/><Context "
    "ContextName=\"&x;&lt;\"><Action ActionName=\"KEY_GEAR\"><Primary><KEY Information=\"Rotation "
    "X\"/><KEY Information=\"Button8\"/><KEY Information=\"Button7\"/></Primary></Action><!-- c "
    "-->",
    "1\xff\xfe<\0D\0e\0v\0i\0c\0e\0 \0D\0e\0v\0i\0c\0e\0N\0a\0m\0e\0=\0\"\0x\0\"\0/\0>\0",
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    cards_start();
    for (unsigned i = 0; i < PL_COUNT(seeds); i++)
        cards_save_seed(i, seeds[i], i == 3 ? 51 : strlen(seeds[i]));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    return cards_one(bytes, n, PL_CARD_FS2020);
}
