"""What can be known of the templates without deploying them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data

from containers.settings import Settings
from deploy.settings import SETTINGS
from deploy.template import DIRECTORY, template_of
from deploy.units import ALL
from service.adapters.dynamodb.tables import TABLE_SCHEMA
from service.application.ports import table_setting
from service.domain.entities import ENTITIES, stored_for
from tests.deploy.templates import TEMPLATES, UNITS, Template, as_list, read, resources, statements

every_template = pytest.mark.parametrize("stack", TEMPLATES)
every_unit = pytest.mark.parametrize("stack", UNITS)


def test_cfn_lint_finds_nothing(tmp_path: Path) -> None:
    for stack in {*TEMPLATES, *UNITS}:
        (tmp_path / f"{stack}.yaml").write_text(template_of(stack))
    lint = Path(sys.executable).with_name("cfn-lint")
    command = [str(lint), "--regions", "eu-central-1", "us-east-1", "--", *map(str, tmp_path.iterdir())]
    found = subprocess.run(command, check=False, capture_output=True, text=True)

    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("path", sorted(DIRECTORY.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_template_is_yaml_before_it_is_rendered(path: Path) -> None:
    assert cfn_yaml.load(str(path))["Resources"]
    assert len(path.read_text().splitlines()) < 500


@every_template
def test_every_template_and_parameter_says_what_it_is(stack: str) -> None:
    template = read(stack)

    assert template["Description"]
    assert [name for name, parameter in template["Parameters"].items() if not parameter.get("Description")] == []


def test_what_templates_share_is_the_same_in_each() -> None:
    shared: dict[str, Any] = {}
    for stack in TEMPLATES:
        parameters = read(stack)["Parameters"]
        for name in {"App", "Environment", "Unit", "Services"} & set(parameters):
            assert shared.setdefault(name, parameters[name]) == parameters[name], stack
    assert len(shared) == 4


def test_each_table_is_that_of_the_adapters_and_outlives_its_stack() -> None:
    template = read("data")
    tables = [each for each in template["Resources"].values() if each["Type"] == "AWS::DynamoDB::Table"]

    names = [table["Properties"]["TableName"]["Fn::Sub"] for table in tables]
    assert names == [f"${{App}}-${{Environment}}-{entity}" for entity in ENTITIES]
    for table in tables:
        assert table["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert {key: table["Properties"].get(key) for key in TABLE_SCHEMA} == TABLE_SCHEMA
        assert {table["DeletionPolicy"], table["UpdateReplacePolicy"]} == {"Retain"}
        assert table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_parameters_are_settings_that_the_service_knows() -> None:
    parameters = resources(read("data"), "AWS::SSM::Parameter").values()
    keys = {each["Name"]["Fn::Sub"].rpartition("/")[2] for each in parameters}

    assert keys == {"store", *map(table_setting, ENTITIES), *SETTINGS}
    assert keys <= set(Settings.model_fields)


def test_a_functions_variables_are_settings_that_the_service_knows() -> None:
    for name in [ALL, *ENTITIES]:
        [function] = resources(read(f"{name}-lambda"), "AWS::Lambda::Function").values()
        keys = {key.lower() for key in function["Environment"]["Variables"]}

        assert keys <= set(Settings.model_fields)
        stored = stored_for(ENTITIES if name == ALL else [name])
        assert {key for key in keys if key.endswith("_table")} == {*map(table_setting, stored)}


@every_template
def test_every_managed_policy_exists(stack: str) -> None:
    policies = json.loads(aws_managed_policies_data)
    known = {f"arn:${{AWS::Partition}}:iam::aws:policy{policy['Path']}{name}" for name, policy in policies.items()}
    roles = resources(read(stack), "AWS::IAM::Role").values()
    named = [arn["Fn::Sub"] for role in roles for arn in role.get("ManagedPolicyArns", [])]

    assert set(named) <= known


@every_template
def test_policies_name_their_actions_and_resources(stack: str) -> None:
    wide = set()
    for statement in statements(read(stack)):
        assert not any("*" in action for action in as_list(statement["Action"]))
        wide |= {json.dumps(each).strip('"') for each in as_list(statement["Resource"]) if "*" in json.dumps(each)}

    here = "${AWS::Region}:${AWS::AccountId}"
    justified = {
        "*",  # to log in at the registry, which knows no narrower
        '{"Fn::Sub": "arn:${AWS::Partition}:ecr:*:*:repository/*"}',  # an image of another account or region
        f'{{"Fn::Sub": "arn:${{AWS::Partition}}:ssm:{here}:parameter${{ConfigPrefix}}/*"}}',  # its own settings
    }
    assert wide == (justified if stack == "all-ecs" else set())


@every_template
def test_a_role_can_be_assumed_by_one_service(stack: str) -> None:
    for role in resources(read(stack), "AWS::IAM::Role").values():
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert list(statement["Principal"]) == ["Service"]
        assert set(as_list(statement["Action"])) <= {"sts:AssumeRole", "sts:TagSession"}


@every_template
def test_nothing_is_open_to_everybody(stack: str) -> None:
    template = read(stack)
    groups = resources(template, "AWS::EC2::SecurityGroup").values()
    rules = [rule for group in groups for rule in group.get("SecurityGroupIngress", [])]
    rules += resources(template, "AWS::EC2::SecurityGroupIngress").values()

    assert "0.0.0.0/0" not in json.dumps(rules)
    assert all("SecurityGroupEgress" in group for group in groups)  # without it, everything may go out
    assert template["Parameters"].get("ClientCidr", {}).get("Default", "") == ""
    assert template["Parameters"].get("PublicAccessCidrs", {}).get("Default", "") == ""
    assert template["Parameters"].get("Scheme", {}).get("Default", "internal") == "internal"
    assert all(url["AuthType"] == "AWS_IAM" for url in resources(template, "AWS::Lambda::Url").values())


@every_template
def test_logs_do_not_stay_for_ever(stack: str) -> None:
    assert all("RetentionInDays" in group for group in resources(read(stack), "AWS::Logs::LogGroup").values())


@every_template
def test_no_image_is_called_latest(stack: str) -> None:
    assert "latest" not in template_of(stack)


def test_a_task_has_the_time_to_stop_and_no_more_rights_than_it_needs() -> None:
    [task] = resources(read("all-ecs"), "AWS::ECS::TaskDefinition").values()
    [container] = task["ContainerDefinitions"]
    defaults = {name: field.default for name, field in Settings.model_fields.items()}

    assert container["StopTimeout"] > defaults["drain_seconds"] + defaults["shutdown_seconds"]
    assert container["User"] == "10001:10001"
    assert container["ReadonlyRootFilesystem"] is True
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}


def test_a_new_release_is_a_new_version_of_the_function() -> None:
    template: Template = read("all-lambda")
    [function] = resources(template, "AWS::Lambda::Function").values()
    [version] = resources(template, "AWS::Lambda::Version").values()

    assert "${Release}" in function["Description"]["Fn::Sub"]  # an unchanged function would be refused
    assert version["Description"] == {"Ref": "Release"}  # whose change replaces the version
