"""The monolith on Lambda."""

from mangum import Mangum

from benchmarks.peers.fastapi_boto3 import app

handler = Mangum(app, lifespan="off")
