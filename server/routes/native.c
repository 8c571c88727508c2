/* native.c - one table of paths, and the parameters of each.
 *
 * Knows nothing of what is stored and nothing of the HTTP library. Nothing is allocated. */
#include "server/routes/native.h"

#include <string.h>

#include "shm/base/check.h"

#define BIT(method) (1u << PL_METHOD_##method)

enum { READ = BIT(GET) | BIT(HEAD), OBJECT = READ | BIT(PUT) | BIT(POST) | BIT(DELETE) };

/* A path ending in '/' stands for everything below it, any other for itself alone. */
static const struct path {
    const char *path;
    enum pl_route route;
    unsigned allow;
} paths[] = {
    {"/v1/images/", PL_ROUTE_IMAGES, READ},
    {"/v1/objects/", PL_ROUTE_OBJECTS, OBJECT},
    {"/v1/objects", PL_ROUTE_LIST, READ},
    {"/v1/items/", PL_ROUTE_ITEMS, READ},
    {"/v1/images", PL_ROUTE_IMAGES, BIT(POST)},
    {"/v1/resolve", PL_ROUTE_RESOLVE, BIT(POST)},
    {"/v1/stats", PL_ROUTE_STATS, READ},
    {"/livez", PL_ROUTE_HEALTH, READ},
    {"/readyz", PL_ROUTE_HEALTH, READ},
    {"/startupz", PL_ROUTE_HEALTH, READ},
    {"/health", PL_ROUTE_HEALTH, READ},
    {"/metrics", PL_ROUTE_METRICS, READ},
    {"/web/", PL_ROUTE_WEB, READ},
    {"/plotfairy/", PL_ROUTE_DQM_PICTURE, READ},
    {"/jsonfairy/", PL_ROUTE_DQM_PICTURE, READ},
    {"/data/json/archive/", PL_ROUTE_DQM_LIST, READ},
    {"/data/json/samples", PL_ROUTE_DQM_SAMPLES, READ},
    {"/data/put", PL_ROUTE_DQM_PUT, BIT(POST)},
    {"/start", PL_ROUTE_DQM_START, READ},
    {"/cards", PL_ROUTE_CARDS, READ},
    {"/cards/", PL_ROUTE_CARDS, READ},
    {"/devices", PL_ROUTE_CARDS, READ},
    {"/devices/", PL_ROUTE_CARDS, READ},
    {"/api/", PL_ROUTE_CARDS, READ},
    {"/fs2020", PL_ROUTE_CARDS, READ},
    {"/sws", PL_ROUTE_CARDS, READ},
    {"/ed", PL_ROUTE_CARDS, READ},
};

static const struct path admin_path = {"/admin/v1/", PL_ROUTE_ADMIN, READ | BIT(POST)};
static const struct path start_page = {"/", PL_ROUTE_WEB, READ};

static bool matches(const struct path *path, const struct pl_url *url)
{
    size_t n = strlen(path->path);
    if (path->path[n - 1] == '/' && n > 1)
        return url->path_n > n && memcmp(url->path, path->path, n) == 0;
    return url->path_n == n && memcmp(url->path, path->path, n) == 0;
}

static const struct path *find(const struct pl_url *url, bool admin)
{
    for (size_t i = 0; i < PL_COUNT(paths); i++)
        if (matches(&paths[i], url))
            return &paths[i];
    if (admin && matches(&admin_path, url))
        return &admin_path;
    return matches(&start_page, url) ? &start_page : NULL;
}

bool pl_native_suffix(char *path, enum pl_media *media)
{
    static const struct {
        const char *suffix;
        enum pl_media media;
    } suffixes[] = {{".png", PL_MEDIA_PNG},
                    {".jpg", PL_MEDIA_JPEG},
                    {".jpeg", PL_MEDIA_JPEG},
                    {".json", PL_MEDIA_JSON}};
    size_t n = strlen(path);
    for (size_t i = 0; i < PL_COUNT(suffixes); i++) {
        size_t suffix_n = strlen(suffixes[i].suffix);
        if (n > suffix_n && memcmp(path + n - suffix_n, suffixes[i].suffix, suffix_n) == 0) {
            path[n - suffix_n] = '\0';
            *media = suffixes[i].media;
            return true;
        }
    }
    return false;
}

enum pl_err pl_native_version(const char *text, struct pl_stamp *out, struct pl_error *error)
{
    if (strlen(text) != 2 * PL_STAMP_N || pl_unhex(out->bytes, text, PL_STAMP_N) != 0)
        return pl_fail_param(error, PL_E_INPUT, "v", "a version is %d hexadecimal digits",
                             2 * PL_STAMP_N);
    return PL_OK;
}

static enum pl_err parse_image(struct pl_native *native, struct pl_error *error)
{
    if (!pl_native_suffix(native->rest, &native->media))
        return pl_fail_param(error, PL_E_MISSING, "path",
                             "the address of a picture ends in .png, .jpg or .json");
    const char *v = pl_url_take(&native->url, "v");
    native->pinned = v != NULL;
    return v != NULL ? pl_native_version(v, &native->version, error) : PL_OK;
}

bool pl_native_hidden(const char *name)
{
    return strncmp(name, PL_CARDS_FOLDER, sizeof PL_CARDS_FOLDER - 1) == 0;
}

/* What is read below cards/ is simply not there; what would change it is refused. */
static enum pl_err check_hidden(enum pl_method method, const struct pl_native *native,
                                struct pl_error *error)
{
    bool named = native->route == PL_ROUTE_OBJECTS || native->route == PL_ROUTE_ITEMS ||
                 native->route == PL_ROUTE_IMAGES;
    if (!named || !pl_native_hidden(native->rest))
        return PL_OK;
    if (method == PL_METHOD_GET || method == PL_METHOD_HEAD)
        return pl_fail_param(error, PL_E_MISSING, "name", "no object is stored under that name");
    return pl_fail_param(error, PL_E_INPUT, "name",
                         "names below " PL_CARDS_FOLDER " are kept for published cards");
}

