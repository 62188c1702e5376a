"""Rules that forward to several target groups by weight, which ministack reads but does not follow.

Used in the process of `loopback.cloud`. Of the requests of a rule, each target group gets exactly its share, in turn,
so that what callers see does not depend on chance.
"""

from collections.abc import Callable
from itertools import zip_longest
from typing import Any, Final

from ministack.services import alb
from ministack.services.cloudformation import provisioners

Groups = list[dict[str, Any]]

_CREDITS: Final[dict[tuple[tuple[str, int], ...], dict[str, int]]] = {}
"""For the groups and weights of a rule: how much each group is owed."""


def follow_weights() -> None:
    """Have ministack store weights, return them, and forward by them."""
    provisioners._elbv2_listener_actions = _stores_weights(provisioners._elbv2_listener_actions)
    alb._action_xml = _returns_weights(alb._action_xml)
    alb._execute_action = _forwards_by_weight(alb._execute_action)


def _stores_weights(actions_of: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[dict[str, Any]]]:
    def actions(props: dict[str, Any], lb_arn: str | None, prop: str = "DefaultActions") -> list[dict[str, Any]]:
        stored = actions_of(props, lb_arn, prop)
        for action, given in zip_longest(stored, props.get(prop) or []):
            groups: Groups = given.get("ForwardConfig", {}).get("TargetGroups", [])
            if groups:
                action["Groups"] = [(each["TargetGroupArn"], int(each.get("Weight", 1))) for each in groups]
        return stored

    return actions


def _returns_weights(xml: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
    """AWS returns the target group of an action by itself only if there is one."""

    def action_xml(action: dict[str, Any]) -> str:
        if action["Type"] != "forward":
            return xml(action)
        groups = action.get("Groups") or [(action["TargetGroupArn"], 1)]
        member = "<member><TargetGroupArn>{}</TargetGroupArn><Weight>{}</Weight></member>"
        members = "".join(member.format(*group) for group in groups)
        alone = f"<TargetGroupArn>{groups[0][0]}</TargetGroupArn>" if len(groups) == 1 else ""
        config = f"<ForwardConfig><TargetGroups>{members}</TargetGroups></ForwardConfig>"
        return f"<member><Type>forward</Type><Order>{action.get('Order', 1)}</Order>{alone}{config}</member>"

    return action_xml


def _forwards_by_weight(execute: Callable[..., Any]) -> Callable[..., Any]:
    async def executed(action: dict[str, Any], *request: Any) -> Any:
        groups = action.get("Groups")
        chosen = {**action, "TargetGroupArn": _next(tuple(groups))} if groups else action
        return await execute(chosen, *request)

    return executed


def _next(groups: tuple[tuple[str, int], ...]) -> str:
    """Return the group that is owed most: smooth weighted round robin, as nginx does it."""
    credits_ = _CREDITS.setdefault(groups, dict.fromkeys((arn for arn, _ in groups), 0))
    for arn, weight in groups:
        credits_[arn] += weight
    chosen = max((arn for arn, weight in groups if weight), key=lambda arn: credits_[arn])
    credits_[chosen] -= sum(weight for _, weight in groups)
    return chosen
