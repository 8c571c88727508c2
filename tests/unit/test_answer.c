/* test_answer.c - headers, problem documents, entity tags, ranges. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/answer.h"
#include "shm/base/check.h"
#include "shm/base/json.h"

static struct pl_answer *answer;

static void make(void)
{
    answer = malloc(sizeof *answer);
    memset(answer, 0xa5, sizeof *answer); /* records are used again uncleared */
    pl_answer_start(answer);
}

static void drop(void)
{
    pl_answer_drop(answer);
    free(answer);
}

TestSuite(answer, .init = make, .fini = drop);

Test(answer, values_are_composed_in_place)
{
    static const uint8_t bytes[2] = {0x0f, 0xa0};
    pl_answer_begin(answer, "X");
    pl_answer_text(answer, "a=");
    pl_answer_number(answer, 0);
    pl_answer_text(answer, " ");
    pl_answer_number(answer, UINT64_MAX);
    pl_answer_text(answer, " ");
    pl_answer_ms(answer, 12003456);
    pl_answer_text(answer, " ");
    pl_answer_hex(answer, bytes, 2);
    pl_answer_text(answer, " ");
    pl_answer_path(answer, "a b/c?");
    pl_answer_end(answer);
    cr_assert_str_eq(pl_answer_find(answer, "x"),
                     "a=0 18446744073709551615 12.003 0fa0 a%20b/c%3F");
}

Test(answer, a_value_that_does_not_fit_is_left_out_whole)
{
    char large[PL_ANSWER_TEXT];
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    pl_answer_header(answer, "Before", "1");
    pl_answer_header(answer, "Large", large);
    pl_answer_begin(answer, "Path");
    pl_answer_path(answer, large);
    pl_answer_text(answer, "more");
    pl_answer_end(answer);
    pl_answer_header(answer, "After", "2");
    cr_assert_null(pl_answer_find(answer, "Large"));
    cr_assert_null(pl_answer_find(answer, "Path"));
    cr_assert_str_eq(pl_answer_find(answer, "Before"), "1");
    cr_assert_str_eq(pl_answer_find(answer, "After"), "2");
}

Test(answer, more_headers_than_there_is_room_for_are_left_out)
{
    for (int i = 0; i < 2 * PL_ANSWER_HEADERS; i++)
        pl_answer_header(answer, "H", "v");
    pl_answer_literal(answer, "L", "v");
    cr_assert_eq(answer->headers_n, PL_ANSWER_HEADERS);
}

static json_t *problem(unsigned status, enum pl_err code, const char *param, const char *message)
{
    struct pl_error error = {0};
    (void)pl_fail_param(&error, code, param, "%s", message);
    pl_answer_problem(answer, status, &error, "id-1");
    cr_assert_eq(answer->length, answer->buffer.n);
    json_t *json = json_loadb((const char *)answer->buffer.bytes, answer->buffer.n, 0, NULL);
    cr_assert_not_null(json, "%.*s", (int)answer->buffer.n, (const char *)answer->buffer.bytes);
    return json;
}

Test(answer, a_problem_names_what_is_wrong)
{
    pl_answer_literal(answer, "ETag", "\"x\"");
    pl_answer_literal(answer, "Content-Type", "image/png");
    pl_answer_literal(answer, "Allow", "GET");
    json_t *json = problem(0, PL_E_INPUT, "w", "must be \"small\"\n\xff");
    cr_assert_eq(answer->status, 400);
    cr_assert_eq(json_integer_value(json_object_get(json, "status")), 400);
    cr_assert_str_eq(json_string_value(json_object_get(json, "param")), "w");
    cr_assert_str_eq(json_string_value(json_object_get(json, "instance")), "id-1");
    cr_assert_str_eq(json_string_value(json_object_get(json, "detail")),
                     "must be \"small\"\n\xef\xbf\xbd");
    cr_assert_str_eq(json_string_value(json_object_get(json, "type")), "/problems/bad-request");
    cr_assert_str_eq(pl_answer_find(answer, "Content-Type"), "application/problem+json");
    cr_assert_str_eq(pl_answer_find(answer, "Allow"), "GET");
    cr_assert_null(pl_answer_find(answer, "ETag"));
    json_decref(json);
}

