/* limits.c - what the container or machine allows: memory and CPUs.
 *
 * A cgroup limits all below it, so the least over the group and its ancestors counts. Where the
 * path of /proc/self/cgroup is not visible (a container without a cgroup namespace sees its own
 * group as the root of /sys/fs/cgroup) the parts that do exist are read, down to the root of the
 * mount. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/config_priv.h"
#include "shm/base/check.h"

enum { PATH_N = 4352, LINE_N = 4096 };

struct reading {
    const char *root;
    struct pl_limits *out;
    uint64_t quota_cpus; /* UINT64_MAX = no quota */
};

/* First line of root+path+file; false when there is none. */
static bool first_line(const char *root, const char *path, const char *file, char *line, size_t n)
{
    char name[PATH_N];
    if ((size_t)snprintf(name, sizeof name, "%s%s%s", root, path, file) >= sizeof name)
        return false;
    FILE *in = fopen(name, "re");
    if (in == NULL)
        return false;
    bool read = fgets(line, (int)n, in) != NULL;
    (void)fclose(in);
    return read;
}

static bool number_in(const char *root, const char *path, const char *file, uint64_t *out)
{
    char line[128], *rest;
    if (!first_line(root, path, file, line, sizeof line))
        return false;
    *out = strtoull(line, &rest, 10);
    return rest != line;
}

static void lower_memory(struct reading *reading, uint64_t bytes, const char *from)
{
    if (bytes >= reading->out->memory_bytes)
        return;
    reading->out->memory_bytes = bytes;
    reading->out->memory_from = from;
}

static void lower_cpus(struct reading *reading, uint64_t quota, uint64_t period)
{
    if (quota > 0 && period > 0)
        reading->quota_cpus = PL_MIN(reading->quota_cpus, (quota + period - 1) / period);
}

static void read_v2(struct reading *reading, const char *group)
{
    uint64_t bytes, quota, period;
    char line[128];
    if (number_in(reading->root, group, "/memory.max", &bytes)) /* "max" is no number */
        lower_memory(reading, bytes, "cgroup v2");
    if (first_line(reading->root, group, "/cpu.max", line, sizeof line)) {
        char *rest;
        quota = strtoull(line, &rest, 10);
        period = rest != line ? strtoull(rest, NULL, 10) : 0;
        lower_cpus(reading, quota, period);
    }
}

static void read_v1_memory(struct reading *reading, const char *group)
{
    uint64_t bytes;
    if (number_in(reading->root, group, "/memory.limit_in_bytes", &bytes))
        lower_memory(reading, bytes, "cgroup v1");
}

static void read_v1_cpu(struct reading *reading, const char *group)
{
    uint64_t quota, period;
    char line[128];
    if (!first_line(reading->root, group, "/cpu.cfs_quota_us", line, sizeof line) || line[0] == '-')
        return;
    quota = strtoull(line, NULL, 10);
    if (number_in(reading->root, group, "/cpu.cfs_period_us", &period))
        lower_cpus(reading, quota, period);
}

typedef void read_group_fn(struct reading *reading, const char *group);

/* The group at mount+path, then each ancestor up to the mount. */
static void walk_up(struct reading *reading, const char *mount, const char *path,
                    read_group_fn *read)
{
    char group[PATH_N];
    bool outside = strstr(path, "..") != NULL; /* we were moved out of the namespace's root */
    int n = snprintf(group, sizeof group, "%s%s", mount, outside ? "" : path);
    size_t mount_n = strlen(mount);
    if (n < 0 || (size_t)n >= sizeof group)
        return;
    for (;;) {
        read(reading, group);
        char *slash = strrchr(group, '/');
        if (slash == NULL || (size_t)(slash - group) < mount_n)
            break;
        *slash = '\0';
    }
}

static bool has_controller(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name))
        if ((at == list || at[-1] == ',') && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

/* "ID:CONTROLLERS:PATH"; ID 0 with no controllers is version 2. */
static void read_membership(struct reading *reading, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
    if (path == NULL || path[1] != '/')
        return;
    *controllers++ = '\0';
    *path++ = '\0';
    if (strcmp(path, "/") == 0)
        path++;
    if (*controllers == '\0') {
        walk_up(reading, "/sys/fs/cgroup", path, read_v2);
        walk_up(reading, "/sys/fs/cgroup/unified", path, read_v2);
    }
    if (has_controller(controllers, "memory"))
        walk_up(reading, "/sys/fs/cgroup/memory", path, read_v1_memory);
    if (has_controller(controllers, "cpu")) {
        walk_up(reading, "/sys/fs/cgroup/cpu", path, read_v1_cpu);
        walk_up(reading, "/sys/fs/cgroup/cpu,cpuacct", path, read_v1_cpu);
    }
}

static uint64_t physical_memory(const char *root)
{
    char name[PATH_N], line[256];
    unsigned long long kib = 0;
    (void)snprintf(name, sizeof name, "%s/proc/meminfo", root);
    FILE *in = fopen(name, "re");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        if (sscanf(line, "MemTotal: %llu kB", &kib) == 1)
            break;
    if (in != NULL)
        (void)fclose(in);
    return kib * 1024;
}

void pl_limits_read_at(const char *root, unsigned cpus_allowed, struct pl_limits *out)
{
    struct reading reading = {.root = root, .out = out, .quota_cpus = UINT64_MAX};
    uint64_t ram = physical_memory(root);
    *out = (struct pl_limits){.memory_bytes = UINT64_MAX, .memory_from = "RAM"};
    if (ram > 0)
        out->memory_bytes = ram;
    char name[PATH_N], line[LINE_N];
    (void)snprintf(name, sizeof name, "%s/proc/self/cgroup", root);
    FILE *in = fopen(name, "re");
    while (in != NULL && fgets(line, sizeof line, in) != NULL)
        read_membership(&reading, line);
    if (in != NULL)
        (void)fclose(in);
    out->cpus = (unsigned)PL_MIN((uint64_t)PL_MAX(cpus_allowed, 1U), reading.quota_cpus);
}

void pl_limits_read(struct pl_limits *out)
{
    cpu_set_t set;
    unsigned cpus = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cpus = (unsigned)CPU_COUNT(&set);
    pl_limits_read_at("", cpus, out);
}
