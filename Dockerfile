# One image, many processes:  make image   (buildah, podman or docker; BASE=, BUILDER= and IMAGE_FLAGS= go through)
# Run:  <image> triage api | casefile worker | gateway migrate | topology   (settings from the environment)
#
# BASE may be a mirror or a council's own Python 3.11 base; pin it there by digest (name:tag@sha256:...). It needs
# `python` with libstdc++ and nothing more. BUILDER is the same with pip, where BASE has none; Python must lie at the same path.
# Neither needs a compiler: every wheel comes ready, by its hash.
ARG BASE=python:3.11.14-slim-trixie
ARG BUILDER=${BASE}

FROM ${BUILDER} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.lock deploy/image_lock.py ./
# Everything must match the lock's hash. What was never published as a wheel (image_lock.py: pure Python) is made into
# one by the builder's own setuptools. Where packages come from is the builder's affair: `--secret id=pip,src=...` lends
# a pip.conf to this one step, and no layer keeps it.
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python image_lock.py wheels < requirements.lock > wheels.lock \
    && python image_lock.py sources < requirements.lock > sources.lock \
    && python -m venv --without-pip /opt/newstart \
    && python -m pip --python /opt/newstart/bin/python install --require-hashes --no-deps --only-binary :all: -r wheels.lock \
    && python -m pip wheel --require-hashes --no-deps --no-build-isolation -w made -r sources.lock \
    && python -m pip --python /opt/newstart/bin/python install --no-deps --no-index made/*.whl
# What no process reads: the packages' own tests, headers, libraries of other systems and for finding their makers'
# errors, a network protocol of Arrow's, and where in the world a phone number belongs. 170 MB.
RUN cd /opt/newstart/lib/python3.*/site-packages \
    && find . -depth -type d \( -name tests -o -path './pyarrow/include' -o -path './phonenumbers/geodata' \) -exec rm -rf {} + \
    && find interpret pyarrow -type f \( -name '*_debug*' -o -name '*.dylib' -o -name '*.dll' -o -name '*_arm*' -o -name '*flight*' \) -delete
COPY alembic.ini /app/
COPY deploy/health.py /app/deploy/
COPY kit /app/kit
COPY services /app/services
COPY gateway /app/gateway
COPY staff /app/staff
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
# For whoever runs it without Kubernetes, which has probes of its own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["python", "/app/deploy/health.py"]
ENTRYPOINT ["python", "-m", "kit.run"]
