"""The templates as data: read, with their conditions decided, and what their roles may do."""

from collections.abc import Iterator
from typing import Any, Final

from cfnlint.decode import cfn_yaml

from deploy.template import SHARED, template_of
from deploy.units import ALL, COMPUTES, every_unit

UNITS: Final = [unit.stack for unit in every_unit()]
WHOLE: Final = [f"{ALL}-{compute}" for compute in COMPUTES]
"""The units that serve every entity, one for each compute."""
TEMPLATES: Final = [*SHARED, *WHOLE]

Template = dict[str, Any]
NO_VALUE: Final = {"Ref": "AWS::NoValue"}


def read(stack: str) -> Template:
    """The template of a stack with its short forms written out: `!Ref X` is `{"Ref": "X"}`."""
    template: Template = cfn_yaml.loads(template_of(stack))
    return template


def resources(template: Template, kind: str) -> dict[str, Any]:
    """The properties of all the resources of a type, by name."""
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == kind}


def decided(node: Any, template: Template, **parameters: str) -> Any:
    """A part of a template as it is with those parameters; conditions on others take their defaults."""
    defaults = {name: each.get("Default") for name, each in template["Parameters"].items()}
    return _decided(node, template, {**defaults, **parameters})


def _decided(node: Any, template: Template, parameters: dict[str, Any]) -> Any:
    if isinstance(node, dict):
        if "Fn::If" in node:
            condition, yes, no = node["Fn::If"]
            holds = _holds(template["Conditions"][condition], template, parameters)
            return _decided(yes if holds else no, template, parameters)
        values = {key: _decided(value, template, parameters) for key, value in node.items()}
        return {key: value for key, value in values.items() if value != NO_VALUE}
    if isinstance(node, list):
        return [value for each in node if (value := _decided(each, template, parameters)) != NO_VALUE]
    return node


def _holds(condition: Any, template: Template, parameters: dict[str, Any]) -> bool:
    [(function, argument)] = condition.items()
    if function == "Fn::Equals":
        one, other = (parameters[each["Ref"]] if isinstance(each, dict) else each for each in argument)
        return bool(one == other)
    if function == "Condition":
        return _holds(template["Conditions"][argument], template, parameters)
    each_holds = (_holds(each, template, parameters) for each in argument)
    decisions = {
        "Fn::Not": lambda: not next(each_holds),
        "Fn::And": lambda: all(each_holds),
        "Fn::Or": lambda: any(each_holds),
    }
    return decisions[function]()


def statements(template: Template, **parameters: str) -> Iterator[dict[str, Any]]:
    """Every statement that allows a role of the template something."""
    for role in resources(template, "AWS::IAM::Role").values():
        for policy in role.get("Policies", []):
            yield from decided(policy["PolicyDocument"]["Statement"], template, **parameters)


def as_list(value: Any) -> list[Any]:
    """What may be given as one or as several, as several."""
    return value if isinstance(value, list) else [value]
