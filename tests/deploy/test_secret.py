"""The secret that a deployment generates, or finds."""

from uuid import uuid4

import boto3
import pytest

from deploy import secret
from deploy.errors import DeployError


@pytest.mark.timeout(60)
def test_it_is_generated_once_from_32_bytes_and_one_that_is_too_short_is_refused(aws: dict[str, str]) -> None:
    session = boto3.session.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"])
    ssm = session.client("ssm", aws["AWS_REGION"], endpoint_url=aws["AWS_ENDPOINT_URL"])
    prefix = f"/{uuid4()}"

    generated = secret.ensure(ssm, prefix)

    assert len(generated) == 43  # 32 bytes in base 64
    assert secret.ensure(ssm, prefix) == generated
    ssm.put_parameter(Name=secret.name(prefix), Value="hunter2", Type="SecureString", Overwrite=True)
    with pytest.raises(DeployError, match=f"{prefix}/cursor_secret has fewer than 16 characters") as error:
        secret.ensure(ssm, prefix)
    assert "hunter2" not in str(error.value)
    ssm.close()
