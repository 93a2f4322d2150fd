"""A threat of a stop on `two-routes`, and one without a network."""

from __future__ import annotations

from straits.case.schema.threats import Threat

BASE = {
    "id": "stop", "title": "A stop of the pipeline", "sender": "NBR", "target": "LND",
    "act": {"disruptions": [{"asset": "pipe"}]},
    "start": "2022-03-05", "days": 28, "horizon": 36, "demand": {"worth": 100, "cost": 100}, "retreat_cost": 300,
    "packages": [{"id": "berth", "options": ["berth"]}],
}  # fmt: skip


#: A threat without a network: what is lost is stated.
STATED = {
    **BASE, "packages": [],
    "act": {"stated": [{"actor": "LND", "loss": 500}, {"actor": "NBR", "loss": 200}]},
}  # fmt: skip


def asked(base=BASE, **changes) -> Threat:
    return Threat.model_validate({**base, **changes})
