# A service as a native binary. From the project's folder, after ./nebula native PROGRAM:
#   buildah build -f native/native.Dockerfile --build-arg BASE=IMAGE --build-arg PROGRAM=updater -t REGISTRY/updater:0.1.0 .
# BASE has glibc and zlib of the machine that built, or newer ones. PROGRAM: updater, cdn-registry, asset-store or entity-sync.
ARG BASE
FROM ${BASE}
ARG PROGRAM
COPY services/${PROGRAM}/target/nebula-${PROGRAM}-0.1.0-runner /opt/nebula/program
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080 9000
ENTRYPOINT ["/opt/nebula/program"]
