/* inspect.c - the two entrances of the reader: everything that is inside, and one object of it.
 *
 * Directories wait in a list and are read one after another. Of each, the keys are read twice: the
 * highest cycle of every name is found, and what has it is either a directory, which joins the
 * list, or an object, which is reported. Work is bounded by the file: lists of keys may together
 * take no more bytes than the file has, nor may the records that are opened, so that no list or
 * record counts twice and a circle of directories ends by itself.
 *
 * Memory: directories, their paths, the set of paths given out and the table of names stay in the
 * arena until the end; each object is released before the next.
 */
#include "render/hist/root/reader.h"

#include <math.h>
#include <stdio.h>
#include <xxhash.h>

#include "render/hist/root/objects.h"
#include "render/hist/root/summary.h"
#include "shm/base/check.h"

enum {
    DEPTH_MAX = 64,
    KEYS_MAX = 1000000,
    PATH_N = 1024,       /* longest path that can be asked for */
    KEY_LEAST_N = 29,    /* bytes of the shortest key */
    PART_N = 256 * 1024, /* of larger objects only the beginning is unpacked for the list */
    WHOLE_N = 8 << 20,   /* unless that is not enough for the sums and the rest is not too much */
};

struct directory {
    struct directory *next;
    const char *path; /* without a slash at the end; empty for the root */
    uint64_t record_at;
    unsigned depth;
};

struct name {      /* of a directory's keys: the highest cycle it comes with */
    uint64_t hash; /* 0 = free */
    uint32_t cycle;
};

struct key_list {
    struct pl_cur cur; /* at the first key, ends with the record */
    uint32_t n;
};

struct inspection {
    struct pl_root_file file;
    struct pl_arena *arena;
    struct pl_layouts *layouts;
    pl_found_fn *found;
    void *context;
    struct directory *first, *last;
    uint64_t keys_n;                  /* seen so far */
    uint64_t list_left, record_left;  /* bytes of lists and records that may still be read */
    struct name *names;               /* open addressing, used anew for each directory */
    uint64_t names_capacity;          /* a power of two */
    uint64_t *paths;                  /* open addressing, hashes of paths given out, 0 = free */
    uint64_t paths_n, paths_capacity; /* capacity is a power of two */
};

int pl_hist_probe(const uint8_t *bytes, size_t n)
{
    if (n < 4 || memcmp(bytes, "root", 4) != 0)
        return 0;
    return n >= 12 && pl_be(bytes + 8, 4) >= 41 && pl_be(bytes + 8, 4) < 4096 ? 100 : 60;
}

static enum pl_err no_memory(struct pl_error *error)
{
    return pl_fail_param(error, PL_E_LIMIT, "workers.memory",
                         "listing the file needs more than workers.memory");
}

static bool is_directory(const struct pl_root_key *key)
{
    return pl_text_is(key->class_name, "TDirectory") ||
           pl_text_is(key->class_name, "TDirectoryFile");
}

/* Make room for n more paths. The old table stays behind: tables double, so it costs no more than
 * the new. */
static enum pl_err grow_paths(struct inspection *in, uint64_t n, struct pl_error *error)
{
    if ((in->paths_n + n) * 2 <= in->paths_capacity)
        return PL_OK;
    uint64_t capacity = 256;
    while (capacity < (in->paths_n + n) * 2)
        capacity *= 2;
    uint64_t *paths = pl_arena_zalloc(in->arena, capacity, sizeof *paths);
    if (paths == NULL)
        return no_memory(error);
    for (uint64_t i = 0; i < in->paths_capacity; i++) {
        if (in->paths[i] == 0)
            continue;
        uint64_t at = in->paths[i] & (capacity - 1);
        while (paths[at] != 0)
            at = (at + 1) & (capacity - 1);
        paths[at] = in->paths[i];
    }
    in->paths = paths;
    in->paths_capacity = capacity;
    return PL_OK;
}

