"""The use cases of each entity that have rules of their own, by the entity's name. The others are the same for all."""

from collections.abc import Mapping
from typing import Any, Final

from service.application.changes import Change
from service.application.entities import Create
from service.application.orders import ChangeOrderStatus, PlaceOrder
from service.application.users import ChangeUser, CreateUser

CREATE: Final[Mapping[str, type[Create[Any]]]] = {each.entity.name: each for each in (CreateUser, PlaceOrder)}

CHANGE: Final[Mapping[str, type[Change[Any]]]] = {each.entity.name: each for each in (ChangeUser, ChangeOrderStatus)}
"""Entities of kinds that are not listed do not change."""
