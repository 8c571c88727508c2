/* test_limits.c - limits of containers, read below a made-up root, and the memory sum made of them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "server/config/config_priv.h"

#define MIB (UINT64_C(1) << 20)

static char root[64];
static struct pl_error error;

static void put(const char *path, const char *text)
{
    char name[512];
    (void)snprintf(name, sizeof name, "%s%s", root, path);
    for (char *at = name + strlen(root) + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        (void)mkdir(name, 0700);
        *at = '/';
    }
    FILE *out = fopen(name, "w");
    cr_assert_not_null(out, "%s", name);
    cr_assert_geq(fputs(text, out), 0);
    cr_assert_eq(fclose(out), 0);
}

static void start(void)
{
    (void)snprintf(root, sizeof root, "/tmp/test_limits.XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    put("/proc/meminfo", "MemTotal:        8388608 kB\nMemFree: 1 kB\n");
    error = (struct pl_error){0};
}

static void stop(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    cr_assert_eq(system(command), 0);
}

TestSuite(limits, .init = start, .fini = stop, .timeout = 120);

static struct pl_limits read_limits(void)
{
    struct pl_limits limits;
    pl_limits_read_at(root, 8, &limits);
    return limits;
}

static void assert_memory(uint64_t mib, const char *from)
{
    struct pl_limits limits = read_limits();
    cr_assert_eq(limits.memory_bytes, mib * MIB, "%llu", (unsigned long long)limits.memory_bytes);
    cr_assert_str_eq(limits.memory_from, from);
}

Test(limits, without_cgroups_it_is_the_machine)
{
    assert_memory(8192, "RAM");
    cr_assert_eq(read_limits().cpus, 8);
}

Test(limits, the_least_of_all_ancestors_counts_in_version_2)
{
    put("/proc/self/cgroup", "0::/a/b/c\n");
    put("/sys/fs/cgroup/a/b/c/memory.max", "max\n");
    put("/sys/fs/cgroup/a/b/memory.max", "536870912\n");
    put("/sys/fs/cgroup/a/memory.max", "1073741824\n");
    put("/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/a/cpu.max", "250000 100000\n");
    assert_memory(512, "cgroup v2");
    cr_assert_eq(read_limits().cpus, 3); /* 2.5 */
}

Test(limits, a_container_sees_its_own_group_as_the_root)
{
    put("/proc/self/cgroup", "0::/\n");
    put("/sys/fs/cgroup/memory.max", "268435456\n");
    put("/sys/fs/cgroup/cpu.max", "10000 100000\n");
    assert_memory(256, "cgroup v2");
    cr_assert_eq(read_limits().cpus, 1);
}

Test(limits, a_path_that_is_not_visible_still_leaves_the_mount)
{
    put("/proc/self/cgroup", "5:memory:/docker/0123\n4:cpu,cpuacct:/docker/0123\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728\n");
    put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    assert_memory(128, "cgroup v1");
    cr_assert_eq(read_limits().cpus, 2);
}

Test(limits, unlimited_groups_of_version_1_leave_the_machine)
{
    put("/proc/self/cgroup", "5:memory:/x\n4:cpu:/x\n");
    put("/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n");
    assert_memory(8192, "RAM");
    cr_assert_eq(read_limits().cpus, 8);
}

Test(limits, a_group_outside_of_the_namespace_reads_the_mount_only)
{
    put("/proc/self/cgroup", "0::/../../other\n");
    put("/sys/fs/cgroup/memory.max", "67108864\n");
    assert_memory(64, "cgroup v2");
}

Test(limits, nonsense_is_no_limit)
{
    put("/proc/self/cgroup", "nonsense\n0:\n0::relative\n0::/a\n");
    put("/sys/fs/cgroup/a/memory.max", "\n");
    put("/sys/fs/cgroup/a/cpu.max", "0 0\n");
    assert_memory(8192, "RAM");
    cr_assert_eq(read_limits().cpus, 8);
}

static enum pl_err plan_for(uint64_t mib, unsigned cpus, const char *const *settings,
                            struct pl_config **config, struct pl_plan *plan)
{
    struct pl_limits limits = {.memory_bytes = mib * MIB, .memory_from = "cgroup v2", .cpus = cpus};
    struct pl_config_request request = {.settings = settings};
    while (settings != NULL && settings[request.settings_n] != NULL)
        request.settings_n++;
    cr_assert_eq(pl_config_load(&request, config, &error), PL_OK, "%s", error.msg);
    return pl_config_plan(*config, &limits, plan, &error);
}