/* True when the path was not there before. */
static bool add_path(struct inspection *in, const char *path)
{
    uint64_t hash = XXH3_64bits(path, strlen(path));
    hash += hash == 0;
    uint64_t at = hash & (in->paths_capacity - 1);
    while (in->paths[at] != 0) {
        if (in->paths[at] == hash)
            return false;
        at = (at + 1) & (in->paths_capacity - 1);
    }
    in->paths[at] = hash;
    in->paths_n++;
    return true;
}

/* Directory and name as one path, cut at what can be asked for. True when it was not cut. */
static bool join(char out[PATH_N + 1], const char *directory, struct pl_text name)
{
    size_t n = strlen(directory), name_n = strnlen(name.bytes, name.n);
    memcpy(out, directory, n);
    if (n > 0)
        out[n++] = '/';
    size_t fits = PL_MIN(name_n, (size_t)PATH_N - PL_MIN(n, (size_t)PATH_N));
    memcpy(out + PL_MIN(n, (size_t)PATH_N), name.bytes, fits);
    out[PL_MIN(n, (size_t)PATH_N) + fits] = '\0';
    return fits == name_n && n <= PATH_N;
}

/* The first free of PATH, PATH;cycle, PATH;cycle+1, ... */
static void make_unique(struct inspection *in, char path[PATH_N + 1], unsigned cycle)
{
    enum { SUFFIX_N = 24 };
    if (add_path(in, path))
        return;
    size_t n = PL_MIN(strlen(path), (size_t)(PATH_N - SUFFIX_N));
    do
        (void)snprintf(path + n, SUFFIX_N, ";%u", cycle++);
    while (!add_path(in, path));
}

static void put_locator(struct pl_found *found, const struct pl_root_key *key)
{
    uint64_t numbers[] = {key->at, key->record_n, key->object_n, key->header_n};
    static const unsigned widths[] = {8, 4, 4, 2};
    found->locator_n = 0;
    for (unsigned i = 0; i < PL_COUNT(numbers); i++)
        for (unsigned byte = widths[i]; byte-- > 0;)
            found->locator[found->locator_n++] = (uint8_t)(numbers[i] >> 8 * byte);
}

/* As much of the object as its header takes, more when that does not do. */
static enum pl_err read_header(struct inspection *in, const struct pl_root_key *key,
                               enum pl_class class, struct pl_hist *hist, enum pl_parsed *parsed,
                               struct pl_error *error)
{
    size_t least = key->object_n > PART_N ? PART_N / 4 : key->object_n;
    for (;;) {
        struct pl_payload payload;
        *parsed = PL_PARSED_NOTHING;
        enum pl_err err = pl_root_payload(&in->file, key, least, in->arena, &payload, error);
        if (err != PL_OK)
            return err;
        err = pl_hist_parse(in->layouts, &payload, key->header_n, class, in->arena, hist, parsed,
                            error);
        bool enough = least == key->object_n || *parsed >= PL_PARSED_SUMS ||
                      (err == PL_OK && *parsed == PL_PARSED_HEADER && key->object_n > WHOLE_N);
        if (enough)
            return err;
        if (error != NULL)
            *error = (struct pl_error){.code = PL_OK};
        least = key->object_n;
    }
}

static const char *class_listed(struct pl_text name)
{
    static const char *const listed[] = {"TProfile3D",     "TGraphMultiErrors", "TGraph2D",
                                         "TGraph2DErrors", "TMultiGraph",       "THStack"};
    enum pl_class class = pl_class_of(name);
    if (pl_hist_read_class(class))
        return pl_class_name(class);
    for (unsigned i = 0; i < PL_COUNT(listed); i++)
        if (pl_text_is(name, listed[i]))
            return listed[i];
    return "OTHER";
}

static enum pl_err report(struct inspection *in, struct pl_found *found, const char *trouble,
                          struct pl_error *error)
{
    found->trouble = trouble;
    if (!isfinite(found->entries))
        found->entries = 0.0;
    return in->found(in->context, found, error);
}

