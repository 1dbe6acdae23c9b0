"""Two years of six share prices."""

from __future__ import annotations

import csv
import gzip
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from dlplay.catalogue import Card
from dlplay.datasets.package_data import package_file
from dlplay.datasets.series import Series, SeriesDataset

_SHA256 = "8bb4cd39dc16c3408c311383344d359690930a10f480e522895d3983a30d789a"


class Stocks(SeriesDataset):
    """Weekly prices of technology companies."""

    card: ClassVar[Card] = Card(
        "Stocks",
        "Weekly share prices of a technology company in 2018 and 2019, as multiples of the first. "
        "Hardly anything beats last week's price here: a lesson in modesty.",
        "plotly.data.stocks, which comes with the package plotly",
        "MIT (plotly)",
    )
    name: Literal["stocks"] = "stocks"
    company: Literal["GOOG", "AAPL", "AMZN", "FB", "NFLX", "MSFT"] = Field(
        default="GOOG", title="Company", description="Whose share, by its symbol of those years."
    )

    def series(self) -> Series:
        path = package_file("plotly", "package_data/datasets/stocks.csv.gz", _SHA256)
        with gzip.open(path, "rt", newline="") as file:
            rows = list(csv.DictReader(file))
        values = np.array([row[self.company] for row in rows], np.float32)
        return Series(values, np.array([row["date"] for row in rows]), "relative price", "week")

    def series_code(self) -> str:
        return (
            f'import plotly\nvalues = plotly.data.stocks()["{self.company}"].to_numpy("float32")'
        )
