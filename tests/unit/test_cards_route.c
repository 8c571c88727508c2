/* test_cards_route.c - addresses of reference cards, what clients want them in, names of files, and
 * what is kept with a publication. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "server/routes/cards.h"
#include "server/routes/cards_key.h"
#include "server/routes/cards_text.h"
#include "server/routes/native.h"
#include "shm/base/check.h"

#define KEY "0123456789abcdef0123456789abcdef01234567"

TestSuite(cards_route, .timeout = 120);

static struct pl_native native;
static struct pl_error error;
static char target[4096];

static enum pl_err parse(enum pl_method method, const char *text)
{
    error = (struct pl_error){0};
    (void)snprintf(target, sizeof target, "%s", text);
    return pl_native_parse(method, false, target, &native, &error);
}

Test(cards_route, each_address_has_its_meaning)
{
    static const struct {
        const char *text;
        enum pl_method method;
        enum pl_cards_what what;
        enum pl_route route;
        enum pl_card_game game;
    } cases[] = {
        {"/cards", PL_METHOD_GET, PL_CARDS_FORM, PL_ROUTE_CARDS, PL_CARD_GUESS},
        {"/cards", PL_METHOD_POST, PL_CARDS_UPLOAD, PL_ROUTE_CARDS_UPLOAD, PL_CARD_GUESS},
        {"/cards/ed", PL_METHOD_POST, PL_CARDS_UPLOAD, PL_ROUTE_CARDS_UPLOAD, PL_CARD_ED},
        {"/cards/sws", PL_METHOD_GET, PL_CARDS_FORM, PL_ROUTE_CARDS, PL_CARD_SWS},
        {"/api/fs2020", PL_METHOD_POST, PL_CARDS_UPLOAD, PL_ROUTE_CARDS_UPLOAD, PL_CARD_FS2020},
        {"/fs2020", PL_METHOD_GET, PL_CARDS_FORM, PL_ROUTE_CARDS, PL_CARD_FS2020},
        {"/sws", PL_METHOD_GET, PL_CARDS_FORM, PL_ROUTE_CARDS, PL_CARD_SWS},
        {"/ed", PL_METHOD_GET, PL_CARDS_FORM, PL_ROUTE_CARDS, PL_CARD_ED},
        {"/cards/" KEY, PL_METHOD_GET, PL_CARDS_PAGE, PL_ROUTE_CARDS, PL_CARD_GUESS},
        {"/cards/" KEY ".json", PL_METHOD_GET, PL_CARDS_JSON, PL_ROUTE_CARDS, PL_CARD_GUESS},
        {"/cards/" KEY ".zip", PL_METHOD_GET, PL_CARDS_ZIP, PL_ROUTE_CARDS, PL_CARD_GUESS},
        {"/cards/" KEY "/7.jpg", PL_METHOD_GET, PL_CARDS_PICTURE, PL_ROUTE_CARDS_PICTURE,
         PL_CARD_GUESS},
        {"/devices", PL_METHOD_GET, PL_CARDS_DEVICES, PL_ROUTE_CARDS, PL_CARD_GUESS},
        {"/devices/a%20b.png", PL_METHOD_GET, PL_CARDS_DEVICE, PL_ROUTE_CARDS_PICTURE,
         PL_CARD_GUESS},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        cr_assert_eq(parse(cases[i].method, cases[i].text), PL_OK, "%s: %s", cases[i].text,
                     error.msg);
        cr_assert_eq(native.cards.what, cases[i].what, "%s", cases[i].text);
        cr_assert_eq(native.route, cases[i].route, "%s", cases[i].text);
        cr_assert_eq(native.cards.game, cases[i].game, "%s", cases[i].text);
        cr_assert(native.allow & 1u << cases[i].method, "%s", cases[i].text);
    }
    cr_assert_str_eq(native.cards.device, "a b");
    cr_assert_eq(native.cards.media, PL_MEDIA_PNG);
}

Test(cards_route, pictures_are_numbered_as_we_write_them)
{
    cr_assert_eq(parse(PL_METHOD_GET, "/cards/" KEY "/4096.jpeg?w=480"), PL_OK);
    cr_assert_eq(native.cards.number, 4096);
    cr_assert_eq(native.cards.media, PL_MEDIA_JPEG);
    cr_assert_str_eq(native.cards.key, KEY);
    cr_assert_eq(native.url.query_n, 1);
    cr_assert_eq(parse(PL_METHOD_GET, "/cards/" KEY "/7.webp"), PL_OK);
    cr_assert(native.cards.number == 7 && native.cards.media == PL_MEDIA_WEBP);
    cr_assert_eq(parse(PL_METHOD_GET, "/devices/S.webp.webp"), PL_OK);
    cr_assert_str_eq(native.cards.device, "S.webp");
    static const char *const bad[] = {
        "/cards/" KEY "/.webp",
        "/cards/" KEY "/1webp",
        "/devices/.webp",
        "/cards/" KEY "/0.jpg",
        "/cards/" KEY "/01.jpg",
        "/cards/" KEY "/4097.jpg",
        "/cards/" KEY "/1.json",
        "/cards/" KEY "/1",
        "/cards/" KEY "/x.jpg",
        "/cards/" KEY "/1/2.jpg",
        "/cards/" KEY "/.jpg",
        "/cards/" KEY "/",
        "/cards/" KEY ".xml",
        "/cards/" KEY "0",
        "/cards/" KEY ".zip/",
        "/cards/" KEY ".json.zip",
        "/cards/0123",
        "/cards/",
        "/cards/guess",
        "/cards/FS2020",
        "/cards/pong",
        "/api/",
        "/api/guess",
        "/api",
        "/devices/",
        "/devices/x",
        "/devices/.jpg",
        "/devices/x.json",
        "/guess",
        "/cards/" KEY "/-1.jpg",
        "/cards/0123456789ABCDEF0123456789abcdef01234567",
    };
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        cr_assert_eq(parse(PL_METHOD_GET, bad[i]), PL_E_MISSING, "%s", bad[i]);
}

Test(cards_route, methods_are_those_of_the_address)
{
    static const struct {
        const char *text;
        bool post, delete_it, get;
    } cases[] = {
        {"/cards", true, false, true},
        {"/cards/ed", true, false, true},
        {"/api/ed", true, false, false},
        {"/ed", false, false, true},
        {"/cards/" KEY, false, true, true},
        {"/cards/" KEY ".json", false, false, true},
        {"/cards/" KEY "/1.png", false, false, true},
        {"/devices", false, false, true},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        cr_assert_eq(parse(PL_METHOD_PUT, cases[i].text), PL_OK);
        cr_assert_eq((native.allow & 1u << PL_METHOD_POST) != 0, cases[i].post, "%s",
                     cases[i].text);
        cr_assert_eq((native.allow & 1u << PL_METHOD_DELETE) != 0, cases[i].delete_it, "%s",
                     cases[i].text);
        cr_assert_eq((native.allow & 1u << PL_METHOD_GET) != 0, cases[i].get, "%s", cases[i].text);
        cr_assert_eq((native.allow & 1u << PL_METHOD_PUT), 0, "%s", cases[i].text);
    }
}

Test(cards_route, names_below_cards_are_no_objects)
{
    cr_assert_eq(parse(PL_METHOD_GET, "/v1/objects/cards/x"), PL_E_MISSING);
    cr_assert_eq(parse(PL_METHOD_GET, "/v1/items/cards/x"), PL_E_MISSING);
    cr_assert_eq(parse(PL_METHOD_HEAD, "/v1/images/cards/x/h.png"), PL_E_MISSING);
    cr_assert_eq(parse(PL_METHOD_PUT, "/v1/objects/cards%2Fx"), PL_E_INPUT);
    cr_assert_str_eq(error.param, "name");
    cr_assert_eq(parse(PL_METHOD_DELETE, "/v1/objects/cards/x"), PL_E_INPUT);
    cr_assert_eq(parse(PL_METHOD_PUT, "/v1/objects/cards"), PL_OK);
    cr_assert_eq(parse(PL_METHOD_PUT, "/v1/objects/cardsx/y"), PL_OK);
}

Test(cards_route, the_form_of_an_answer_is_what_weighs_most)
{
    static const struct {
        const char *accept;
        enum pl_cards_form form;
    } cases[] = {
        {NULL, PL_CARDS_FORM_JSON},
        {"", PL_CARDS_FORM_JSON},
        {"*/*", PL_CARDS_FORM_JSON},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PL_CARDS_FORM_HTML},
        {"application/json, text/html", PL_CARDS_FORM_JSON},
        {"application/json;q=0.5, text/html", PL_CARDS_FORM_HTML},
        {"TEXT/HTML ; q=0.3,image/jpeg; q=0.4", PL_CARDS_FORM_JPEG},
        {"image/jpeg", PL_CARDS_FORM_JPEG},
        {"image/webp", PL_CARDS_FORM_WEBP},
        {"image/jpeg;q=0.5, image/webp", PL_CARDS_FORM_WEBP},
        {"text/html,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", PL_CARDS_FORM_HTML},
        {"image/*", PL_CARDS_FORM_JSON},
        {"text/html;q=0", PL_CARDS_FORM_JSON},
        {"text/html;q=9, image/jpeg;q=x", PL_CARDS_FORM_JSON},
        {",,; q=,", PL_CARDS_FORM_JSON},
        {"text/htmlx", PL_CARDS_FORM_JSON},
    };
    for (size_t i = 0; i < PL_COUNT(cases); i++)
        cr_assert_eq(pl_cards_form(cases[i].accept), cases[i].form, "%s",
                     cases[i].accept != NULL ? cases[i].accept : "(none)");
}

