"""The settings of workers."""

from __future__ import annotations

import pytest

from skillopt.core.merged_settings import merged_settings
from skillopt.errors import SettingsError


@pytest.mark.parametrize("given", ["ray", "ray://head.example:10001", "ray://127.0.0.1:1"])
def test_a_cluster_is_named_by_its_address(given: str) -> None:
    assert merged_settings([("flags", {"workers": given})]).workers == given


@pytest.mark.parametrize(
    "given", ["", "dask", "ray://", "ray://head", "rays", "ray://a b:1", "Ray"]
)
def test_what_is_no_address_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(SettingsError, match=r"flags: workers: .*`ray://head:10001`, got"):
        merged_settings([("flags", {"workers": given})])
