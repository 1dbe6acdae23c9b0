"""Two photos to begin with, which scikit-learn brings."""

from __future__ import annotations

from dataclasses import dataclass

from dlplay.datasets.package_data import package_file


@dataclass(frozen=True)
class Sample:
    """A photo that comes with an installed package.

    Args:
        credit: who took it, and under which licence it is.
    """

    title: str
    file: str
    sha256: str
    credit: str

    def read(self) -> bytes:
        """The file's content.

        Raises:
            UserError: the package is missing, or the file is not the one we know.
        """
        return package_file("sklearn", self.file, self.sha256, "scikit-learn").read_bytes()


SAMPLES = {
    sample.title: sample
    for sample in (
        Sample(
            "Palace",
            "datasets/images/china.jpg",
            "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
            "china.jpg by danielbuechele on Flickr, CC BY 2.0, through scikit-learn",
        ),
        Sample(
            "Flower",
            "datasets/images/flower.jpg",
            "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
            "flower.jpg by vultilion on Flickr, CC BY 2.0, through scikit-learn",
        ),
    )
}
"""The sample photos by title."""
