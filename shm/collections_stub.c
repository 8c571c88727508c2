/* collections_stub.c - a store without collections, until it has them. */
#include "shm/store.h"
#define WEAK __attribute__((weak))
WEAK enum pl_err pl_store_collection(struct pl_store *store, const char *name,
                                     struct pl_collection *out, struct pl_error *error)
{
    (void)store, (void)name, (void)out;
    return pl_fail(error, PL_E_MISSING, "there are no collections");
}
WEAK enum pl_err pl_store_member(struct pl_store *store, const struct pl_collection *collection,
                                 const char *path, struct pl_member *out,
                                 struct pl_reports *reports, struct pl_error *error)
{
    (void)store, (void)collection, (void)path, (void)out, (void)reports;
    return pl_fail(error, PL_E_MISSING, "there are no collections");
}
WEAK enum pl_err pl_store_collections(struct pl_store *store, const char *prefix, const char *after,
                                      unsigned most, pl_store_collections_fn *visit, void *context,
                                      bool *more, struct pl_error *error)
{
    (void)store, (void)prefix, (void)after, (void)most, (void)visit, (void)context, (void)error;
    *more = false;
    return PL_OK;
}
WEAK enum pl_err pl_store_members(struct pl_store *store, const struct pl_collection *collection,
                                  const char *prefix, const char *after, char delimiter,
                                  unsigned most, pl_store_members_fn *visit, void *context,
                                  bool *more, struct pl_error *error)
{
    (void)store, (void)collection, (void)prefix, (void)after, (void)delimiter, (void)most;
    (void)visit, (void)context, (void)error;
    *more = false;
    return PL_OK;
}
