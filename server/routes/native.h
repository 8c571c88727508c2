/* native.h - platen's own URLs: request target -> request record. Pure: no catalogue, no HTTP
 * library.
 *
 *     /v1/objects/NAME                     GET HEAD PUT POST DELETE
 *     /v1/objects?prefix=&after=&limit=&delimiter=    GET HEAD
 *     /v1/items/NAME?from=&limit=          GET HEAD
 *     /v1/images/NAME/SELECTOR.png|jpg|json     GET HEAD
 *     /v1/images                           POST
 *     /v1/resolve                          POST
 *     /v1/stats /livez /readyz /startupz /health /metrics / /web/FILE      GET HEAD
 *     /admin/v1/COMMAND                    GET HEAD POST, admin listener only
 *     and the addresses of server/routes/dqm.h and server/routes/cards.h
 *
 * Names below cards/ belong to published cards: they are not among the objects here.
 *
 * Where NAME ends and SELECTOR begins is not decided here: that takes the catalogue (resolve.c).
 */
#ifndef PL_NATIVE_H
#define PL_NATIVE_H

#include "server/admin/metric.h"
#include "server/routes/cards.h"
#include "server/routes/url.h"
#include "shm/key.h"

enum { PL_LIST_LIMIT_MAX = 1000 };

struct pl_native {
    enum pl_route route;
    unsigned allow; /* 1 << PL_METHOD_* of what this path answers to */
    struct pl_url url;
    char *rest; /* NAME; or NAME/SELECTOR without its suffix; or the command; "" when none */
    enum pl_media media; /* images: from the suffix; DQM pictures: PNG or JSON, from the path */
    bool pinned;         /* images: v= was given: */
    struct pl_stamp version;
    struct pl_cards_address cards; /* of the routes of cards */
};

/* pl_native_parse - read the target for `method`.
 *
 * target  NUL-terminated, overwritten; must outlive *out
 * admin   the request came in on the admin listener
 * returns PL_OK (also when the method is not among `allow`: the caller answers 405), PL_E_MISSING
 * for an unknown path, PL_E_INPUT naming what is malformed after   out->route is set whatever is
 * returned
 */
enum pl_err pl_native_parse(enum pl_method method, bool admin, char *target, struct pl_native *out,
                            struct pl_error *error);

/* pl_native_shows - whether the target, as it came, is meant to be shown by <img>: then also a
 * refusal is a picture. */
bool pl_native_shows(const char *target);

struct pl_native_list {
    const char *prefix, *after; /* "" when not given */
    char delimiter;             /* 0 when not given */
    unsigned limit;
};
/* The parameters of a listing, of a listing of items, and of a request that takes none. */
enum pl_err pl_native_list(struct pl_url *url, struct pl_native_list *out, struct pl_error *error);
struct pl_native_items {
    const char *prefix; /* "" when not given */
    char delimiter;     /* 0 when not given */
    unsigned from, limit;
};
enum pl_err pl_native_items(struct pl_url *url, struct pl_native_items *out,
                            struct pl_error *error);
enum pl_err pl_native_none(const struct pl_url *url, struct pl_error *error);

/* pl_native_version - 32 hexadecimal digits to a stamp; PL_E_INPUT naming `v`. */
enum pl_err pl_native_version(const char *text, struct pl_stamp *out, struct pl_error *error);

/* pl_native_hidden - is this the name of something that only other addresses show? */
bool pl_native_hidden(const char *name);

/* pl_native_suffix - cut ".png", ".jpg", ".jpeg" or ".json" off; false when there is none. */
bool pl_native_suffix(char *path, enum pl_media *media);

/* pl_native_method - "GET" -> PL_METHOD_GET; PL_METHOD_OTHER when platen answers to none such. */
enum pl_method pl_native_method(const char *text);
const char *pl_method_name(enum pl_method method);

#endif
