/* file.c - files of a pack's folder: read whole into the arena, written whole or not at all. */
#include "render/card/pack/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shm/base/check.h"

const char *pl_make_path(struct pl_arena *arena, const char *folder, const char *name)
{
    size_t folder_n = strlen(folder), name_n = strlen(name);
    if (name[0] == '/') /* a font of the system */
        return pl_arena_text(arena, name, name_n);
    char *path = pl_arena_alloc(arena, folder_n + name_n + 2);
    if (path == NULL)
        return NULL;
    memcpy(path, folder, folder_n);
    path[folder_n] = '/';
    memcpy(path + folder_n + 1, name, name_n + 1);
    return path;
}

static enum pl_err read_open(int fd, const char *path, uint64_t most, struct pl_arena *arena,
                             struct pl_pack_bytes *out, struct pl_error *error)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return pl_fail_errno(error, "looking at %s", path);
    if (!S_ISREG(st.st_mode))
        return pl_fail(error, PL_E_INPUT, "%s is not a file", path);
    if ((uint64_t)st.st_size > most)
        return pl_fail(error, PL_E_LIMIT, "%s is larger than the %llu MiB it may have", path,
                       (unsigned long long)(most >> 20));
    uint8_t *bytes = pl_arena_alloc(arena, (size_t)st.st_size + 1);
    if (bytes == NULL)
        return pl_fail(error, PL_E_LIMIT, "the pack is too large: no room to read %s", path);
    uint64_t n = 0;
    while (n < (uint64_t)st.st_size) {
        ssize_t got = read(fd, bytes + n, (size_t)st.st_size - n);
        if (got < 0 && errno != EINTR)
            return pl_fail_errno(error, "reading %s", path);
        if (got == 0)
            break;
        n += got > 0 ? (uint64_t)got : 0;
    }
    *out = (struct pl_pack_bytes){bytes, n};
    return PL_OK;
}

enum pl_err pl_make_file(const char *path, uint64_t most, struct pl_arena *arena,
                         struct pl_pack_bytes *out, struct pl_error *error)
{
    *out = (struct pl_pack_bytes){NULL, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return pl_fail_errno(error, "opening %s", path);
    enum pl_err err = read_open(fd, path, most, arena, out, error);
    (void)close(fd);
    return err;
}

static enum pl_err write_open(int fd, const char *path, const uint8_t *bytes, size_t n,
                              struct pl_error *error)
{
    for (size_t at = 0; at < n;) {
        ssize_t put = write(fd, bytes + at, PL_MIN(n - at, (size_t)1 << 30));
        if (put < 0 && errno != EINTR)
            return pl_fail_errno(error, "writing %s", path);
        at += put > 0 ? (size_t)put : 0;
    }
    if (fsync(fd) != 0)
        return pl_fail_errno(error, "writing %s", path);
    return PL_OK;
}

enum pl_err pl_make_write(const char *path, const uint8_t *bytes, size_t n, struct pl_error *error)
{
    char draft[4096];
    int got = snprintf(draft, sizeof draft, "%s.new", path);
    if (got < 0 || (size_t)got >= sizeof draft)
        return pl_fail(error, PL_E_INPUT, "the file name is too long");
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return pl_fail_errno(error, "making %s", draft);
    enum pl_err err = write_open(fd, draft, bytes, n, error);
    if (close(fd) != 0 && err == PL_OK)
        err = pl_fail_errno(error, "writing %s", draft);
    if (err == PL_OK && rename(draft, path) != 0)
        err = pl_fail_errno(error, "renaming %s", draft);
    if (err != PL_OK)
        (void)unlink(draft);
    return err;
}