static enum pl_err report_other(struct inspection *in, struct pl_found *found,
                                const struct pl_root_key *key, struct pl_error *error)
{
    char trouble[128];
    found->kind = class_listed(key->class_name);
    (void)snprintf(trouble, sizeof trouble, "platen does not draw %.*s objects",
                   (int)PL_MIN(key->class_name.n, (size_t)64), key->class_name.bytes);
    found->title = pl_arena_text(in->arena, key->title.bytes, PL_MIN(key->title.n, (size_t)PATH_N));
    if (found->title == NULL)
        return no_memory(error);
    return report(in, found, trouble, error);
}

static enum pl_err report_read(struct inspection *in, struct pl_found *found,
                               const struct pl_root_key *key, enum pl_class class,
                               struct pl_error *error)
{
    struct pl_hist hist = {.title = "", .entries = 0.0};
    struct pl_error trouble = {.code = PL_OK};
    enum pl_parsed parsed = PL_PARSED_NOTHING;
    enum pl_err err = PL_E_FORMAT;
    if (key->record_n > in->record_left) {
        (void)pl_fail(&trouble, PL_E_FORMAT, "its record at byte %llu overlaps other records",
                      (unsigned long long)key->at);
    } else {
        in->record_left -= key->record_n;
        err = read_header(in, key, class, &hist, &parsed, &trouble);
    }
    found->kind = pl_class_name(class);
    if (err != PL_OK && hist.title[0] == '\0') {
        hist.title =
            pl_arena_text(in->arena, key->title.bytes, PL_MIN(key->title.n, (size_t)PATH_N));
        hist.title = hist.title != NULL ? hist.title : "";
    }
    if (err == PL_OK)
        err = pl_hist_summary(&hist, parsed, in->arena, found, &trouble);
    else
        found->title = hist.title;
    /* What is too large here may be drawn by a worker that has more; until then that says why. */
    bool bad = err != PL_OK && err != PL_E_LIMIT;
    return report(in, found, bad ? trouble.msg : NULL, error);
}

static enum pl_err report_object(struct inspection *in, const struct directory *directory,
                                 const struct pl_root_key *key, struct pl_error *error)
{
    char path[PATH_N + 1];
    bool whole = join(path, directory->path, key->name);
    make_unique(in, path, key->cycle);
    struct pl_found found = {.path = path, .title = ""};
    put_locator(&found, key);
    enum pl_class class = pl_class_of(key->class_name);
    size_t mark = pl_arena_mark(in->arena);
    enum pl_err err;
    if (!whole) {
        found.kind = "OTHER";
        err = report(in, &found, "its path is longer than 1024 bytes", error);
    } else if (pl_hist_read_class(class)) {
        err = report_read(in, &found, key, class, error);
    } else {
        err = report_other(in, &found, key, error);
    }
    pl_arena_release(in->arena, mark);
    return err;
}

/* A directory that cannot be read is listed in its place. */
static enum pl_err report_directory(struct inspection *in, const char *where, const char *trouble,
                                    struct pl_error *error)
{
    char path[PATH_N + 1];
    (void)snprintf(path, sizeof path, "%s", where);
    enum pl_err err = grow_paths(in, 1, error);
    if (err != PL_OK)
        return err;
    make_unique(in, path, 1);
    struct pl_found found = {.path = path, .kind = "OTHER", .title = ""};
    return report(in, &found, trouble, error);
}

