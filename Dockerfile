# The service for ECS, EKS and a laptop: `shapeshift serve`, as nobody in particular, on a read-only root.
# It serves several runtimes, so it does not set RUNTIME; SHAPESHIFT_IMAGE makes it refuse to start where that is not
# set and no platform is recognised.
ARG PYTHON_IMAGE=python:3.13-slim

# The base, without pip and other things that a server never runs.
FROM ${PYTHON_IMAGE} AS system
RUN python -m pip uninstall --quiet --yes --root-user-action ignore pip
RUN --mount=type=bind,source=deploy/slim.py,target=/slim.py python /slim.py /usr/local
RUN install -d -o 10001 -g 10001 /srv/shapeshift/var

FROM ${PYTHON_IMAGE} AS dependencies
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv --without-pip /opt/venv
COPY requirements/service.txt requirements/
RUN python -m pip --python /opt/venv/bin/python install --quiet --no-compile \
    --require-hashes --no-deps --only-binary :all: --requirement requirements/service.txt
RUN --mount=type=bind,source=deploy/slim.py,target=/slim.py python /slim.py /opt/venv

FROM dependencies AS application
COPY requirements/build.txt requirements/
RUN python -m pip install --quiet --require-hashes --requirement requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY containers containers
COPY parity parity
RUN python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheels . \
    && python -m pip --python /opt/venv/bin/python install --quiet --no-compile --no-deps --prefix /opt/application /wheels/*.whl
RUN --mount=type=bind,source=deploy/slim.py,target=/slim.py python /slim.py /opt/application /opt/venv

# One layer of what is left of the base: a file that is deleted above its layer is still shipped.
FROM scratch
# hadolint ignore=DL3067
COPY --from=system / /
COPY --from=dependencies /opt/venv /opt/venv
COPY --from=application /opt/application /opt/venv

ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=:: \
    PORT=8000 \
    SHAPESHIFT_IMAGE=1
WORKDIR /srv/shapeshift
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s CMD ["python", "-m", "containers.entrypoints.health"]
CMD ["shapeshift", "serve"]

# The revision is a label that the build command gives: podman would take that of an earlier build from its cache.
LABEL org.opencontainers.image.title="shapeshift" \
      org.opencontainers.image.description="One Python service that runs unchanged on Lambda, ECS, EKS and a laptop" \
      org.opencontainers.image.licenses="Apache-2.0"
