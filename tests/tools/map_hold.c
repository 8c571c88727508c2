/* map_hold.c - look at one version of a server's cache map until standard input ends: the stuck
 * reader of the end-to-end tests. Prints "held" when it does.
 *
 *     map_hold FOLDER
 */
#include <stdio.h>

#include "shm/cache_priv.h"

int main(int argc, char **argv)
{
    struct pl_cache *cache;
    struct pl_error error = {0};
    if (argc != 2 || pl_cache_open(&cache, argv[1], NULL, true, &error) != PL_OK ||
        mdb_txn_renew(cache->reader) != 0) {
        fprintf(stderr, "map_hold: %s\n", error.msg);
        return 1;
    }
    puts("held");
    (void)fflush(stdout);
    while (getchar() != EOF)
        continue;
    mdb_txn_reset(cache->reader);
    pl_cache_close(&cache);
    return 0;
}
