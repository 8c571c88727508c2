/* replay_main.c - run a fuzz target over the files named on the command line, and over none: the empty input.
 * Linked instead of libFuzzer's main where the sanitizers are gcc's. Prints one line a file before running
 * it, so that the last line names the file that crashed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak)); /* not every target's */

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t capacity = 1 << 16, n = 0;
    uint8_t *bytes = malloc(capacity);
    while (bytes != NULL) {
        n += fread(bytes + n, 1, capacity - n, file);
        if (n < capacity)
            break;
        capacity *= 2;
        uint8_t *more = realloc(bytes, capacity);
        if (more == NULL)
            free(bytes);
        bytes = more;
    }
    (void)fclose(file);
    uint8_t *exact = bytes != NULL ? malloc(n) : NULL; /* what is read behind its end is seen */
    if (exact != NULL)
        memcpy(exact, bytes, n);
    free(bytes);
    if (exact == NULL)
        return 1;
    printf("%s (%zu bytes)\n", path, n);
    (void)fflush(stdout);
    (void)LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (LLVMFuzzerInitialize != NULL)
        (void)LLVMFuzzerInitialize(&argc, &argv);
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        failed |= replay(argv[i]);
    return failed;
}