Test(cards_route, names_of_files_are_plain)
{
    static const struct {
        const char *title, *profile, *slug;
    } cases[] = {
        {"X-52 Stick & Throttle", "", "x-52-stick-throttle"},
        {"Stick (Kestrel)", "Kestrel", "stick-kestrel"},
        {"Stick", "Kestrel", "stick-kestrel"},
        {"", "", "card"},
        {"\xc3\xa4\xc3\xb6", "", "card"},
        {"../../etc/passwd\"\r\nX: y", "", "etc-passwd-x-y"},
        {"--a--", "--", "a"},
    };
    char slug[PL_CARDS_SLUG_N], longest[400];
    for (size_t i = 0; i < PL_COUNT(cases); i++) {
        pl_cards_slug(cases[i].title, cases[i].profile, slug);
        cr_assert_str_eq(slug, cases[i].slug);
    }
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    pl_cards_slug(longest, "p", slug);
    cr_assert_lt(strlen(slug), sizeof slug);
    for (size_t i = 0; i + 1 < sizeof longest; i++)
        longest[i] = i % 2 == 0 ? 'a' : ' ';
    pl_cards_slug(longest, "p", slug);
    cr_assert_lt(strlen(slug), sizeof slug);
}

Test(cards_route, what_is_kept_reads_back)
{
    char media[PL_CARDS_MEDIA_N];
    struct pl_cards_kept in = {PL_CARD_ED, {0xfffffffe, PL_CARD_STYLE_NONE, 0}, 0xdeadbeef}, out;
    pl_cards_kept_print(&in, media);
    cr_assert_str_eq(media, "application/x-platen-cards;3;3;fffffffe;deadbeef", "as ever");
    cr_assert(pl_cards_kept_read(media, &out) && out.options.day == 0);
    in.options.day = 20261121;
    pl_cards_kept_print(&in, media);
    cr_assert_lt(strlen(media), 63);
    cr_assert(pl_cards_kept_read(media, &out));
    cr_assert_eq(out.game, in.game);
    cr_assert_eq(out.options.groups, in.options.groups);
    cr_assert_eq(out.options.style, in.options.style);
    cr_assert_eq(out.options.day, in.options.day);
    cr_assert_eq(out.check, in.check);
    static const char *const bad[] = {"", "application/octet-stream",
                                      "application/x-platen-cards;9;0;ffffffff;00000000",
                                      "application/x-platen-cards;1;9;ffffffff;00000000",
                                      "application/x-platen-cards;1;0;ffffffff"};
    for (size_t i = 0; i < PL_COUNT(bad); i++)
        cr_assert_not(pl_cards_kept_read(bad[i], &out), "%s", bad[i]);
}