bool pl_native_shows(const char *target)
{
    static const char folder[] = "/plotfairy/";
    return strncmp(target, folder, sizeof folder - 1) == 0;
}

enum pl_err pl_native_parse(enum pl_method method, bool admin, char *target, struct pl_native *out,
                            struct pl_error *error)
{
    static char nothing[1];
    out->route = PL_ROUTE_NONE;
    out->allow = 0;
    out->rest = nothing;
    out->media = PL_MEDIA_PNG;
    out->pinned = false;
    enum pl_err err = pl_url_split(target, &out->url, error);
    if (err != PL_OK) {
        if (pl_native_shows(out->url.path))
            out->route = PL_ROUTE_DQM_PICTURE;
        return err;
    }
    if (out->url.path_n > 1 && strcmp(out->url.path, "/v1/objects/") == 0)
        out->url.path[--out->url.path_n] = '\0';
    const struct path *path = find(&out->url, admin);
    if (path == NULL)
        return pl_fail_param(error, PL_E_MISSING, "path", "there is nothing under this path");
    out->route = path->route;
    out->allow = path->allow;
    size_t n = strlen(path->path);
    if (n > 1 && path->path[n - 1] == '/')
        out->rest = out->url.path + n;
    if (strcmp(path->path, "/jsonfairy/") == 0)
        out->media = PL_MEDIA_JSON;
    if (path->route == PL_ROUTE_CARDS)
        return pl_cards_address(method, out->url.path, &out->cards, &out->route, &out->allow,
                                error);
    enum pl_err hidden = check_hidden(method, out, error);
    if (hidden != PL_OK)
        return hidden;
    if ((out->allow & 1u << method) == 0 || path->route != PL_ROUTE_IMAGES || *out->rest == '\0')
        return PL_OK;
    return parse_image(out, error);
}

enum pl_err pl_native_none(const struct pl_url *url, struct pl_error *error)
{
    if (url->query_n == 0)
        return PL_OK;
    return pl_fail_param(error, PL_E_INPUT, url->query[0].name, "there is no such parameter here");
}

static enum pl_err take_number(struct pl_url *url, const char *name, unsigned least, unsigned most,
                               unsigned *out, struct pl_error *error)
{
    const char *text = pl_url_take(url, name);
    if (text == NULL)
        return PL_OK;
    uint64_t value = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9' && value <= UINT32_MAX; c++)
        value = 10 * value + (uint64_t)(*c - '0');
    if (c == text || *c != '\0' || value < least || value > most)
        return pl_fail_param(error, PL_E_INPUT, name, "must be a whole number from %u to %u", least,
                             most);
    *out = (unsigned)value;
    return PL_OK;
}

static enum pl_err take_delimiter(struct pl_url *url, char *out, struct pl_error *error)
{
    const char *delimiter = pl_url_take(url, "delimiter");
    if (delimiter == NULL || *delimiter == '\0')
        return PL_OK;
    if (delimiter[1] != '\0')
        return pl_fail_param(error, PL_E_INPUT, "delimiter", "must be one byte");
    *out = *delimiter;
    return PL_OK;
}

enum pl_err pl_native_list(struct pl_url *url, struct pl_native_list *out, struct pl_error *error)
{
    *out = (struct pl_native_list){.prefix = "", .after = "", .limit = PL_LIST_LIMIT_MAX};
    const char *prefix = pl_url_take(url, "prefix");
    const char *after = pl_url_take(url, "after");
    enum pl_err err = take_number(url, "limit", 1, PL_LIST_LIMIT_MAX, &out->limit, error);
    if (err == PL_OK)
        err = take_delimiter(url, &out->delimiter, error);
    if (prefix != NULL)
        out->prefix = prefix;
    if (after != NULL)
        out->after = after;
    return err != PL_OK ? err : pl_native_none(url, error);
}

enum pl_err pl_native_items(struct pl_url *url, struct pl_native_items *out, struct pl_error *error)
{
    *out = (struct pl_native_items){.prefix = "", .limit = PL_LIST_LIMIT_MAX};
    const char *prefix = pl_url_take(url, "prefix");
    enum pl_err err = take_number(url, "from", 0, UINT32_MAX, &out->from, error);
    if (err == PL_OK)
        err = take_number(url, "limit", 1, PL_LIST_LIMIT_MAX, &out->limit, error);
    if (err == PL_OK)
        err = take_delimiter(url, &out->delimiter, error);
    if (prefix != NULL)
        out->prefix = prefix;
    return err != PL_OK ? err : pl_native_none(url, error);
}

static const char *const method_names[PL_METHOD_COUNT] = {
    [PL_METHOD_GET] = "GET",   [PL_METHOD_HEAD] = "HEAD",     [PL_METHOD_PUT] = "PUT",
    [PL_METHOD_POST] = "POST", [PL_METHOD_DELETE] = "DELETE", [PL_METHOD_OTHER] = "OTHER",
};

enum pl_method pl_native_method(const char *text)
{
    for (unsigned m = 0; m < PL_METHOD_OTHER; m++)
        if (strcmp(text, method_names[m]) == 0)
            return (enum pl_method)m;
    return PL_METHOD_OTHER;
}

const char *pl_method_name(enum pl_method method)
{
    return method < PL_METHOD_COUNT ? method_names[method] : "OTHER";
}
