/* pack_help.h - card packs made by hand for the tests of render/card/pack: one described in memory
 * (tests/fuzz/pack_made.h), and a folder to put files into. */
#ifndef PL_TEST_PACK_HELP_H
#define PL_TEST_PACK_HELP_H

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/card/pack/build.h"
#include "shm/base/check.h"
#include "tests/fuzz/pack_made.h"

#define HELP_FONT "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"

static struct help {
    char dir[64];
    struct pl_arena *arena;
    struct pl_problems problems;
    struct pl_error error;
} help;

#define MUST(call)                                                                                 \
    do {                                                                                           \
        help.error = (struct pl_error){.code = PL_OK};                                             \
        enum pl_err must_code_ = (call);                                                           \
        cr_assert_eq(must_code_, PL_OK, "%s: %s: %s", #call, pl_err_name(must_code_),              \
                     help.error.msg);                                                              \
    } while (0)

static inline void help_start(void)
{
    (void)snprintf(help.dir, sizeof help.dir, "/tmp/platen-pack-XXXXXX");
    cr_assert_not_null(mkdtemp(help.dir));
    MUST(pl_arena_make(&help.arena, PL_MAKE_ARENA_BYTES, &help.error));
    help.problems = PL_PROBLEMS;
}

static inline int help_remove(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static inline void help_stop(void)
{
    (void)nftw(help.dir, help_remove, 16, FTW_DEPTH | FTW_PHYS);
    pl_arena_free(&help.arena);
    pl_problems_free(&help.problems);
}

/* Returned texts are the arena's. */
static inline const char *help_path(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", help.dir, name);
    return pl_arena_text(help.arena, path, strlen(path));
}

static inline void help_folder(const char *name)
{
    cr_assert(mkdir(help_path(name), 0755) == 0, "%s", name);
}

static inline void help_bytes(const char *name, const void *bytes, size_t n)
{
    MUST(pl_make_write(help_path(name), bytes, n, &help.error));
}

static inline void help_file(const char *name, const char *text)
{
    help_bytes(name, text, strlen(text));
}

/* All problems so far as one text. */
static inline const char *help_said(void)
{
    const char *said = pl_arena_text(help.arena, help.problems.text.bytes, help.problems.text.n);
    return said != NULL ? said : "";
}

/* Compiled, written and opened. folder NULL: only tables. */
static inline struct pl_pack *help_pack(const struct pl_make *make, const char *folder,
                                        const char *name)
{
    struct pl_buf out = PL_BUF((size_t)256 << 20);
    struct pl_pack *pack = NULL;
    MUST(pl_make_bytes(make, folder, help.arena, &out, &help.error));
    help_bytes(name, out.bytes, out.n);
    pl_buf_free(&out);
    MUST(pl_pack_open(help_path(name), &pack, &help.error));
    return pack;
}

static inline struct pl_packs help_packs(struct pl_pack *first, struct pl_pack *second)
{
    struct pl_packs packs = {.at = {first, second}, .n = second != NULL ? 2 : 1};
    pl_packs_seal(&packs);
    return packs;
}

#endif
