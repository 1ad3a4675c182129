# Build stage: a wheel with the models inside, installed into a virtual environment of its own.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/formcheck
# Every package by version and hash (scripts/lock), then the program itself, which fetches nothing.
COPY requirements.lock ./
RUN /opt/formcheck/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY formcheck formcheck
COPY api api
COPY models models
COPY sample_videos/side_easy_60fps.mp4 sample_videos/
RUN /opt/formcheck/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

# Run stage: the virtual environment, OpenCV's system libraries, a user without rights.
FROM python:3.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libegl1 libgl1 libglib2.0-0 libxcb1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 formcheck \
    && install --directory --owner formcheck --mode 700 /data
COPY --from=build /opt/formcheck /opt/formcheck
ENV PATH=/opt/formcheck/bin:$PATH FORMCHECK_DATA_FOLDER=/data
# For whatever is started here besides formcheck, which sets it itself.
ENV ORT_DISABLE_TELEMETRY=1
USER formcheck
WORKDIR /clips
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
ENTRYPOINT ["formcheck"]
# All addresses of the container: needs FORMCHECK_TOKENS, and says so without.
CMD ["serve", "--host", "0.0.0.0"]
