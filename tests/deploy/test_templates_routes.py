"""Which requests a load balancer sends where, as the templates say."""

import json
from fnmatch import fnmatchcase

import pytest

from deploy.template import logical_id
from service.domain.entities import ENTITIES
from service.http.problems import NOT_FOUND
from tests.deploy.templates import UNITS, read, resources


def test_what_is_served_nowhere_is_answered_as_the_api_does() -> None:
    listeners = resources(read("edge"), "AWS::ElasticLoadBalancingV2::Listener")
    http = listeners["HttpListener"]["DefaultActions"][0]["Fn::If"][2]["FixedResponseConfig"]
    https = listeners["HttpsListener"]["DefaultActions"][0]["FixedResponseConfig"]
    problem = json.loads(http["MessageBody"])

    assert http == https
    assert http["StatusCode"] == str(NOT_FOUND.status)
    assert problem.pop("detail")
    assert problem == {"type": NOT_FOUND.type, "title": NOT_FOUND.title, "status": NOT_FOUND.status}


@pytest.mark.parametrize(
    ("path", "goes_to"),
    [
        *((f"{path}{entity}{rest}", entity) for entity in ENTITIES for path in ("/", "/api/") for rest in ("", "/1")),
        ("/usersx", ""),
        ("/api/orders-of-old", ""),
        ("/api/health", ""),
        ("/", ""),
    ],
)
def test_a_path_goes_to_its_service(path: str, goes_to: str) -> None:
    rules = resources(read("edge"), "AWS::ElasticLoadBalancingV2::ListenerRule")
    in_order = sorted(rules, key=lambda name: int(rules[name]["Priority"]))

    def catches(name: str) -> bool:
        [condition] = rules[name]["Conditions"]
        return any(fnmatchcase(path, pattern) for pattern in condition["PathPatternConfig"]["Values"])

    assert next(name for name in in_order if catches(name)) == f"{logical_id(goes_to) or 'Default'}Rule"


@pytest.mark.parametrize("stack", UNITS)
def test_a_service_can_be_tried_before_it_has_the_route(stack: str) -> None:
    template = read(stack)
    [rule] = resources(template, "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    [condition] = rule["Conditions"]
    routes = resources(read("edge"), "AWS::ElasticLoadBalancingV2::ListenerRule").values()

    assert condition["HttpHeaderConfig"]["HttpHeaderName"] == "X-Preview-Unit"
    assert condition["HttpHeaderConfig"]["Values"] == [{"Fn::Sub": f"${{Unit}}-{stack.rpartition('-')[2]}"}]
    assert rule["Actions"] == [{"Type": "forward", "TargetGroupArn": {"Ref": "TargetGroup"}}]
    assert template["Parameters"]["PreviewPriority"]["MaxValue"] < min(int(route["Priority"]) for route in routes)


def test_the_permission_to_invoke_a_function_is_for_its_target_group() -> None:
    template = read("all-lambda")
    [group] = resources(template, "AWS::ElasticLoadBalancingV2::TargetGroup").values()
    [permission] = resources(template, "AWS::Lambda::Permission").values()

    assert group["Name"] == {"Ref": "TargetGroupName"}
    assert permission["SourceArn"]["Fn::Sub"].endswith(":targetgroup/${TargetGroupName}/*")