Test(answer, a_problem_with_blame_says_code_file_and_line)
{
    answer->blame = (struct pl_answer_blame){true, "bad-file", "a\"b.xml", 7};
    json_t *json = problem(0, PL_E_FORMAT, "", "no \"binding\" file");
    cr_assert_str_eq(json_string_value(json_object_get(json, "code")), "bad-file");
    cr_assert_str_eq(json_string_value(json_object_get(json, "message")), "no \"binding\" file");
    cr_assert_str_eq(json_string_value(json_object_get(json, "file")), "a\"b.xml");
    cr_assert_eq(json_integer_value(json_object_get(json, "line")), 7);
    json_decref(json);
    answer->blame = (struct pl_answer_blame){.given = true};
    json = problem(0, PL_E_LIMIT, "x", "");
    cr_assert_str_eq(json_string_value(json_object_get(json, "code")), "too-large");
    cr_assert_str_eq(json_string_value(json_object_get(json, "message")), "A limit is exceeded");
    cr_assert_null(json_object_get(json, "file"));
    cr_assert_null(json_object_get(json, "line"));
    json_decref(json);
}

Test(answer, a_limit_is_named_as_limit)
{
    json_t *json = problem(0, PL_E_LIMIT, "limits.pixels", "too many");
    cr_assert_eq(answer->status, 413);
    cr_assert_str_eq(json_string_value(json_object_get(json, "limit")), "limits.pixels");
    cr_assert_null(json_object_get(json, "param"));
    json_decref(json);
}

Test(answer, every_503_says_when_to_come_again)
{
    json_decref(problem(0, PL_E_BUSY, "", "full"));
    cr_assert_eq(answer->status, 503);
    cr_assert_not_null(pl_answer_find(answer, "Retry-After"));
    json_decref(problem(0, PL_E_NOMEM, "", "none"));
    cr_assert_not_null(pl_answer_find(answer, "Retry-After"));
}

Test(answer, every_error_has_a_status)
{
    for (unsigned code = 1; code < PL_E_COUNT; code++) {
        cr_assert_geq(pl_status_code((enum pl_err)code), 400);
        cr_assert_lt(pl_status_code((enum pl_err)code), 600);
    }
    cr_assert_eq(pl_status_code(PL_E_COUNT), 500);
}

Test(answer, an_unsatisfiable_range_keeps_its_content_range)
{
    pl_answer_literal(answer, "Content-Range", "bytes */5");
    json_decref(problem(416, PL_E_INPUT, "Range", "behind the end"));
    cr_assert_eq(answer->status, 416);
    cr_assert_str_eq(pl_answer_find(answer, "Content-Range"), "bytes */5");
}

struct etag_case {
    char list[64];
    bool weak, expected;
};

ParameterizedTestParameters(answer, entity_tags_are_found_in_lists)
{
    static struct etag_case cases[] = {
        {"\"abc\"", true, true},
        {"\"x\", \"abc\"", true, true},
        {"\"x\",\"abc\",\"y\"", true, true},
        {"W/\"abc\"", true, true},
        {"W/\"abc\"", false, false},
        {"\"x\", W/\"abc\"", false, false},
        {"\"abc\"", false, true},
        {"*", true, true},
        {" * ", false, true},
        {"*, \"abc\"", true, false},
        {"abc", true, false},
        {"\"ab\"", true, false},
        {"\"abcd\"", true, false},
        {"", true, false},
        {"\"abc", true, false},
        {"W/", true, false},
        {"\"x\" \"abc\"", true, true},
        {"\"x, \"abc\"", true, false},
    };
    return cr_make_param_array(struct etag_case, cases, PL_COUNT(cases));
}

ParameterizedTest(struct etag_case *c, answer, entity_tags_are_found_in_lists)
{
    cr_assert_eq(pl_etag_listed(c->list, "\"abc\"", c->weak), c->expected, "%s", c->list);
}

struct range_case {
    char text[64];
    uint64_t length;
    enum pl_range expected;
    uint64_t first, n;
};

