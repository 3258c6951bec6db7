# A service, or the migrations, on a JVM. From the project's folder, after ./nebula build:
#   buildah build -f native/jvm.Dockerfile --build-arg BASE=IMAGE --build-arg PROGRAM=updater -t REGISTRY/updater:0.1.0 .
# BASE has Java 25 as "java" on its PATH. PROGRAM: updater, cdn-registry, asset-store or entity-sync.
ARG BASE
FROM ${BASE}
ARG PROGRAM
COPY services/${PROGRAM}/target/quarkus-app/ /opt/nebula/
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080 9000
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-jar", "/opt/nebula/quarkus-run.jar"]