Test(limits, the_defaults_fit_small_and_large_containers)
{
    static const struct {
        uint64_t mib;
        unsigned cpus;
    } machines[] = {{192, 1}, {256, 1},  {256, 2},  {512, 1},
                    {512, 2}, {1024, 2}, {4096, 8}, {262144, 64}};
    for (unsigned i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        struct pl_config *config;
        struct pl_plan plan;
        cr_assert_eq(plan_for(machines[i].mib, machines[i].cpus, NULL, &config, &plan), PL_OK,
                     "%llu MiB: %s", (unsigned long long)machines[i].mib, error.msg);
        cr_assert_leq(plan.sum, machines[i].mib * MIB);
        cr_assert_eq(plan.sum,
                     plan.map + plan.workers + plan.fronts + plan.keeper + plan.board + plan.slack);
        cr_assert_geq(config->workers_memory, 16 * MIB);
        cr_assert_leq(config->workers_memory, 256 * MIB);
        cr_assert_leq(config->cache_size, 1024 * MIB);
        cr_assert_eq(config->workers_render, machines[i].cpus > 48 ? 48 : machines[i].cpus);
        cr_assert_str_eq(config->origin[PL_OPTION_cache_size], "default, auto");
        pl_config_free(&config);
    }
}

Test(limits, a_sum_that_does_not_fit_is_refused_with_its_arithmetic)
{
    static const char *const settings[] = {"cache.size=400MiB", "workers.memory=100MiB", NULL};
    struct pl_config *config;
    struct pl_plan plan;
    cr_assert_eq(plan_for(512, 2, settings, &config, &plan), PL_E_INPUT);
    cr_assert_gt(plan.sum, 512 * MIB);
    static const char *const parts[] = {"map 400", "2x106", "limit 512 MiB (cgroup v2)",
                                        "lower cache.size"};
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cr_assert_not_null(strstr(error.msg, parts[i]), "'%s' not in '%s'", parts[i], error.msg);
    pl_config_free(&config);
}

Test(limits, auto_makes_do_with_little_memory)
{
    static const char *const settings[] = {"cache.size=32MiB", NULL};
    static const char *const fixed[] = {"cache.size=32MiB", "workers.front=2", "workers.render=2",
                                        "http.connections=1000", NULL};
    struct pl_config *config;
    struct pl_plan plan;
    cr_assert_eq(plan_for(128, 2, settings, &config, &plan), PL_OK, "%s", error.msg);
    cr_assert_leq(plan.sum, 128 * MIB);
    cr_assert_eq(config->workers_front, 1);
    cr_assert_eq(config->workers_render, 2);
    cr_assert_geq(config->workers_memory, 16 * MIB);
    pl_config_free(&config);
    cr_assert_eq(plan_for(128, 2, fixed, &config, &plan), PL_E_INPUT);
    pl_config_free(&config);
    error = (struct pl_error){0};
    cr_assert_eq(plan_for(1024, 2, settings, &config, &plan), PL_OK);
    cr_assert_eq(config->workers_front, 2);
    pl_config_free(&config);
}

Test(limits, with_card_packs_two_of_each_make_do_with_little_memory)
{
    struct pl_config *config;
    struct pl_plan plan;
    const char *settings[] = {"cache.size=32MiB", "cards.pack=/nowhere", "workers.render=2",
                              "workers.front=2", NULL};
    cr_assert_eq(plan_for(128, 2, settings, &config, &plan), PL_OK, "%s", error.msg);
    cr_assert_leq(plan.sum, 128 * MIB);
    cr_assert_geq(config->http_connections, 64);
    cr_assert_geq(config->workers_memory, 16 * MIB);
    pl_config_free(&config);
    settings[2] = NULL; /* one is chosen, with room for the largest cards */
    cr_assert_eq(plan_for(128, 2, settings, &config, &plan), PL_OK, "%s", error.msg);
    cr_assert_eq(config->workers_render, 1);
    cr_assert_geq(config->workers_memory, 32 * MIB);
    pl_config_free(&config);
}

Test(limits, a_percentage_is_of_the_limit)
{
    static const char *const settings[] = {"cache.size=25%", NULL};
    static const char *const small[] = {"cache.size=1%", NULL};
    struct pl_config *config;
    struct pl_plan plan;
    cr_assert_eq(plan_for(1024, 2, settings, &config, &plan), PL_OK, "%s", error.msg);
    cr_assert_leq(config->cache_size, 256 * MIB);
    cr_assert_geq(config->cache_size, 255 * MIB);
    pl_config_free(&config);
    cr_assert_eq(plan_for(1024, 2, small, &config, &plan), PL_E_INPUT);
    cr_assert_not_null(strstr(error.msg, "outside its range"));
    pl_config_free(&config);
}
