"""platenctl: every command, its exit code, and --json."""
import json
import os
import stat
import subprocess

import platen
from platen import Server, root_file

H = root_file("h=TH1F,bins=100,seed=1", "g=TH2F,bins=30,binsy=30,seed=2")


def filled(server):
    for name in ("runs/1.root", "runs/2.root", "other.root"):
        server.put(name, H)
        for selector in ("h", "g"):
            assert server.image(name, selector).status == 200
    for _ in range(5):
        server.image("runs/1.root", "h")


def test_commands_answer():
    with Server() as server:
        filled(server)
        for words in (["status"], ["stats"], ["ls"], ["hot"], ["big"], ["inspect", "runs/1.root"],
                      ["top", "--count", "1"], ["stats", "--interval", "100ms", "--count", "2"]):
            run = server.ctl(*words, check=0)
            assert run.stdout.strip(), words
            run = server.ctl("--json", *words, check=0)
            for line in run.stdout.strip().splitlines() if words[0] in ("stats", "top") else [run.stdout]:
                json.loads(line)
        assert "runs/1.root" in server.ctl("ls", "runs/", check=0).stdout
        assert "other.root" not in server.ctl("ls", "runs/", check=0).stdout
        assert len(server.ctl("--json", "stats").stdout.strip().splitlines()) == 1
        hottest = server.ctl("hot", "-n", "1", check=0).stdout
        assert "runs/1.root" in hottest and "h" in hottest


def test_inspect_says_why():
    with Server() as server:
        filled(server)
        hit = server.ctl("inspect", "/v1/images/runs/1.root/h.png", check=0).stdout
        assert "hit" in hit, hit
        miss = server.ctl("inspect", "/v1/images/runs/1.root/h.png?w=333", check=0).stdout
        assert "miss" in miss, miss
        server.put("runs/1.root", root_file("h=TH1F,bins=100,seed=9"))
        stale = server.ctl("inspect", "/v1/images/runs/1.root/h.png", check=0).stdout
        assert "miss" in stale and ("stamp" in stale or "older" in stale), stale
        assert server.ctl("inspect", "no/such.root").returncode == 4
        bad = server.ctl("inspect", "/v1/images/runs/1.root/h.png?w=zzz")
        assert "w" in bad.stdout + bad.stderr


def test_purge():
    with Server() as server:
        filled(server)
        entries = server.stats()["cache_entries"]
        assert entries == 6
        dry = server.ctl("purge", "--prefix", "runs/", "--dry-run", check=0).stdout
        assert "4" in dry, dry
        assert server.stats()["cache_entries"] == 6
        for _ in range(12):  # often enough for every front to have sent it twice
            assert "hit" in server.image("other.root", "h").header("Cache-Status")
        server.ctl("purge", "other.root", check=0)
        assert server.stats()["cache_entries"] == 4
        assert "fwd" in server.image("other.root", "h").header("Cache-Status")
        server.ctl("purge", "--glob", "runs/?.root", check=0)
        assert server.stats()["cache_entries"] == 1
        assert server.ctl("purge", "--prefix", "nothing").returncode == 4
        assert server.ctl("purge", "--all", "--yes", check=0)
        assert server.stats()["cache_entries"] == 0


def test_drain():
    with Server() as server:
        filled(server)
        server.ctl("drain", check=0)
        assert server.get("/readyz").status == 503
        assert server.image("runs/1.root", "h").status == 200
        server.ctl("undrain", check=0)
        assert server.get("/readyz").status == 200


def test_exit_codes():
    with Server() as server:
        assert server.ctl("nonsense").returncode == 2
        assert "did you mean" in server.ctl("statu").stderr.lower()
        assert server.ctl("purge").returncode == 2
        assert server.ctl("--help").returncode == 0
        gone = subprocess.run([str(platen.BIN / "platenctl"), "-s", "/nonexistent.sock", "stats"],
                              capture_output=True, text=True)
        assert gone.returncode == 3 and gone.stderr, gone


def test_a_stopped_servers_cache():
    with Server() as server:
        filled(server)
        assert server.stop() == 0
        cache = str(server.folder / "store" / "cache")

        def ctl(*words):
            return subprocess.run([str(platen.BIN / "platenctl"), "--map", cache, *words], capture_output=True,
                                  text=True)
        listed = ctl("ls")
        assert listed.returncode == 0 and "runs/1.root" in listed.stdout, listed
        assert ctl("--json", "stats").returncode == 0
        assert ctl("big").returncode == 0
        assert ctl("purge", "--all", "--yes").returncode == 2
        assert ctl("ls").stdout == listed.stdout
        server.start()
        assert "hit" in server.image("runs/1.root", "h").header("Cache-Status")


def test_the_socket_is_private_and_admin_is_not_public():
    with Server() as server:
        mode = stat.S_IMODE(os.stat(server.admin).st_mode)
        assert mode & 0o007 == 0, oct(mode)
        for target in ("/admin/v1/stats", "/admin/v1/purge?all=1"):
            assert server.get(target).status == 404
            assert server.request("POST", target).status in (404, 405)


def test_metrics():
    with Server("http.metrics=on") as server:
        filled(server)
        text = server.get("/metrics").body.decode()
        assert text.count("# TYPE platen_http_requests_total counter") == 1
        import re
        drawn = re.search(r'^platen_renders_total\{.*result="drawn".*\} (\d+)$', text, re.M)
        assert drawn and int(drawn.group(1)) == 6, drawn
        series = [line.rsplit(" ", 1)[0] for line in text.splitlines() if line and not line.startswith("#")]
        assert len(series) == len(set(series))
        assert "runs/1.root" not in text
        openmetrics = server.get("/metrics", Accept="application/openmetrics-text")
        assert openmetrics.body.rstrip().endswith(b"# EOF")
