/* Forms, fed in pieces of every size. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "server/http/multipart.h"
#include "shm/base/buf.h"
#include "shm/base/check.h"

TestSuite(multipart, .timeout = 120);

/* What a sink was told, as text: [name|file]data. */
static enum pl_err note_part(void *context, const char *name, const char *file,
                             struct pl_error *error)
{
    return pl_buf_print(context, error, "[%s|%s]", name, file != NULL ? file : "-");
}

static enum pl_err note_data(void *context, const uint8_t *bytes, size_t n, struct pl_error *error)
{
    return pl_buf_add(context, bytes, n, error);
}

static enum pl_err note_end(void *context, struct pl_error *error)
{
    return pl_buf_text(context, ".", error);
}

/* Feed body in pieces of `step`; the told text into out. */
static enum pl_err feed(const char *type, const char *body, size_t n, size_t step, char *out,
                        size_t size)
{
    static struct pl_multipart form;
    struct pl_buf told = PL_BUF(1 << 20);
    struct pl_error error = {0};
    const struct pl_multipart_sink sink = {note_part, note_data, note_end, &told};
    enum pl_err err = pl_multipart_start(&form, type, &error);
    for (size_t at = 0; err == PL_OK && at < n; at += step)
        err = pl_multipart_add(&form, body + at, PL_MIN(step, n - at), &sink, &error);
    if (err == PL_OK)
        err = pl_multipart_end(&form, &error);
    (void)snprintf(out, size, "%.*s", (int)told.n, told.bytes != NULL ? (char *)told.bytes : "");
    pl_buf_free(&told);
    return err;
}

static const char type[] = "multipart/form-data; boundary=AB";
#define PART(name) "Content-Disposition: form-data; name=" name "\r\n\r\n"

Test(multipart, parts_come_out_whatever_the_pieces)
{
    static const char body[] = "preamble\r\n--AB\r\n" PART(
        "\"size\"") "12\r\n--AB \t\r\n"
                    "content-type: text/plain\r\nCONTENT-DISPOSITION: form-data; filename=\"a "
                    "\\\"b.root\"; "
                    "name=file\r\n\r\nx\r\n--A\r\r\n-\r\n\r\ny\r\n--AB--\r\nepilogue\r\n--AB\r\n";
    static const char wanted[] = "[size|-]12.[file|a \"b.root]x\r\n--A\r\r\n-\r\n\r\ny.";
    for (size_t step = 1; step < sizeof body; step++) {
        char told[400];
        cr_assert_eq(feed(type, body, sizeof body - 1, step, told, sizeof told), PL_OK, "%zu",
                     step);
        cr_assert_str_eq(told, wanted, "in pieces of %zu", step);
    }
}

Test(multipart, a_form_may_begin_with_its_boundary_and_have_empty_parts)
{
    static const char body[] = "--AB\r\n" PART("x") "\r\n--AB--";
    char told[100];
    cr_assert_eq(feed(type, body, sizeof body - 1, 3, told, sizeof told), PL_OK);
    cr_assert_str_eq(told, "[x|-].");
}

Test(multipart, what_is_no_form_is_refused)
{
    static const char *const bad[] = {
        "",
        "hello",
        "--AB\r\n" PART("x") "data",
        "--AB\r\n" PART("x") "data\r\n--AB",
        "--AB\r\n" PART("x") "data\r\n--AB-",
        "--ABC\r\n" PART("x") "data\r\n--ABC--",
        "--ABxx\r\n",
        "--AB\r\n\r\ndata\r\n--AB--",
        "--AB\r\nContent-Type: x\r\n\r\ndata\r\n--AB--",
        "--AB\r\nContent-Disposition: form-data; filename=x\r\n\r\ndata\r\n--AB--",
        "--AB\r\nContent-Transfer-Encoding: base64\r\n" PART("x") "data\r\n--AB--",
    };
    char told[400];
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        cr_assert_eq(feed(type, bad[i], strlen(bad[i]), 7, told, sizeof told), PL_E_INPUT,
                     "%zu: %s", i, bad[i]);
}

Test(multipart, headers_and_parts_are_bounded)
{
    static char body[8192], told[8192];
    int n = snprintf(body, sizeof body, "--AB\r\nX: ");
    memset(body + n, 'x', 5000);
    cr_assert_eq(feed(type, body, 6000, 100, told, sizeof told), PL_E_INPUT);
    n = 0;
    for (int i = 0; i <= PL_MULTIPART_PARTS; i++)
        n += snprintf(body + n, sizeof body - (size_t)n, "--AB\r\n" PART("x") "\r\n");
    n += snprintf(body + n, sizeof body - (size_t)n, "--AB--");
    cr_assert_eq(feed(type, body, (size_t)n, 100, told, sizeof told), PL_E_INPUT);
}

Test(multipart, the_boundary_must_be_given)
{
    static const char *const bad[] = {
        NULL,
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/mixed; boundary=AB",
        "multipart/form-data; boundary="
        "12345678901234567890123456789012345678901234567890123456789012345678901",
    };
    static struct pl_multipart form;
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        cr_assert_eq(pl_multipart_start(&form, bad[i], NULL), PL_E_INPUT, "%zu", i);
    cr_assert_eq(pl_multipart_start(&form, "Multipart/Form-Data; x=y; boundary=\"A; B\"", NULL),
                 PL_OK);
    cr_assert_str_eq(form.delimiter, "\r\n--A; B");
}