ParameterizedTestParameters(answer, one_range_is_honoured)
{
    static struct range_case cases[] = {
        {"bytes=0-0", 10, PL_RANGE_PART, 0, 1},
        {"bytes=2-", 10, PL_RANGE_PART, 2, 8},
        {"bytes=-3", 10, PL_RANGE_PART, 7, 3},
        {"bytes=-30", 10, PL_RANGE_PART, 0, 10},
        {"Bytes=0-99", 10, PL_RANGE_PART, 0, 10},
        {"bytes=9-9", 10, PL_RANGE_PART, 9, 1},
        {"bytes=0-18446744073709551615", 10, PL_RANGE_PART, 0, 10},
        {"bytes=0-99999999999999999999999", 10, PL_RANGE_PART, 0, 10},
        {"bytes=10-", 10, PL_RANGE_BAD, 0, 0},
        {"bytes=99999999999999999999999-", 10, PL_RANGE_BAD, 0, 0},
        {"bytes=-0", 10, PL_RANGE_BAD, 0, 0},
        {"bytes=-5", 0, PL_RANGE_BAD, 0, 0},
        {"bytes=0-", 0, PL_RANGE_BAD, 0, 0},
        {"bytes=3-2", 10, PL_RANGE_NONE, 0, 0},
        {"bytes=0-1,3-4", 10, PL_RANGE_NONE, 0, 0},
        {"bytes=", 10, PL_RANGE_NONE, 0, 0},
        {"bytes=-", 10, PL_RANGE_NONE, 0, 0},
        {"bytes=a-b", 10, PL_RANGE_NONE, 0, 0},
        {"lines=0-1", 10, PL_RANGE_NONE, 0, 0},
        {"", 10, PL_RANGE_NONE, 0, 0},
    };
    return cr_make_param_array(struct range_case, cases, PL_COUNT(cases));
}

ParameterizedTest(struct range_case *c, answer, one_range_is_honoured)
{
    uint64_t first = 0, n = 0;
    enum pl_range range = pl_range_parse(c->text, c->length, &first, &n);
    cr_assert_eq(range, c->expected, "%s", c->text);
    if (range == PL_RANGE_PART) {
        cr_assert_eq(first, c->first, "%s", c->text);
        cr_assert_eq(n, c->n, "%s", c->text);
    }
}

Test(answer, request_ids_are_short_and_plain)
{
    char text[80];
    memset(text, 'a', sizeof text);
    text[64] = '\0';
    cr_assert(pl_request_id_valid(text));
    text[64] = 'a';
    text[65] = '\0';
    cr_assert_not(pl_request_id_valid(text));
    cr_assert(pl_request_id_valid("A-z.0_9"));
    cr_assert_not(pl_request_id_valid(""));
    cr_assert_not(pl_request_id_valid("a b"));
    cr_assert_not(pl_request_id_valid("a\"b"));
}

Test(answer, any_bytes_become_valid_json)
{
    for (int round = 0; round < 3000; round++) {
        char text[8];
        for (size_t i = 0; i < sizeof text - 1; i++)
            text[i] = (char)(1 + (rand() >> 4) % 255);
        text[sizeof text - 1] = '\0';
        struct pl_buf out = PL_BUF(4096);
        cr_assert_eq(pl_json_text(&out, text, NULL), PL_OK);
        json_t *json = json_loadb((const char *)out.bytes, out.n, JSON_DECODE_ANY, NULL);
        cr_assert_not_null(json, "%.*s", (int)out.n, (const char *)out.bytes);
        json_decref(json);
        pl_buf_free(&out);
    }
}

Test(answer, numbers_read_back_as_they_were)
{
    static const double values[] = {0.0, -1.5, 1e300, 0.1, 1.0 / 3.0, 123456789012.0};
    for (size_t i = 0; i < PL_COUNT(values); i++) {
        struct pl_buf out = PL_BUF(64);
        cr_assert_eq(pl_json_number(&out, values[i], NULL), PL_OK);
        cr_assert_eq(pl_buf_add(&out, "", 1, NULL), PL_OK);
        cr_assert_eq(strtod((const char *)out.bytes, NULL), values[i]);
        pl_buf_free(&out);
    }
}
