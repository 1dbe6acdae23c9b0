"""A year of Seattle's temperatures, hour by hour."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import ClassVar, Literal

import numpy as np

from dlplay.catalogue import Card
from dlplay.datasets.package_data import package_file
from dlplay.datasets.series import Series, SeriesDataset

_SHA256 = "c220666521ff4bec4ffb6f0d9acfdc5c1056564b1aad6f78d3b06aa0a0c8b085"


class SeattleTemps(SeriesDataset):
    """Hourly normals: what each hour of the year is like on average."""

    card: ClassVar[Card] = Card(
        "Seattle temperatures",
        "Each hour of a year in Seattle, 8,760 of them, averaged over many years by the weather "
        "service: so smooth that yesterday's value at the same hour is already a close forecast.",
        "NOAA's hourly normals, 2010, through the package vega_datasets (seattle-temps)",
        "public domain",
    )
    name: Literal["seattle-temps"] = "seattle-temps"

    def series(self) -> Series:
        path = package_file("vega_datasets", "_data/seattle-temps.csv", _SHA256)
        with path.open(newline="") as file:
            rows = [(datetime.strptime(r["date"], "%Y/%m/%d %H:%M"), float(r["temp"]))
                    for r in csv.DictReader(file)]  # fmt: skip
        start = rows[0][0]
        hours = np.array([(time - start).total_seconds() / 3600 for time, _ in rows])
        # Summer time leaves an hour out; it lies between its neighbours.
        every = np.arange(int(hours[-1]) + 1)
        values = np.interp(every, hours, [value for _, value in rows]).astype(np.float32)
        times = np.datetime64(start, "m") + every * np.timedelta64(60, "m")
        return Series(values, times.astype(np.str_), "temperature in °F", "hour")

    def series_code(self) -> str:
        return (
            "from pathlib import Path\n"
            "import numpy as np\n"
            "import pandas as pd\n"
            "import vega_datasets\n"
            'FILE = Path(vega_datasets.__file__).parent / "_data/seattle-temps.csv"\n'
            "table = pd.read_csv(FILE)\n"
            'times = pd.to_datetime(table["date"], format="%Y/%m/%d %H:%M")\n'
            "hours = (times - times[0]).dt.total_seconds() / 3600\n"
            "# Summer time leaves an hour out; it lies between its neighbours\n"
            'values = np.interp(np.arange(int(hours.max()) + 1), hours, table["temp"])\n'
            'values = values.astype("float32")'
        )

    def cycle(self) -> int:
        return 24
