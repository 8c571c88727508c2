/* test_window.c - parts of something large: what is open, what is given back, what cannot be
 * touched. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "shm/base/window.h"

static struct pl_window window;

static void stop(void)
{
    pl_window_free(&window);
}

TestSuite(window, .fini = stop);

static unsigned long resident_kb(void)
{
    unsigned long kb = 0;
    char line[128];
    FILE *status = fopen("/proc/self/status", "r");
    cr_assert(status != NULL);
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "RssAnon: %lu", &kb) == 1)
            break;
    (void)fclose(status);
    return kb;
}

Test(window, a_gigabyte_passes_through_a_few_megabytes)
{
    enum { PIECE = 8 << 20 };
    size_t whole = (size_t)1 << 30;
    unsigned long before = resident_kb(), most = 0;
    cr_assert_eq(pl_window_make(&window, whole, NULL), PL_OK);
    for (size_t at = 0; at < whole; at += PIECE) {
        cr_assert_eq(pl_window_open(&window, at, at + PIECE, NULL), PL_OK);
        memset(window.base + at, 1, PIECE);
        unsigned long now = resident_kb();
        most = now > most ? now : most;
        pl_window_close(&window, at, at + PIECE);
    }
    cr_assert_lt(most, before + 3 * (PIECE >> 10));
    cr_assert_lt(resident_kb(), before + (PIECE >> 10));
}

Test(window, bytes_beside_what_is_given_back_stay)
{
    cr_assert_eq(pl_window_make(&window, 20000, NULL), PL_OK);
    cr_assert_eq(pl_window_open(&window, 0, 10000, NULL), PL_OK);
    memset(window.base, 7, 10000);
    cr_assert_eq(pl_window_open(&window, 10000, 20000, NULL), PL_OK);
    cr_assert_eq(window.base[9999], 7);
    memset(window.base + 10000, 8, 10000);
    pl_window_close(&window, 5000, 15000);
    cr_assert_eq(window.base[4999], 7);
    cr_assert_eq(window.base[15000], 8);
}

Test(window, what_was_given_back_cannot_be_read, .signal = SIGSEGV)
{
    cr_assert_eq(pl_window_make(&window, 20000, NULL), PL_OK);
    cr_assert_eq(pl_window_open(&window, 0, 20000, NULL), PL_OK);
    pl_window_close(&window, 0, 20000);
    volatile const uint8_t *bytes = window.base;
    (void)bytes[4096];
}

Test(window, what_was_never_opened_cannot_be_read, .signal = SIGSEGV)
{
    cr_assert_eq(pl_window_make(&window, 1 << 20, NULL), PL_OK);
    volatile const uint8_t *bytes = window.base;
    (void)bytes[0];
}
