"""What is taken out of AWS's own files changes nothing that a client of ours does."""

import json
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from deploy.slim import AWS_SERVICES, without_documentation, without_other_services

DATA = Path(botocore.__file__).parent / "data"
ENDPOINTS: dict[str, Any] = json.loads((DATA / "endpoints.json").read_text())
REGIONS = ["eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1", "xx-new-1"]


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("service", AWS_SERVICES.values())
def test_a_service_is_found_where_it_was(service: str, region: str) -> None:
    whole, slim = EndpointResolver(ENDPOINTS), EndpointResolver(without_other_services(ENDPOINTS))

    for fips in (False, True):
        for dual_stack in (False, True):
            where = {"use_fips_endpoint": fips, "use_dualstack_endpoint": dual_stack}
            assert _found(slim, service, region, where) == _found(whole, service, region, where)


def _found(resolver: Any, service: str, region: str, where: dict[str, bool]) -> Any:
    try:
        return resolver.construct_endpoint(service, region, **where)
    except botocore.exceptions.EndpointVariantError as error:
        return str(error)


@pytest.mark.parametrize("service", AWS_SERVICES)
def test_a_description_loses_its_text_and_nothing_else(service: str) -> None:
    model = Loader().load_service_model(service, "service-2")

    slim = without_documentation(model)

    assert slim["operations"].keys() == model["operations"].keys()
    assert slim["shapes"].keys() == model["shapes"].keys()
    assert _named_documentation(slim) <= {"members"}
    assert len(json.dumps(slim)) < len(json.dumps(model)) * 0.7


def _named_documentation(model: Any, parent: str = "") -> set[str]:
    """Below what things a `documentation` is left: a member may have that name."""
    if isinstance(model, dict):
        here = {parent} if "documentation" in model else set()
        return here.union(*(_named_documentation(each, name) for name, each in model.items()))
    return set().union(*(_named_documentation(each, parent) for each in model)) if isinstance(model, list) else set()
