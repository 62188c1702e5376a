"""Which target group serves which path: the parameters of the load balancer's stack, before, during and after a move.

A route is the parameter of one entity's paths, or the one of every other path. During a move it has a previous target
group too, and two weights say how the requests are divided.
"""

from collections.abc import Mapping
from typing import Final

from deploy.template import logical_id
from deploy.units import unit_names
from service.domain.entities import ENTITIES

Routes = Mapping[str, str]
"""Target groups by route; an entity's empty one means that its paths are served as every other path."""

DEFAULT: Final = "DefaultTargetGroup"


def entity_routes() -> dict[str, str]:
    """Return the route of each entity's paths."""
    return {entity: f"{logical_id(entity)}TargetGroup" for entity in ENTITIES}


def routes(groups: Mapping[str, str]) -> dict[str, str]:
    """Return the routes to these target groups, by unit name. Paths of no entity go to the first of them."""
    first = next((groups[name] for name in unit_names() if name in groups), "")
    return {**{route: groups.get(entity, "") for entity, route in entity_routes().items()}, DEFAULT: first}


def serving(routes: Routes, route: str) -> str:
    """Return the target group that serves the paths of a route."""
    return routes.get(route) or routes.get(DEFAULT, "")


def previous(route: str) -> str:
    """Return the name of the parameter that has a route's previous target group."""
    return route.replace("TargetGroup", "PreviousTargetGroup")


def settled(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the routes as they are; during a move, as they were before it."""
    return {route: parameters.get(previous(route)) or parameters.get(route, "") for route in _every_route()}


def shares(parameters: Mapping[str, str]) -> dict[str, int]:
    """Return how many percent of the requests of its paths each target group gets."""
    found: dict[str, int] = {}
    for route in _every_route():
        old, new = parameters.get(previous(route), ""), parameters.get(route, "")
        weights = {new: int(parameters.get("NewWeight", 100)), old: int(parameters.get("PreviousWeight", 0))}
        for group, weight in (weights if old else {new: 100}).items():
            found[group] = max(weight, found.get(group, 0))
    return found


def whole(routes: Routes) -> dict[str, str]:
    """Return the parameters for these routes without a move."""
    return {**routes, **dict.fromkeys(map(previous, _every_route()), ""), "NewWeight": "100", "PreviousWeight": "0"}


def divided(old: Routes, new: Routes, percent: int) -> dict[str, str]:
    """Return the parameters for a move in which the new target groups get so many percent of the requests.

    A path that changes its target group needs a rule of its own until the move ends, if it has one before or after.
    """
    found = whole(new)
    for route in _every_route():
        before, after = serving(old, route), serving(new, route)
        if before and before != after and (old.get(route) or new.get(route)):
            found |= {route: after, previous(route): before}
    return {**found, "NewWeight": str(percent), "PreviousWeight": str(100 - percent)}


def _every_route() -> list[str]:
    return [*entity_routes().values(), DEFAULT]
