"""The use case that creates each entity, by the entity's name. The other use cases are the same for all."""

from collections.abc import Mapping
from typing import Any, Final

from service.application.entities import Create
from service.application.orders import PlaceOrder
from service.application.users import CreateUser

CREATE: Final[Mapping[str, type[Create[Any]]]] = {each.entity.name: each for each in (CreateUser, PlaceOrder)}
