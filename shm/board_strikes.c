/* board_strikes.c - which sources ended or outlasted workers too often.
 *
 * A small table inside the board, used with its lock held. When it is full the entry struck longest
 * ago makes room: what is forgotten must crash anew before it is refused again.
 */
#include <string.h>

#include "shm/base/check.h"
#include "shm/base/clock.h"
#include "shm/board_priv.h"

static bool is_anonymous(const uint8_t *culprit)
{
    static const uint8_t none[PL_BOARD_ID_N];
    return memcmp(culprit, none, sizeof none) == 0;
}

static int find(const struct pl_board *board, const uint8_t *culprit)
{
    for (unsigned i = 0; i < PL_BOARD_CULPRITS; i++)
        if (board->culprit[i].used &&
            memcmp(board->culprit[i].culprit, culprit, PL_BOARD_ID_N) == 0)
            return (int)i;
    return -1;
}

static unsigned make_room(struct pl_board *board, const uint8_t *culprit)
{
    unsigned oldest = 0;
    for (unsigned i = 0; i < PL_BOARD_CULPRITS; i++) {
        if (!board->culprit[i].used) {
            oldest = i;
            break;
        }
        if (board->culprit[i].last_ns < board->culprit[oldest].last_ns)
            oldest = i;
    }
    struct pl_board_culprit *entry = &board->culprit[oldest];
    __atomic_store_n(&entry->used, 0, __ATOMIC_RELEASE);
    memset(entry, 0, sizeof *entry);
    memcpy(entry->culprit, culprit, PL_BOARD_ID_N);
    __atomic_store_n(&entry->used, 1, __ATOMIC_RELEASE);
    return oldest;
}

void pl_board_strike(struct pl_board *board, const uint8_t *culprit, bool late, uint64_t now_ns)
{
    if (is_anonymous(culprit))
        return;
    int found = find(board, culprit);
    struct pl_board_culprit *entry =
        &board->culprit[found >= 0 ? (unsigned)found : make_room(board, culprit)];
    entry->last_ns = now_ns;
    if (late)
        entry->late_ns[entry->lates++ % PL_BOARD_STRIKES_LATE] = now_ns;
    else
        entry->crashes++;
}

/* When the refusal for lateness ends; 0 when there is none. */
static uint64_t late_until(const struct pl_board_culprit *entry, uint64_t now_ns)
{
    uint64_t newest = 0;
    if (entry->lates < PL_BOARD_STRIKES_LATE)
        return 0;
    for (unsigned i = 0; i < PL_BOARD_STRIKES_LATE; i++) {
        if (entry->late_ns[i] + PL_BOARD_STRIKE_WINDOW_NS <= now_ns)
            return 0;
        newest = PL_MAX(newest, entry->late_ns[i]);
    }
    return newest + PL_BOARD_STRIKE_WINDOW_NS;
}

enum pl_err pl_board_judge(const struct pl_board *board, const uint8_t *culprit, uint64_t now_ns,
                           struct pl_error *error)
{
    int i = is_anonymous(culprit) ? -1 : find(board, culprit);
    if (i < 0)
        return PL_OK;
    const struct pl_board_culprit *entry = &board->culprit[i];
    if (entry->crashes >= PL_BOARD_STRIKES_CRASH)
        return pl_fail(
            error, PL_E_FORMAT,
            "this source ended %u render processes and is refused until it is uploaded anew",
            entry->crashes);
    uint64_t until = late_until(entry, now_ns);
    if (until == 0)
        return PL_OK;
    return pl_fail(error, PL_E_FORMAT,
                   "this source took too long %u times and is refused for another %llu s",
                   entry->lates, (unsigned long long)((until - now_ns) / PL_S_NS + 1));
}

unsigned pl_board_quarantined(const struct pl_board *board, uint64_t now_ns)
{
    unsigned n = 0;
    for (unsigned i = 0; i < PL_BOARD_CULPRITS; i++)
        if (board->culprit[i].used && (board->culprit[i].crashes >= PL_BOARD_STRIKES_CRASH ||
                                       late_until(&board->culprit[i], now_ns) != 0))
            n++;
    return n;
}

unsigned pl_board_unquarantine(struct pl_board *board)
{
    pl_board_lock(board);
    unsigned n = 0;
    for (unsigned i = 0; i < PL_BOARD_CULPRITS; i++) {
        n += board->culprit[i].used != 0;
        __atomic_store_n(&board->culprit[i].used, 0, __ATOMIC_RELEASE);
    }
    pl_board_unlock(board, NULL);
    return n;
}

enum pl_err pl_board_refused(struct pl_board *board, const uint8_t culprit[PL_BOARD_ID_N],
                             struct pl_error *error)
{
    pl_board_lock(board);
    enum pl_err result = pl_board_judge(board, culprit, pl_now_ns(), error);
    pl_board_unlock(board, NULL);
    return result;
}
