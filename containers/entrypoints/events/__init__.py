"""The HTTP events of Lambda, read so that the application sees the same request whichever way it came.

What an event has lost before it reaches us cannot be given back:

- ALB without multi-value headers keeps only the last of repeated headers and query parameters.
- API Gateway v2 has decoded the path, so that `%2F` and `/` are one.
- API Gateway v1 has decoded the query, so that the caller's own spelling of it is gone.
- API Gateway v2, function URLs and VPC Lattice v1 join repeated headers with commas.
- VPC Lattice v1 keeps only the last of repeated query parameters.
- ALB with multi-value headers and VPC Lattice v2 list query parameters by their name as spelled: the order of `a` and
  `%61` is gone.
- An event is JSON: a body that is sent as text has no bytes in it that are not UTF-8.

And one thing that a source cannot carry: API Gateway v1 passes base64 on as it is, unless the API lists binary media
types. It is given text only.
"""

from containers.entrypoints.events.http_event import HttpEvent

__all__ = ["HttpEvent"]
