"""Configuration: precedence, errors with file and line, --check-config, --print-config, addresses, memory sum."""
import json
import os
import socket
import subprocess
import tempfile

import platen
from platen import Client, Server


def platend(*words, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PLATEN_") and k != "PORT"}
    return subprocess.run([str(platen.BIN / "platend"), *words], capture_output=True, text=True,
                          env={**clean, **environment}, timeout=60)


def written(text):
    file = tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False)
    file.write(text)
    file.close()
    return file.name


def test_check_config():
    good = written("cache {\n  size = 32MiB\n}\n")
    assert platend("-c", good, "--check-config").returncode == 0
    for text, line, word in (("cache {\n  sise = 32MiB\n}\n", ":2", "size"),
                             ("cache {\n  size = 1KiB\n}\n", ":2", "16"),
                             ("\n\nlimits {\n  render = soon\n}\n", ":4", "render"),
                             ("cash {\n}\n", ":1", "cache")):
        bad = written(text)
        run = platend("-c", bad, "--check-config")
        assert run.returncode == 2, (text, run)
        said = run.stdout + run.stderr
        assert bad + line in said and word in said, said
    assert platend("-c", "/nonexistent.conf", "--check-config").returncode == 2
    assert platend("-o", "nonsense.key=1", "--check-config").returncode == 2


def test_precedence_and_origin():
    file = written("limits {\n  render = 3s\n  queue_wait = 3s\n  inspect = 3s\n}\n")
    run = platend("-c", file, "-o", "limits.render=5s", "--print-config=json", PLATEN_LIMITS_RENDER="4s",
                  PLATEN_LIMITS_QUEUE_WAIT="4s")
    assert run.returncode == 0, run
    keys = json.loads(run.stdout)
    flat = keys if "limits.render" in keys else {f"{s}.{k}": v for s, o in keys.items() for k, v in o.items()}
    assert "command line" in flat["limits.render"]["origin"]
    assert "PLATEN_LIMITS_QUEUE_WAIT" in flat["limits.queue_wait"]["origin"]
    assert file in flat["limits.inspect"]["origin"]
    assert flat["limits.body"]["origin"] == "default"
    text = platend("-c", file, "--print-config").stdout
    assert "limits.render" in text or "render" in text


def test_the_example_is_what_the_table_says():
    example = (platen.ROOT / "conf" / "platen.conf").read_text()
    run = platend("--print-config=example")
    assert run.returncode == 0 and run.stdout == example
    assert platend("-c", str(platen.ROOT / "conf" / "platen.conf"), "--check-config").returncode == 0


def test_help_and_version():
    run = platend("--help")
    assert run.returncode == 0 and "cache.size" in run.stdout
    assert platend("--version").returncode == 0
    assert platend("--nonsense").returncode == 2


def test_several_addresses_and_a_unix_socket():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/http.sock"
        with Server("http.listen=127.0.0.1:0,127.0.0.1:0,unix:" + path) as server:
            server.wait(lambda: len(server.addresses) == 3, 5, "three addresses")
            for address in server.addresses:
                client = Client(address)
                assert client.request("GET", "/readyz").status == 200, address
                client.close()


def test_port_from_the_environment():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(start=False, environment={"PORT": str(port)})
    server.settings = [s for s in server.settings if not s.startswith("http.listen")]
    with server:
        server.start()
        client = Client(f"127.0.0.1:{port}")
        assert client.request("GET", "/readyz").status == 200
        assert platend("-o", f"store.dir={server.folder}/store", "--healthcheck", PORT=str(port)).returncode == 0


def test_an_address_in_use_is_exit_3():
    with Server() as server:
        with tempfile.TemporaryDirectory() as other:
            run = platend("-o", f"store.dir={other}", "-o", f"http.listen={server.address}")
            assert run.returncode == 3, run
        run = platend("-o", f"store.dir={server.folder}/store", "-o", "http.listen=127.0.0.1:0")
        assert run.returncode in (3, 4), run


def test_impossible_memory_is_refused_with_the_arithmetic():
    with tempfile.TemporaryDirectory() as folder:
        run = platend("-o", f"store.dir={folder}", "-o", "http.listen=127.0.0.1:0", "-o", "cache.size=900GiB")
        assert run.returncode == 2, run
        said = run.stdout + run.stderr
        assert "cache.size" in said and "921600" in said, said
    with Server() as server:
        assert any("memory" in line and "map" in line for line in server.lines), server.lines[:10]


def test_a_log_of_json_is_json_from_the_first_line_to_the_last():
    with Server("log.format=json", "log.level=debug", "log.access=all") as server:
        assert server.get("/v1/objects/it%27s%20%22quoted%22%0A%5C.root").status in (400, 404)
        assert server.put("bad.root", b"no histograms").status == 422
        server.stop()
        lines = [json.loads(line) for line in server.lines]
        assert lines[0]["event"] == "starting" and lines[-1]["event"] == "stopped", lines
        for line in lines:
            assert {"time", "level", "who", "event"} <= set(line), line
        assert {line["who"].split("/")[0] for line in lines} >= {"master", "front"}, lines
