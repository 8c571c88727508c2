"""Names and selectors may hold slashes, blanks, `;`, `%` and any UTF-8; the longest stored name that fits wins."""
import urllib.parse

from platen import Server, root_file

ODD = ["with blank", "semi;colon", "per%cent", "plus+and&amp", "q?mark", "hash#tag", "ünïcödé/Δη", "a/b/c/d",
       "quote\"'<script>", "tilde~", "back\\slash", "=eq"]


def test_odd_selectors():
    specifications = [f"{urllib.parse.quote(name, safe='/')}=TH1F,bins=10,seed={i}" for i, name in enumerate(ODD)]
    with Server() as server:
        answer = server.put("odd.root", root_file(*specifications, options=("--escaped",)))
        assert answer.status == 201, answer
        paths = [i["path"] for i in server.get("/v1/items/odd.root").json()["items"]]
        assert sorted(paths) == sorted(ODD), paths
        for name in ODD:
            for text in (urllib.parse.quote(name, safe="/"), urllib.parse.quote(name, safe="")):
                answer = server.get(f"/v1/images/odd.root/{text}.png")
                assert answer.status == 200, (name, text, answer)
                location = answer.header("Content-Location")
                again = server.get(location)
                assert again.status == 200 and again.header("ETag") == answer.header("ETag"), location


def test_odd_names():
    source = root_file("h=TH1F,bins=10")
    with Server() as server:
        for name in ODD:
            target = "/v1/objects/" + urllib.parse.quote(name, safe="/")
            answer = server.request("PUT", target, source)
            assert answer.status == 201, (name, answer)
            assert server.get(urllib.parse.urlsplit(answer.header("Location")).path).body == source
            assert server.get(f"/v1/images/{urllib.parse.quote(name)}/h.png").status == 200, name
        listed = [o["name"] for o in server.get("/v1/objects?limit=100").json()["objects"]]
        assert sorted(listed) == sorted(ODD)


def test_the_longest_stored_name_wins():
    with Server() as server:
        server.put("a", root_file("b/c/h=TH1F,bins=10,seed=1", "only/here=TH1F,bins=10"))
        short = server.image("a", "b/c/h")
        assert short.status == 200
        server.put("a/b", root_file("c/h=TH1F,bins=10,seed=2"))
        longer = server.get("/v1/images/a/b/c/h.png")
        assert longer.status == 200 and longer.body != short.body
        server.put("a/b/c", root_file("h=TH1F,bins=10,seed=3"))
        longest = server.get("/v1/images/a/b/c/h.png")
        assert longest.status == 200 and longest.body not in (short.body, longer.body)
        assert server.get("/v1/images/a/only/here.png").status == 200
        missing = server.get("/v1/images/a/b/c/nothing.png")
        assert missing.status == 404 and "nothing" in missing.json()["detail"]


def test_bad_names_are_refused():
    with Server() as server:
        for path in ("/v1/objects/", "/v1/objects/a%00b", "/v1/objects/a//b", "/v1/objects/../x", "/v1/objects/a/./b",
                     "/v1/objects/%2e%2e/x", "/v1/objects/a%0ab", "/v1/objects/a%zz", "/v1/objects/a%",
                     "/v1/objects/" + "n" * 481):
            answer = server.raw(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
                                .encode())
            status = int(answer.split()[1])
            assert 400 <= status < 500, (path, answer[:200])
        assert server.stats()["uploads_stored"] == 0
        assert not any((server.folder / "store" / "spool").iterdir())
