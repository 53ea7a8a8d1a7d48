from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from monitor.config import Config, Secret, load
from monitor.config.option import keys
from monitor.config.sections import SECTIONS
from monitor.model.errors import ConfigError


def read(tmp_path: Path, text: str | bytes, environ: dict[str, str] | None = None) -> Config:
    path = tmp_path / "nabat.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, environ or {})


def problems(tmp_path: Path, text: str | bytes, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text, environ)
    return [problem.replace(f"{tmp_path / 'nabat.toml'}", "nabat.toml") for problem in caught.value.problems]


def test_defaults() -> None:
    config = load(None, {})
    assert config == Config()
    assert (config.nabat.region, config.nabat.data, config.console.port, config.watch.bucket_seconds) == (
        "samara",
        Path("data"),
        8620,
        300,
    )
    with pytest.raises(FrozenInstanceError):
        config.console.port = 1  # type: ignore[misc]


def test_every_default_is_within_its_own_limits() -> None:
    for section in SECTIONS.values():
        for key in keys(section):
            assert key.option.doc.endswith(".")
            if key.type in (int, float):
                low, high = key.option.limits
                assert type(key.default) is key.type
                assert low <= key.default <= high
                assert low < high


def test_a_file_with_paths_relative_to_it(tmp_path: Path) -> None:
    text = """\
[nabat]
region = "regions/own"
data = "/var/lib/nabat"
[crawl]
default_wait = 5
[privacy]
author_key_file = "keys/authors"
dead_letter_key_file = ""
"""
    config = read(tmp_path, text)
    assert config.nabat.region == str(tmp_path / "regions/own")
    assert config.nabat.data == Path("/var/lib/nabat")
    assert config.privacy.author_key_file == tmp_path / "keys/authors"
    assert config.privacy.dead_letter_key_file is None
    assert type(config.crawl.default_wait) is float
    assert read(tmp_path, '[nabat]\nregion = "kursk"').nabat.region == "kursk"
    assert read(tmp_path, "").nabat.data == tmp_path / "data"


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    environ = {
        "NABAT_CONSOLE__PORT": "1234",
        "NABAT_CRAWL__DEFAULT_WAIT": "2.5",
        "NABAT_NABAT__DATA": "elsewhere",
        "NABAT_NABAT__REGION": "kursk",
        "NABAT_CONSOLE_PORT": "tcp://10.0.0.1:80",
        "NABAT": "",
        "HOME": "/root",
    }
    config = read(tmp_path, "[console]\nport = 1\n[crawl]\nconcurrency = 3\n", environ)
    assert (config.console.port, config.crawl.default_wait, config.crawl.concurrency) == (1234, 2.5, 3)
    assert (config.nabat.data, config.nabat.region) == (Path("elsewhere"), "kursk")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[consol]\nport = 1", 1, "неизвестный раздел 'consol'; возможно, имелось в виду console?"),
        ("\n[console]\nprot = 1", 3, "неизвестный ключ 'console.prot'; возможно, имелось в виду port?"),
        ("console = 1", 1, "console — это раздел"),
        ("[[console]]\nport = 1", 1, "console — это раздел"),
        ("[console]\nport = '8620'", 2, "console.port — нужно целое число"),
        ("[console]\nport = 8620.0", 2, "console.port — нужно целое число"),
        ("[console]\nport = true", 2, "console.port — нужно целое число"),
        ("[console]\nport = 65536", 2, "console.port равно 65536; допустимо от 0 до 65535"),
        ("[console]\nport = -1", 2, "console.port равно -1"),
        ("[crawl]\ndefault_wait = 'x'", 2, "crawl.default_wait — нужно число"),
        ("[crawl]\ndefault_wait = nan", 2, "crawl.default_wait равно nan"),
        ("[crawl]\ndefault_wait = inf", 2, "crawl.default_wait равно inf"),
        ("[triage]\npark_share = 1.5", 2, "triage.park_share равно 1.5; допустимо от 0.01 до 1"),
        ("[nabat]\nlog_level = 'info'", 2, "nabat.log_level 'info' — неизвестное значение"),
        ("[nabat]\nlog_level = 1", 2, "nabat.log_level — нужен текст"),
        ("[nabat]\nregion = ''", 2, "nabat.region '' — такого региона нет; напишите папку или одно из: kursk, samara"),
        ("[nabat]\ndata = ''", 2, "nabat.data не заполнено"),
        ('[nabat]\ndata = "a\\u0000b"', 2, "nabat.data — не путь"),
        ("[nabat]\ndata = 1", 2, "nabat.data — нужен текст"),
        ("[console]\nport = 1\nhost = 'everywhere'", 3, "— не адрес этой машины"),
        ("[console]\nhost = 'example.org'", 2, "— не адрес этой машины"),
        ("[clickhouse]\nurl = 'localhost:8123'", 2, "clickhouse.url — не адрес"),
        ("[clickhouse]\nurl = 'http://x:port'", 2, "clickhouse.url — не адрес"),
        ("[clickhouse]\nurl = 'http://u:p@x:8123'", 2, "clickhouse.url содержит имя или пароль"),
        ("[clickhouse]\ndatabase = 'a; DROP'", 2, "clickhouse.database — не имя"),
        ("[clickhouse]\npassword = 77345", 2, "clickhouse.password — нужен текст"),
        ("[clickhouse]\npassword_file = 'nothing'", 2, "не читается"),
        ("[kafka]\npassword_file = 'nothing'", 2, "kafka.password_file"),
        ("[kafka]\nprefix = 'the log'", 2, "kafka.prefix не годится в начало имён"),
        ("[kafka]\nreplication_factor = 1", 2, "kafka.min_insync_replicas больше"),
        ("[clickhouse]\npassword = 'a'\npassword_file = 'nothing'", 3, "заданы оба"),
        ("[crawl]\npage_bytes = 1000", 2, "crawl.post_bytes больше crawl.page_bytes"),
        ("[watch]\nbucket_seconds = 301", 2, "watch.bucket_seconds равно 301, сутки на него не делятся"),
        ("[spikes]\nnotice = 90", 2, "spikes.urgent не больше spikes.notice"),
        ("[spikes]\nnotice = 20\nurgent = 200", 3, "spikes.flash не больше spikes.urgent"),
        ("[spikes]\nflash = 60", 2, "spikes.flash не больше"),
        ("[console\n", 1, "не TOML"),
        (b"\n[console]\n# \xff", 3, "не UTF-8"),
    ],
)
def test_each_error_is_told_at_its_line(tmp_path: Path, text: str | bytes, line: int, what: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1, found
    assert what in found[0]
    assert found[0].startswith(f"nabat.toml:{line}: ")


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("NABAT_CONSOLE__PORTS", "1", "неизвестная переменная; возможно, имелось в виду NABAT_CONSOLE__PORT?"),
        ("NABAT_ZZZ__QQQ", "1", "неизвестная переменная; все ключи показывает nabat check --defaults"),
        ("NABAT_CONSOLE__PORT", "1.5", "'1.5' — не целое число"),
        ("NABAT_CONSOLE__PORT", "70000", "console.port равно 70000"),
        ("NABAT_CRAWL__DEFAULT_WAIT", "soon", "'soon' — не число"),
        ("NABAT_CONSOLE__HOST", "example.org", "— не адрес этой машины"),
        ("NABAT_CLICKHOUSE__PASSWORD_FILE", "/nowhere/at/all", "не читается"),
    ],
)
def test_an_error_in_the_environment_names_the_variable(variable: str, value: str, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {variable: value})
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"{variable}: ")
    assert what in caught.value.problems[0]


