"""The Dockerfiles, and what goes into the images."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from deploy.images import DOCKERFILES, REVISION_LABEL, SOURCES, build, image_tag
from deploy.tools import ToolFailed, Tools

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The sources of the images, copied."""
    for source in {each for kind in SOURCES for each in (DOCKERFILES[kind], *SOURCES[kind])}:
        target = tmp_path / source
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, target)
    return tmp_path


@pytest.mark.parametrize("dockerfile", DOCKERFILES.values())
def test_hadolint_has_nothing_to_say(dockerfile: str) -> None:
    linter = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([linter, ROOT / dockerfile], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.mark.parametrize("kind", DOCKERFILES)
def test_all_that_goes_into_an_image_counts_in_its_tag(kind: str) -> None:
    dockerfile = (ROOT / DOCKERFILES[kind]).read_text()
    copied = {
        each for line in re.findall(r"^COPY (?!--from)(.*)$", dockerfile, re.MULTILINE) for each in line.split()[:-1]
    }
    mounted = set(re.findall(r"--mount=type=bind,source=([^,]+)", dockerfile))

    assert copied | mounted == set(SOURCES[kind])


def test_nothing_else_can_go_into_an_image() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}

    assert "*" in lines
    assert allowed == {each for sources in SOURCES.values() for each in sources}


def test_the_same_sources_have_the_same_tag_and_others_another(checkout: Path) -> None:
    tag = image_tag("service", "arm64", checkout)
    (checkout / "service" / "__pycache__").mkdir()
    (checkout / "service" / "__pycache__" / "x.pyc").touch()
    (checkout / "compose.yaml").touch()
    assert image_tag("service", "arm64", checkout) == tag == image_tag("service", "arm64")

    assert image_tag("service", "x86_64", checkout) != tag
    (checkout / "service" / "__init__.py").rename(checkout / "service" / "other.py")
    assert image_tag("service", "arm64", checkout) != tag


def test_a_tag_is_one_that_registries_take() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}-x86_64", image_tag("lambda", "x86_64"))


def test_an_image_is_built_for_its_architecture_and_pushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\necho "$BUILDX_NO_DEFAULT_ATTESTATIONS" "$@" >> {tmp_path}/calls\n')
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    build("lambda", "registry/lambda:abc", "arm64", Tools())

    built, pushed = (tmp_path / "calls").read_text().splitlines()
    options = f"--pull --platform linux/arm64 --tag registry/lambda:abc --label {REVISION_LABEL}=abc"
    assert built.startswith(f"1 build {options}")
    assert built.endswith(f"--file {ROOT}/Dockerfile.lambda {ROOT}")
    assert pushed.split() == ["push", "registry/lambda:abc"]


def test_a_tool_that_fails_is_named_with_its_last_lines() -> None:
    said: list[str] = []
    with pytest.raises(ToolFailed, match=r"(?s)`sh -c .+` failed \(3\):\n  line 6\n.+  line 20$"):
        Tools(said.append).run("sh", "-c", "for n in $(seq 20); do echo line $n >&2; done; exit 3")

    assert said[1:] == [f"line {n}" for n in range(1, 21)]


def test_a_tool_that_is_missing_is_named_with_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(ToolFailed, match=r"docs\.docker\.com"):
        Tools().run("docker", "version")


def test_a_tool_reads_what_must_not_be_seen_from_its_input() -> None:
    assert Tools().run("cat", stdin="secret") == "secret"
    assert Tools().run("true", stdin="unread" * 10) == ""


def test_no_image_moves_under_its_name() -> None:
    images = [service["image"] for service in COMPOSE["services"].values()]
    images += [
        re.findall(r"^ARG PYTHON_IMAGE=(\S+)", (ROOT / each).read_text(), re.MULTILINE)[0]
        for each in DOCKERFILES.values()
    ]

    assert all(re.search(r":[^:/]+$", image) and not image.endswith(":latest") for image in images)


@pytest.mark.parametrize("store", ["postgresql", "dynamodb"])
def test_on_a_laptop_the_tables_are_made_before_the_service_starts(store: str) -> None:
    services = {name: each for name, each in COMPOSE["services"].items() if each["profiles"] == [store]}
    migrate, service = services[f"migrate-{store}"], services[f"service-{store}"]

    assert set(services) == {store, f"migrate-{store}", f"service-{store}"}
    assert "healthcheck" in services[store]
    assert migrate["depends_on"] == {store: {"condition": "service_healthy"}}
    assert service["depends_on"] == {f"migrate-{store}": {"condition": "service_completed_successfully"}}
    assert migrate["environment"] == service["environment"]
    assert service["environment"]["STORE"] == store
    assert service["read_only"]
    assert service["ports"] == ["127.0.0.1:${PORT:-8000}:8000"]
