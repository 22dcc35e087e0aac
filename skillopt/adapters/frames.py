"""Rows as a pandas table, in types that keep what is missing apart from 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from skillopt.errors import InputError

if TYPE_CHECKING:
    from pandas import DataFrame

Dtype = Literal["string", "Int64", "Float64", "boolean", "datetime64[us, UTC]"]


def data_frame(rows: Iterable[Sequence[object]], columns: Mapping[str, Dtype]) -> DataFrame:
    """A table with these columns and types, also of no rows; None becomes NA.

    Args:
        rows: their cells, in the order of the columns.
        columns: the type of each by name.

    Raises:
        InputError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise InputError(
            "to_frame() needs pandas, which is not installed: pip install 'skillopt-ledger[pandas]'"
        ) from None

    made = list(rows)
    cells: dict[str, list[object]] = {
        name: [row[at] for row in made] for at, name in enumerate(columns)
    }
    return pd.DataFrame(
        {name: pd.array(cells[name], dtype=dtype) for name, dtype in columns.items()}
    )
