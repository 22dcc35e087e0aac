from __future__ import annotations

import sys

import pandas as pd
import pytest

from skillopt.adapters.frames import Dtype, data_frame
from skillopt.errors import InputError

COLUMNS: dict[str, Dtype] = {
    "name": "string",
    "count": "Int64",
    "score": "Float64",
    "known": "boolean",
    "at": "datetime64[us, UTC]",
}


def test_what_is_missing_is_na_and_never_0() -> None:
    at = pd.Timestamp("2026-11-28T12:00:00.000001Z")
    frame = data_frame([("a", 0, 0.0, False, at), (None, None, None, None, None)], COLUMNS)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == COLUMNS
    assert frame.iloc[0].tolist() == ["a", 0, 0.0, False, at]
    assert frame.iloc[1].isna().all()
    assert frame["score"].mean() == 0.0


def test_no_rows_make_an_empty_table_of_the_same_types() -> None:
    frame = data_frame([], COLUMNS)
    assert len(frame) == 0
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == COLUMNS


def test_without_pandas_it_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(InputError, match=r"pip install 'skillopt-ledger\[pandas\]'"):
        data_frame([], COLUMNS)
