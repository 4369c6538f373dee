# One image, many processes:  docker build -t newstart:0.1.0 .
# Run:  <image> triage api | casefile worker | gateway migrate | topology   (settings from the environment)
#
# BASE may be a mirror or a council's own Python 3.11 base; pin it there by digest (name:tag@sha256:...).
ARG BASE=python:3.11.14-slim-trixie

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.lock deploy/image_lock.py ./
# Every wheel must match the lock's hash; nothing is built from source.
RUN python image_lock.py < requirements.lock > image.lock \
    && python -m venv --without-pip /opt/newstart \
    && python -m pip --python /opt/newstart/bin/python install --require-hashes --no-deps --only-binary :all: -r image.lock
COPY alembic.ini /app/
COPY kit /app/kit
COPY services /app/services
COPY gateway /app/gateway
# Compiled here, because the disk is read-only at run time; unchecked, because copying changes times.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app

FROM ${BASE}
ENV PATH=/opt/newstart/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
COPY --from=build /opt/newstart /opt/newstart
COPY --from=build /app /app
WORKDIR /app
# A number, so that Kubernetes can see it is not root. It owns nothing here: /tmp is all it may write.
USER 10001:10001
EXPOSE 8080 9090
ENTRYPOINT ["python", "-m", "kit.run"]