static enum pl_err add_directory(struct inspection *in, const struct directory *parent,
                                 const struct pl_root_key *key, struct pl_error *error)
{
    char path[PATH_N + 1];
    bool whole = join(path, parent->path, key->name);
    if (!whole)
        return report_directory(in, path, "the path of this directory is longer than 1024 bytes",
                                error);
    if (parent->depth + 1 > DEPTH_MAX)
        return report_directory(in, path, "directories are nested more than 64 deep", error);
    struct directory *directory = pl_arena_zalloc(in->arena, 1, sizeof *directory);
    char *copy = pl_arena_text(in->arena, path, strlen(path));
    if (directory == NULL || copy == NULL)
        return no_memory(error);
    directory->path = copy;
    directory->record_at = key->at + key->header_n;
    directory->depth = parent->depth + 1;
    in->last->next = directory;
    in->last = directory;
    return PL_OK;
}

static uint64_t name_hash(const struct pl_root_key *key)
{
    uint64_t hash = XXH3_64bits_withSeed(key->name.bytes, key->name.n, is_directory(key));
    return hash + (hash == 0);
}

static struct name *name_of(struct inspection *in, uint64_t hash)
{
    uint64_t at = hash & (in->names_capacity - 1);
    while (in->names[at].hash != 0 && in->names[at].hash != hash)
        at = (at + 1) & (in->names_capacity - 1);
    return &in->names[at];
}

/* An empty table for n names. */
static enum pl_err clear_names(struct inspection *in, uint64_t n, struct pl_error *error)
{
    uint64_t capacity = 64;
    while (capacity < 2 * n)
        capacity *= 2;
    if (capacity > in->names_capacity) {
        in->names = pl_arena_alloc(in->arena, capacity * sizeof *in->names);
        if (in->names == NULL)
            return no_memory(error);
    }
    in->names_capacity = capacity;
    memset(in->names, 0, capacity * sizeof *in->names);
    return PL_OK;
}

/* The list of keys of a directory: its own record, holding a count and that many keys. */
static enum pl_err open_list(struct inspection *in, uint64_t record_at, struct key_list *list,
                             struct pl_error *error)
{
    struct pl_root_directory directory;
    struct pl_root_key key;
    *list = (struct key_list){.n = 0};
    enum pl_err err = pl_root_directory(&in->file, record_at, &directory, error);
    if (err != PL_OK || directory.keys_at == 0)
        return err;
    err = pl_root_key_at(&in->file, directory.keys_at, &key, error);
    if (err != PL_OK)
        return err;
    if (key.record_n > in->list_left)
        return pl_fail(error, PL_E_FORMAT,
                       "the list of keys at byte %llu overlaps others: directories in a circle",
                       (unsigned long long)key.at);
    in->list_left -= key.record_n;
    list->cur = PL_CUR(in->file.source->bytes, key.at + key.record_n);
    list->cur.at = key.at + key.header_n;
    list->n = pl_cur_be32(&list->cur);
    if (list->cur.bad || list->n > pl_cur_left(&list->cur) / KEY_LEAST_N)
        return pl_fail(error, PL_E_FORMAT,
                       "the list of keys at byte %llu promises %u keys in %u bytes",
                       (unsigned long long)key.at, list->n, key.record_n);
    in->keys_n += list->n;
    if (in->keys_n > KEYS_MAX)
        return pl_fail_param(error, PL_E_LIMIT, "keys", "the file has more than %u keys", KEYS_MAX);
    return PL_OK;
}

/* Which cycle of each name counts. */
static enum pl_err find_cycles(struct inspection *in, const struct key_list *list,
                               struct pl_error *error)
{
    enum pl_err err = clear_names(in, list->n, error);
    if (err == PL_OK)
        err = grow_paths(in, list->n, error);
    struct pl_cur cur = list->cur;
    for (uint32_t i = 0; err == PL_OK && i < list->n; i++) {
        struct pl_root_key key;
        (void)pl_root_key(&in->file, &cur, &key, NULL);
        if (cur.bad)
            break;
        uint64_t hash = name_hash(&key);
        struct name *name = name_of(in, hash);
        name->hash = hash;
        name->cycle = PL_MAX(name->cycle, (uint32_t)key.cycle);
    }
    return err;
}