Test(cards_route, keys_differ_in_everything_they_are_made_of)
{
    struct pl_params params = {.text = "", .media = PL_MEDIA_JPEG}, png = params, small = params;
    struct pl_key key[8];
    png.media = PL_MEDIA_PNG;
    memcpy(small.text, "w=480", 6);
    pl_cards_set_key(KEY, &key[0]);
    pl_cards_json_key(KEY, &key[1]);
    pl_cards_picture_key(KEY, "1", &params, &key[2]);
    pl_cards_picture_key(KEY, "2", &params, &key[3]);
    pl_cards_picture_key(KEY, "1", &png, &key[4]);
    pl_cards_picture_key(KEY, "1", &small, &key[5]);
    pl_cards_picture_key("", "1", &params, &key[6]);
    png.media = PL_MEDIA_WEBP;
    pl_cards_picture_key(KEY, "1", &png, &key[7]);
    for (unsigned i = 0; i < PL_COUNT(key); i++)
        for (unsigned k = 0; k < i; k++)
            cr_assert_not(pl_key_equal(&key[i], &key[k]), "%u and %u", i, k);
    char version[PL_CARDS_VERSION_N + 1];
    pl_cards_version(version);
    cr_assert_eq(strspn(version, "0123456789abcdef"), PL_CARDS_VERSION_N);
}

