"""A substitute for kubectl and its cluster: stores what is applied, and registers a pod with its target group."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CLUSTER = Path(__file__).with_name("cluster.json")


def main(arguments: list[str]) -> int:
    """Do what kubectl does, and return the exit status."""
    configuration = json.loads(Path(arguments[0].removeprefix("--kubeconfig=")).read_text(encoding="utf-8"))
    assert configuration["users"][0]["user"]["token"].startswith("k8s-aws-v1.")
    applied: dict[str, Any] = json.loads(CLUSTER.read_text(encoding="utf-8")) if CLUSTER.exists() else {}
    match arguments[1:]:
        case ["apply", "-k", directory] if directory.endswith("/cluster"):
            applied["cluster"] = {}
        case ["apply", "-k", directory]:
            overlay = _overlay(directory)
            applied[overlay["namespace"]] = overlay
            _register(_patched(overlay, "TargetGroupBinding"))
        case ["diff", "-k", directory]:
            overlay = _overlay(directory)
            deployed = applied.get(overlay["namespace"], {})
            return int({key: value for key, value in deployed.items() if key != "replicas"} != overlay)
        case ["-n", namespace, "scale", _, replicas]:
            applied[namespace]["replicas"] = int(replicas.removeprefix("--replicas="))
        case ["-n", namespace, "get", *_, "jsonpath={.spec.replicas}"] if namespace in applied:
            sys.stdout.write(str(applied[namespace].get("replicas", 2)))
        case ["-n", namespace, "get", *_] if namespace in applied:
            [image] = applied[namespace]["images"]
            version = f":{image['newTag']}" if "newTag" in image else f"@{image['digest']}"
            sys.stdout.write(f"{image['newName']}{version} {_patched(applied[namespace], 'Deployment')}")
        case ["-n", namespace, "exec", "-i", "deployment/service", "--", "python", *command] if namespace in applied:
            return subprocess.run([sys.executable, *command], check=False).returncode
        case ["delete", "namespace", namespace, *_]:
            applied.pop(namespace, None)
    CLUSTER.write_text(json.dumps(applied), encoding="utf-8")
    return 0


def _overlay(directory: str) -> dict[str, Any]:
    overlay: dict[str, Any] = json.loads(Path(directory, "kustomization.yaml").read_text(encoding="utf-8"))
    assert (Path(directory) / overlay["resources"][0] / "kustomization.yaml").is_file()
    assert Path(directory, "cursor_secret").stat().st_mode & 0o077 == 0
    return {key: value for key, value in overlay.items() if key != "resources"}


def _register(target_group: str) -> None:
    import boto3  # noqa: PLC0415  # most calls do without, and it is slow

    boto3.client("elbv2").register_targets(TargetGroupArn=target_group, Targets=[{"Id": "10.0.0.9", "Port": 8000}])


def _patched(overlay: dict[str, Any], kind: str) -> str:
    [patch] = [json.loads(each["patch"])[0] for each in overlay["patches"] if each["target"]["kind"] == kind]
    return str(patch["value"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