/* A key whose numbers lead nowhere still has a name under which to say so. */
static enum pl_err report_key(struct inspection *in, const struct directory *directory,
                              const struct pl_root_key *key, const char *trouble,
                              struct pl_error *error)
{
    char path[PATH_N + 1];
    (void)join(path, directory->path, key->name);
    make_unique(in, path, key->cycle);
    struct pl_found found = {.path = path, .title = ""};
    found.kind = class_listed(key->class_name);
    return report(in, &found, trouble, error);
}

static enum pl_err read_key(struct inspection *in, const struct directory *directory,
                            struct pl_cur *cur, struct pl_error *error)
{
    struct pl_root_key key;
    struct pl_error trouble = {.code = PL_OK};
    enum pl_err bad = pl_root_key(&in->file, cur, &key, &trouble);
    if (cur->bad)
        return pl_fail(error, PL_E_FORMAT, "%s", trouble.msg);
    if (key.cycle < name_of(in, name_hash(&key))->cycle)
        return PL_OK;
    if (bad != PL_OK)
        return report_key(in, directory, &key, trouble.msg, error);
    if (is_directory(&key))
        return add_directory(in, directory, &key, error);
    return report_object(in, directory, &key, error);
}

static enum pl_err read_keys(struct inspection *in, const struct directory *directory,
                             struct key_list *list, struct pl_error *error)
{
    enum pl_err err = find_cycles(in, list, error);
    for (uint32_t i = 0; err == PL_OK && i < list->n; i++) {
        err = read_key(in, directory, &list->cur, error);
        if (err != PL_OK && list->cur.bad && directory != in->first) {
            char trouble[sizeof error->msg];
            (void)snprintf(trouble, sizeof trouble, "%s", error->msg);
            *error = (struct pl_error){.code = PL_OK};
            return report_directory(in, directory->path, trouble, error);
        }
    }
    return err;
}

static enum pl_err read_directory(struct inspection *in, const struct directory *directory,
                                  struct pl_error *error)
{
    struct key_list list;
    struct pl_error trouble = {.code = PL_OK};
    enum pl_err err = open_list(in, directory->record_at, &list, &trouble);
    if (err == PL_OK)
        return read_keys(in, directory, &list, error);
    if (directory == in->first || err == PL_E_LIMIT)
        return pl_fail_param(error, err, trouble.param, "%s", trouble.msg);
    return report_directory(in, directory->path, trouble.msg, error);
}

/* A file that its writer has not closed has no list of keys yet. */
static enum pl_err check_closed(const struct inspection *in, struct pl_error *error)
{
    struct pl_root_directory root;
    enum pl_err err = pl_root_directory(&in->file, in->file.directory_at, &root, error);
    if (err == PL_OK && (root.keys_at < in->file.begin || root.keys_at >= in->file.end))
        return pl_fail(error, PL_E_FORMAT,
                       "the file is incomplete: it was not closed, its list of keys is said to be "
                       "at byte %llu",
                       (unsigned long long)root.keys_at);
    return err;
}

enum pl_err pl_hist_inspect(const struct pl_source *source, struct pl_arena *arena,
                            pl_found_fn *found, void *context, struct pl_error *error)
{
    struct pl_error own = {.code = PL_OK};
    if (error == NULL)
        error = &own;
    struct inspection in = {.arena = arena, .found = found, .context = context};
    enum pl_err err = pl_root_open(source, &in.file, error);
    if (err == PL_OK)
        err = check_closed(&in, error);
    if (err != PL_OK)
        return err;
    in.list_left = in.record_left = in.file.end;
    in.layouts = pl_arena_alloc(arena, sizeof *in.layouts);
    struct directory root = {.path = "", .record_at = in.file.directory_at};
    if (in.layouts == NULL)
        return no_memory(error);
    pl_layouts_read(&in.file, arena, in.layouts);
    in.first = in.last = &root;
    for (const struct directory *at = &root; err == PL_OK && at != NULL; at = at->next)
        err = read_directory(&in, at, error);
    return err;
}
