/* problems.c - what is wrong with a pack, as lines for its author; the lists a description is made
 * of. Knows nothing of what packs contain. */
#include "render/card/pack/build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shm/base/check.h"

static void say(struct pl_problems *problems, struct pl_make_where where, const char *kind,
                const char *format, va_list args)
{
    char sentence[600], place[300] = "";
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    if (where.file != NULL && where.line > 0)
        (void)snprintf(place, sizeof place, "%.240s:%u: ", where.file, where.line);
    else if (where.file != NULL)
        (void)snprintf(place, sizeof place, "%.240s: ", where.file);
    /* A full list is still counted. */
    (void)pl_buf_print(&problems->text, NULL, "%s%s: %s\n", place, kind, sentence);
}

void pl_problem(struct pl_problems *problems, struct pl_make_where where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(problems, where, "error", format, args);
    va_end(args);
    problems->errors++;
}

void pl_problem_warn(struct pl_problems *problems, struct pl_make_where where, const char *format,
                     ...)
{
    va_list args;
    va_start(args, format);
    say(problems, where, "warning", format, args);
    va_end(args);
    problems->warnings++;
}

void pl_problems_free(struct pl_problems *problems)
{
    pl_buf_free(&problems->text);
}

/* Doubling; what was before is left in the arena, which goes as a whole. */
bool pl_make_grow(struct pl_arena *arena, void **at, const uint32_t *n, uint32_t *room,
                  size_t element_n)
{
    if (*n == *room) {
        uint32_t more = PL_MAX(8U, *room * 2);
        uint8_t *wider = more > *room ? pl_arena_zalloc(arena, more, element_n) : NULL;
        if (wider == NULL)
            return false;
        if (*n > 0)
            memcpy(wider, *at, *n * element_n);
        *at = wider;
        *room = more;
    }
    memset((uint8_t *)*at + *n * element_n, 0, element_n);
    return true;
}

void pl_make_start(struct pl_make *make)
{
    *make = (struct pl_make){
        .layout_w = 3840,
        .layout_h = 2160,
        .header_rgb = 0x2780e3,
        .header_text_rgb = 0xffffff,
        .badge_rgb = 0x373a3c,
        .page_rgb = 0xe9ecef,
        .inset = 5,
        .font_least_px = 13,
    };
}
