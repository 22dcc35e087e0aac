"""Where rollouts and calls are made, and what the workers of a cluster need."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from skillopt.core.value import Value

_ADDRESS = re.compile(r"ray(://[^\s/]+:\d{1,5})?")


class WorkerSettings(Value):
    """The settings of workers."""

    workers: str | None = Field(
        default=None,
        description="Where command targets, agents and checks run: `ray`, a Ray cluster (that of "
        "RAY_ADDRESS, one of this machine, or one for the run), or `ray://HOST:PORT`; by default "
        "in processes of this machine.",
    )
    ray_cpus: float = Field(
        default=1.0,
        ge=0,
        le=1024,
        allow_inf_nan=False,
        description="CPUs that a worker of the cluster needs.",
    )
    ray_memory: int | None = Field(
        default=None, ge=1, description="Memory that a worker of the cluster needs, in megabytes."
    )
    ray_calls: int = Field(
        default=1, ge=1, le=1024, description="Calls that a worker of the cluster has at a time."
    )

    caller_processes: int | None = Field(
        default=None,
        ge=0,
        le=64,
        description="Maximum number of processes that make calls to models once these take all "
        "of one core; by default one per core, up to 8. 0: all calls are made in skillopt's own "
        "process.",
    )

    @field_validator("workers")
    @classmethod
    def _is_address(cls, given: str | None) -> str | None:
        if given is not None and not _ADDRESS.fullmatch(given):
            raise ValueError("expected `ray`, or an address such as `ray://head:10001`")
        return given
