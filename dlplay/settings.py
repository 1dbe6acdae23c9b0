"""What the owner of a server can set: the ``DLPLAY_*`` environment variables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from dlplay.errors import UserError


class Settings(BaseSettings):
    """One frozen view of the environment; build it where it is needed, it is cheap."""

    model_config = SettingsConfigDict(env_prefix="DLPLAY_", frozen=True)

    home: Path = Field(
        default=Path("~/.dlplay"),
        description="Folder for everything the server keeps: runs, uploads, logs.",
    )
    database_url: str | None = Field(
        default=None, description="Any SQLAlchemy URL; SQLite inside `home` by default."
    )
    slots: int | None = Field(
        default=None, ge=1, description="Runs at the same time; one per GPU by default, else one."
    )
    upload_megabytes: int = Field(default=50, ge=1, description="Largest file a user may upload.")
    memory_gigabytes: float | None = Field(
        default=None, gt=0, description="Memory one run may use; what is free by default."
    )
    checkpoint_megabytes: int = Field(
        default=500, ge=1, description="Disk the saved epochs of one run may take."
    )
    view_share: float = Field(
        default=0.08, ge=0, le=0.5,
        description="Share of a run's time that looking inside its network may take; 0 is off.",
    )  # fmt: skip
    fashion_mnist_folder: Path = Field(
        default=Path("/usr/share/datasets/fashion-mnist"),
        description="Where Debian's dataset-fashion-mnist puts its files.",
    )
    resnet50_weights: Path | None = Field(
        default=None,
        description="ResNet-50's ImageNet weights as a file; Keras' cache by default.",
    )
    resnet50_md5: str = Field(
        default="2cb95161c43110f7111970584f804107",
        description="MD5 `resnet50_weights` must have; that of the published file by default.",
    )

    tensorboard_folder: Path | None = Field(
        default=None, description="Folder for TensorBoard's event files; none by default."
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            detail = error.errors()[0]
            raise UserError(
                f"DLPLAY_{str(detail['loc'][0]).upper()}: {detail['msg']}",
                received=detail["input"],
                fix="Change that environment variable",
            ) from error

    def folder(self, name: str) -> Path:
        """A folder of ours under ``home``, made if it is not there.

        Raises:
            UserError: it cannot be made.
        """
        path = self.home.expanduser() / name
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                f"The folder {path} cannot be made: {error.strerror}",
                fix="Set DLPLAY_HOME to a folder that can be written to",
            ) from error
        return path

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the run store."""
        return self.database_url or f"sqlite:///{self.folder('.') / 'runs.sqlite'}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep ``home`` for this process; the system lets go of it when the process ends.

        Raises:
            UserError: another server holds it.
        """
        import fcntl

        with (self.folder(".") / "server.lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UserError(
                    f"Another server already uses {self.home.expanduser()}",
                    fix="Stop it, or give this one a folder of its own with DLPLAY_HOME",
                ) from error
            yield
