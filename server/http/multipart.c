/* multipart.c - a form, piece by piece.
 *
 * The delimiter begins with a CR and has no other, so a failed match is data up to the next CR and
 * nothing need be looked at twice. Must not know HTTP nor what the parts are. Nothing is allocated.
 */
#include "server/http/multipart.h"

#include <string.h>
#include <strings.h>

#include "shm/base/check.h"

static enum pl_err bad(struct pl_error *error, const char *why)
{
    return pl_fail_param(error, PL_E_INPUT, "body", "the form cannot be read: %s", why);
}

/* --- header lines ----------------------------------------------------------------------------- */

/* The value of `name=` among the parameters of a header line, unquoted, into out. */
static bool parameter(const char *line, const char *name, char *out, size_t size)
{
    size_t name_n = strlen(name);
    for (const char *at = strchr(line, ';'); at != NULL;) {
        at += 1 + strspn(at + 1, " \t");
        bool found = strncasecmp(at, name, name_n) == 0 && at[name_n] == '=';
        at += strcspn(at, "=;");
        at += *at == '=';
        bool quoted = *at == '"';
        size_t n = 0;
        for (at += quoted; *at != '\0' && (quoted ? *at != '"' : *at != ';'); at++) {
            if (quoted && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
                at++;
            if (n + 1 >= size)
                return false;
            out[n++] = *at;
        }
        while (!quoted && n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\t'))
            n--;
        out[n] = '\0';
        if (found)
            return true;
        at = strchr(at, ';');
    }
    return false;
}

static bool is_header(const char *line, const char *name)
{
    size_t n = strlen(name);
    return strncasecmp(line, name, n) == 0 && line[n + strspn(line + n, " \t")] == ':';
}

static bool sent_as_it_is(const char *line)
{
    const char *value = strchr(line, ':') + 1;
    value += strspn(value, " \t");
    return strncasecmp(value, "binary", 6) == 0 || strncasecmp(value, "8bit", 4) == 0 ||
           strncasecmp(value, "7bit", 4) == 0;
}

/* The header section is complete: lines end in CR LF, turned to NULs here. */
static enum pl_err begin_part(struct pl_multipart *form, const struct pl_multipart_sink *sink,
                              struct pl_error *error)
{
    char name[256], file[512];
    bool named = false, has_file = false;
    form->header[form->header_n] = '\0';
    if (memchr(form->header, '\0', form->header_n) != NULL)
        return bad(error, "a NUL in a header of a part");
    for (char *line = form->header; *line != '\0';) {
        char *end = strstr(line, "\r\n");
        CHECK(end != NULL);
        *end = '\0';
        if (is_header(line, "Content-Disposition") && !named) {
            named = parameter(line, "name", name, sizeof name);
            has_file = parameter(line, "filename", file, sizeof file);
        }
        if (is_header(line, "Content-Transfer-Encoding") && !sent_as_it_is(line))
            return bad(error, "a part has a transfer encoding");
        line = end + 2;
    }
    if (!named)
        return bad(error, "a part without a name");
    if (++form->parts > form->parts_most)
        return bad(error, "too many parts");
    form->state = PL_MULTIPART_DATA;
    form->header_n = 0;
    return sink->part(sink->context, name, has_file ? file : NULL, error);
}

static enum pl_err add_header(struct pl_multipart *form, uint8_t byte,
                              const struct pl_multipart_sink *sink, struct pl_error *error)
{
    size_t n = form->header_n;
    if (n + 1 >= sizeof form->header)
        return bad(error, "the headers of a part are too long");
    form->header[n++] = (char)byte;
    form->header_n = n;
    if (n == 2 && memcmp(form->header, "\r\n", 2) == 0)
        return bad(error, "a part without a name");
    if (n < 4 || memcmp(form->header + n - 4, "\r\n\r\n", 4) != 0)
        return PL_OK;
    form->header_n = n - 2;
    return begin_part(form, sink, error);
}

/* --- boundaries ------------------------------------------------------------------------------- */

enum pl_err pl_multipart_start(struct pl_multipart *form, const char *content_type,
                               struct pl_error *error)
{
    char boundary[PL_MULTIPART_BOUNDARY + 2];
    memset(form, 0, offsetof(struct pl_multipart, header));
    if (content_type == NULL || strncasecmp(content_type, "multipart/form-data", 19) != 0)
        return pl_fail_param(error, PL_E_INPUT, "Content-Type", "must be multipart/form-data");
    if (!parameter(content_type, "boundary", boundary, sizeof boundary) || boundary[0] == '\0' ||
        strlen(boundary) > PL_MULTIPART_BOUNDARY || strpbrk(boundary, "\r\n") != NULL)
        return pl_fail_param(error, PL_E_INPUT, "Content-Type",
                             "the boundary of the form is missing or longer than 70 characters");
    size_t n = strlen(boundary);
    memcpy(form->delimiter, "\r\n--", 4);
    memcpy(form->delimiter + 4, boundary, n + 1);
    form->delimiter_n = n + 4;
    form->parts_most = PL_MULTIPART_PARTS;
    form->matched = 2; /* the first boundary may stand at the very start */
    return PL_OK;
}

/* Behind a boundary: "--", or blanks and a line end. */
static enum pl_err behind(struct pl_multipart *form, uint8_t byte, struct pl_error *error)
{
    char *seen = form->header;
    if (form->header_n == 0 && (byte == ' ' || byte == '\t'))
        return PL_OK;
    seen[form->header_n++] = (char)byte;
    if (form->header_n < 2)
        return byte == '-' || byte == '\r' ? PL_OK : bad(error, "a boundary is followed by text");
    bool last = memcmp(seen, "--", 2) == 0;
    if (!last && memcmp(seen, "\r\n", 2) != 0)
        return bad(error, "a boundary is followed by text");
    form->header_n = 0;
    form->state = last ? PL_MULTIPART_EPILOGUE : PL_MULTIPART_HEADER;
    return PL_OK;
}

static enum pl_err give(const struct pl_multipart *form, const void *bytes, size_t n,
                        const struct pl_multipart_sink *sink, struct pl_error *error)
{
    if (form->state != PL_MULTIPART_DATA || n == 0)
        return PL_OK;
    return sink->data(sink->context, bytes, n, error);
}

/* Data or preamble from bytes[*at] on, up to the end of a boundary or of the piece. */
static enum pl_err scan(struct pl_multipart *form, const uint8_t *bytes, size_t n, size_t *at,
                        const struct pl_multipart_sink *sink, struct pl_error *error)
{
    enum pl_err err = PL_OK;
    while (*at < n && err == PL_OK) {
        if (form->matched == 0) {
            const uint8_t *cr = memchr(bytes + *at, '\r', n - *at);
            size_t plain = cr != NULL ? (size_t)(cr - bytes) - *at : n - *at;
            err = give(form, bytes + *at, plain, sink, error);
            *at += plain + (cr != NULL);
            form->matched = cr != NULL;
            continue;
        }
        if (bytes[*at] != (uint8_t)form->delimiter[form->matched]) {
            size_t matched = form->matched;
            form->matched = 0; /* the byte is looked at again: it may be a CR */
            err = give(form, form->delimiter, matched, sink, error);
            continue;
        }
        (*at)++;
        if (++form->matched < form->delimiter_n)
            continue;
        bool in_part = form->state == PL_MULTIPART_DATA;
        form->matched = 0;
        form->header_n = 0;
        form->state = PL_MULTIPART_BEHIND;
        return in_part ? sink->end(sink->context, error) : PL_OK;
    }
    return err;
}

enum pl_err pl_multipart_add(struct pl_multipart *form, const void *bytes, size_t n,
                             const struct pl_multipart_sink *sink, struct pl_error *error)
{
    const uint8_t *in = bytes;
    enum pl_err err = PL_OK;
    for (size_t at = 0; at < n && err == PL_OK;) {
        switch (form->state) {
        case PL_MULTIPART_PREAMBLE:
        case PL_MULTIPART_DATA:
            err = scan(form, in, n, &at, sink, error);
            break;
        case PL_MULTIPART_BEHIND:
            err = behind(form, in[at++], error);
            break;
        case PL_MULTIPART_HEADER:
            err = add_header(form, in[at++], sink, error);
            break;
        case PL_MULTIPART_EPILOGUE:
            return PL_OK;
        }
    }
    return err;
}

enum pl_err pl_multipart_end(const struct pl_multipart *form, struct pl_error *error)
{
    if (form->state == PL_MULTIPART_EPILOGUE)
        return PL_OK;
    return bad(error, form->state == PL_MULTIPART_PREAMBLE ? "its boundary does not occur"
                                                           : "it ends before its last boundary");
}