def test_all_errors_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "[console]\nport = -1\nhots = 1\n[watch]\nbatch = 0\n", {"NABAT_X__Y": "1"})
    assert [problem.split(": ")[0] for problem in found] == ["nabat.toml:2", "nabat.toml:3", "nabat.toml:5", "NABAT_X__Y"]


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml:1: файл не читается \(такого файла или папки нет\)"):
        load(tmp_path / "none.toml", {})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_the_console_may_listen_on_the_machine_itself(host: str) -> None:
    assert load(None, {"NABAT_CONSOLE__HOST": host}).console.host == host


def test_secrets_come_from_the_file_the_environment_or_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from file\n")
    inline, own = "[clickhouse]\npassword = 'inline'", "[clickhouse]\npassword_file = 'password'"
    assert read(tmp_path, inline).clickhouse.password.reveal() == "inline"
    assert read(tmp_path, own).clickhouse.password.reveal() == "from file"
    variable, file = {"NABAT_CLICKHOUSE__PASSWORD": "variable"}, {"NABAT_CLICKHOUSE__PASSWORD_FILE": str(tmp_path / "password")}
    assert read(tmp_path, inline, variable).clickhouse.password.reveal() == "variable"
    assert read(tmp_path, own, variable).clickhouse.password.reveal() == "variable"
    assert read(tmp_path, inline, file).clickhouse.password.reveal() == "from file"
    assert "заданы оба" in problems(tmp_path, "", variable | file)[0]


def test_a_secret_does_not_show(tmp_path: Path) -> None:
    config = read(tmp_path, "[clickhouse]\npassword = 'hunter2'")
    secret = config.clickhouse.password
    for shown in (str(config), repr(secret), str(secret), f"{secret}", f"{secret!r:>20}", str([secret])):
        assert "hunter2" not in shown
    assert secret == Secret("hunter2")
    assert secret != Secret("hunter3")
    assert hash(secret) == hash(Secret("hunter2"))
    assert (bool(secret), bool(Secret())) == (True, False)
    assert "77345" not in "".join(problems(tmp_path, "[clickhouse]\npassword = 77345"))


def test_the_digest_is_of_what_decides() -> None:
    before = load(None, {}).digest()
    for name, section in SECTIONS.items():
        for key in keys(section):
            if key.type in (int, float):
                _, high = key.option.limits
                step = 100 if key.name == "bucket_seconds" else 1 if key.type is int else 0.25
                other = key.default + step if key.default + step <= high else key.default - step
                changed = load(None, {f"NABAT_{name}__{key.name}".upper(): str(other)}).digest()
                assert (changed != before) == key.option.decides, key.name
    decisive = {f"{name}.{key.name}" for name, section in SECTIONS.items() for key in keys(section) if key.option.decides}
    assert {"watch.bucket_seconds", "spikes.notice", "triage.text_days"} <= decisive
    assert not decisive & {"console.port", "watch.batch", "triage.batch", "crawl.concurrency"}


def test_regions_of_a_cluster_are_names_or_folders(tmp_path: Path) -> None:
    assert read(tmp_path, "[cluster]\nregions = 'samara, own'").cluster.regions == f"samara,{tmp_path / 'own'}"
    assert read(tmp_path, "[cluster]\nregions = ''").cluster.regions == ""
    assert "'' — такого региона нет" in problems(tmp_path, "[cluster]\nregions = 'samara,'")[0]
