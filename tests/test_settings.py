"""What the owner of a server can set."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlplay.errors import UserError
from dlplay.settings import Settings


def test_everything_is_kept_in_the_home_the_owner_chose(home: Path) -> None:
    settings = Settings()
    assert settings.home == home
    assert settings.folder("runs") == home / "runs"
    assert (home / "runs").is_dir()
    assert settings.database == f"sqlite:///{home / 'runs.sqlite'}"


def test_by_default_it_is_a_hidden_folder_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DLPLAY_HOME")
    assert Settings().home.expanduser() == Path.home() / ".dlplay"


def test_a_tilde_in_the_home_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DLPLAY_HOME", "~/playground")
    assert Settings().folder("logs") == tmp_path / "playground" / "logs"


def test_another_database_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLPLAY_DATABASE_URL", "postgresql://host/runs")
    assert Settings().database == "postgresql://host/runs"


def test_limits_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLPLAY_SLOTS", "4")
    monkeypatch.setenv("DLPLAY_UPLOAD_MEGABYTES", "7")
    monkeypatch.setenv("DLPLAY_MEMORY_GIGABYTES", "1.5")
    settings = Settings()
    assert (settings.slots, settings.upload_megabytes, settings.memory_gigabytes) == (4, 7, 1.5)


def test_without_any_the_machine_decides_and_a_file_may_have_50_megabytes() -> None:
    settings = Settings()
    assert (settings.slots, settings.memory_gigabytes) == (None, None)
    assert settings.upload_megabytes == 50


@pytest.mark.parametrize(
    ("variable", "value"),
    [("DLPLAY_SLOTS", "0"), ("DLPLAY_SLOTS", "many"), ("DLPLAY_MEMORY_GIGABYTES", "-1")],
)
def test_a_bad_setting_is_a_sentence_that_names_the_variable(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(UserError, match=rf"{variable}: .*Received: {value}\."):
        Settings()


def test_a_home_that_cannot_be_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DLPLAY_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(UserError, match=r"cannot be made: Not a directory.*Set DLPLAY_HOME"):
        Settings().folder("runs")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(Settings(), "slots", 3)  # noqa: B010
