"""Weights & Biases is used online only where it would not have to ask for a key."""

from pathlib import Path

import pytest

from anomaly_fas.loggers.wandb_state import is_offline


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("WANDB_MODE", "WANDB_API_KEY", "WANDB_BASE_URL", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def write_netrc(path: Path, machine: str) -> None:
    path.write_text(f"machine {machine}\n  login user\n  password {'0' * 40}\n")
    path.chmod(0o600)


def test_without_a_key_it_is_offline() -> None:
    assert is_offline()


@pytest.mark.parametrize(
    ("mode", "offline"),
    [("online", False), ("offline", True), ("disabled", True), ("dryrun", True), ("", False)],
)
def test_the_mode_goes_before_the_key(
    monkeypatch: pytest.MonkeyPatch, mode: str, offline: bool
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    monkeypatch.setenv("WANDB_MODE", mode)
    assert is_offline() == offline


def test_online_by_mode_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "online")
    assert not is_offline()


@pytest.mark.parametrize(("key", "offline"), [("0" * 40, False), ("", True)])
def test_a_key_in_the_environment_means_online(
    monkeypatch: pytest.MonkeyPatch, key: str, offline: bool
) -> None:
    monkeypatch.setenv("WANDB_API_KEY", key)
    assert is_offline() == offline


def test_a_key_in_netrc_means_online_for_its_own_host(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_netrc(home / ".netrc", "api.wandb.ai")
    assert not is_offline()
    monkeypatch.setenv("WANDB_BASE_URL", "https://wandb.example.org")
    assert is_offline()
    write_netrc(home / ".netrc", "wandb.example.org")
    assert not is_offline()


@pytest.mark.parametrize("content", ["machine api.wandb.ai password", "", "rubbish {"])
def test_a_netrc_that_cannot_be_used_means_offline(home: Path, content: str) -> None:
    (home / ".netrc").write_text(content)
    assert is_offline()


def test_another_netrc_file_is_found_as_wandb_finds_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_netrc(home / "elsewhere", "api.wandb.ai")
    monkeypatch.setenv("NETRC", str(home / "elsewhere"))
    assert not is_offline()


def test_a_server_with_a_port_is_found_as_wandb_writes_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_netrc(home / ".netrc", "localhost:8080")
    monkeypatch.setenv("WANDB_BASE_URL", "http://localhost:8080")
    assert not is_offline()
