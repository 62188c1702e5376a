"""How to reach what was deployed."""

from deploy.state import DeployedState


def how_to_reach(state: DeployedState) -> str:
    """Return the URL, a command that calls it, and who may connect."""
    url, edge = state.outputs()["Url"], state.parameters("edge")
    command = f"{url}\n  curl {url}/api/health"
    if edge["Scheme"] == "internet-facing":
        return f"{command}\nOnly {edge.get('ClientCidr') or edge['VpcCidr']} may connect.{_about_tokens(state)}"
    return (
        f"{command}\nThe load balancer is internal: run this inside the network {edge['VpcId']}, for example in "
        "CloudShell with an environment in that network. For a load balancer that this machine reaches, run `down`, "
        "and then `up` with --allow-cidr ADDRESS/32."
    )


def _about_tokens(state: DeployedState) -> str:
    if state.parameters("data").get("Auth") != "oidc":
        return ""
    is_encrypted = bool(state.parameters("edge").get("CertificateArn"))
    advice = "" if is_encrypted else " Tokens are not encrypted on their way: set edge.CertificateArn."
    return f"\nCallers need a token.{advice}"
