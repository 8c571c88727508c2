/* test_counters.c - counters a slot, and the table of processes they are numbered by. */
#include "shm/counters.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm/procs.h"

static struct pl_counters *counters;

static void set_up(void)
{
    cr_assert_eq(pl_counters_make(&counters, 5, 700, NULL), PL_OK);
}

static void tear_down(void)
{
    pl_counters_free(&counters);
    cr_assert_null(counters);
}

TestSuite(counters, .init = set_up, .fini = tear_down, .timeout = 120);

Test(counters, begin_at_zero_and_do_not_touch_each_other)
{
    for (unsigned slot = 0; slot < 5; slot++)
        for (unsigned number = 0; number < 700; number++) {
            cr_assert_eq(pl_counters_get(counters, slot, number), 0);
            pl_counters_set(counters, slot, number, slot * 1000 + number);
        }
    for (unsigned slot = 0; slot < 5; slot++)
        for (unsigned number = 0; number < 700; number++)
            cr_assert_eq(pl_counters_get(counters, slot, number), slot * 1000 + number);
}

Test(counters, sum_goes_over_all_slots)
{
    pl_counters_add(counters, 0, 699, 1);
    pl_counters_add(counters, 4, 699, UINT64_C(1) << 40);
    pl_counters_add(counters, 4, 699, 5);
    cr_assert_eq(pl_counters_sum(counters, 699), (UINT64_C(1) << 40) + 6);
    cr_assert_eq(pl_counters_sum(counters, 698), 0);
}

Test(counters, survive_the_process_that_counted)
{
    pid_t pid = fork();
    if (pid == 0) {
        pl_counters_add(counters, 3, 7, 41);
        (void)raise(SIGKILL);
    }
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cr_assert_eq(pl_counters_get(counters, 3, 7), 41);
}

Test(counters, four_processes_in_one_slot_lose_nothing)
{
    for (int child = 0; child < 4; child++)
        if (fork() == 0) {
            for (int i = 0; i < 50000; i++)
                pl_counters_add(counters, 1, 1, 1);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    cr_assert_eq(pl_counters_sum(counters, 1), 200000);
}

Test(counters, a_slot_out_of_range_ends_the_process, .signal = SIGABRT)
{
    pl_counters_add(counters, 5, 0, 1);
}

Test(counters, a_number_out_of_range_ends_the_process, .signal = SIGABRT)
{
    pl_counters_add(counters, 0, 700, 1);
}

Test(procs, the_table_is_empty_shared_and_bounded)
{
    struct pl_procs *procs = NULL;
    cr_assert_eq(pl_procs_make(&procs, PL_PROCS_MAX + 1, NULL), PL_E_LIMIT);
    cr_assert_eq(pl_procs_make(&procs, 0, NULL), PL_E_LIMIT);
    cr_assert_eq(pl_procs_make(&procs, 4, NULL), PL_OK);
    cr_assert_eq(procs->n, 4);
    cr_assert_eq(procs->proc[3].state, PL_PROC_EMPTY);
    pid_t pid = fork();
    if (pid == 0) {
        procs->proc[3].jobs = 9;
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    cr_assert_eq(procs->proc[3].jobs, 9);
    pl_procs_free(&procs);
    cr_assert_null(procs);
}

Test(procs, every_role_and_state_has_a_name)
{
    cr_assert_str_eq(pl_role_name(PL_ROLE_FRONT), "front");
    cr_assert_str_eq(pl_role_name(PL_ROLE_KEEPER), "keeper");
    cr_assert_str_eq(pl_role_name(PL_ROLE_COUNT), "unknown");
    cr_assert_str_eq(pl_proc_state_name(PL_PROC_IDLE), "idle");
    cr_assert_str_eq(pl_proc_state_name(PL_PROC_DEAD), "dead");
    cr_assert_str_eq(pl_proc_state_name((enum pl_proc_state)99), "unknown");
}