Test(cards_route, pictures_of_a_set_are_told_as_json)
{
    struct pl_card card = {.profile = "P", .image = "x\"52", .title = "X (P)", .group = ""};
    struct pl_card_list list = {
        .profile = "", .title = "Keys", .device = "Keyboard", .keyboard = true, .pages_n = 2};
    struct pl_card_set set = {
        .game = PL_CARD_ED, .cards_n = 1, .cards = &card, .lists_n = 1, .lists = &list};
    struct pl_packs none = {.n = 0};
    struct pl_buf out = PL_BUF(1 << 16);
    cr_assert_eq(pl_cards_picture(&none, KEY, &set, 1, &out, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(pl_cards_picture(&none, KEY, &set, 3, &out, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(pl_cards_picture(&none, KEY, &set, 4, &out, &error), PL_E_INTERNAL);
    cr_assert_eq(pl_buf_add(&out, "", 1, NULL), PL_OK);
    const char *text = (const char *)out.bytes;
    cr_assert_not_null(strstr(text, "\"url\":\"/cards/" KEY "/1.jpg\""));
    cr_assert_not_null(strstr(text, "\"image\":\"x\\\"52\""));
    cr_assert_not_null(strstr(text, "\"page\":2,\"pages\":2,\"keyboard\":true"));
    pl_buf_clear(&out);
    error = (struct pl_error){0};
    cr_assert_eq(pl_cards_document(&none, KEY, &set, &out, &error), PL_OK, "%s", error.msg);
    cr_assert_eq(out.bytes[0], '{');
    cr_assert_eq(pl_buf_add(&out, "", 1, NULL), PL_OK);
    cr_assert_not_null(strstr((const char *)out.bytes, "/3.jpg\""));
    cr_assert_not_null(strstr((const char *)out.bytes, "\"game\":\"ed\""));
    pl_buf_free(&out);
    struct pl_buf little = PL_BUF(100);
    error = (struct pl_error){0};
    cr_assert_eq(pl_cards_document(&none, KEY, &set, &little, &error), PL_E_LIMIT);
    pl_buf_free(&little);
}
