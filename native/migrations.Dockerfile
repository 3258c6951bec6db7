# The migrations, which run on a JVM only. From the project's folder, after ./nebula build:
#   buildah build -f native/migrations.Dockerfile --build-arg BASE=IMAGE -t REGISTRY/migrations:0.1.0 .
# BASE has Java 25 as "java" on its PATH.
ARG BASE
FROM ${BASE}
COPY migrations/target/lib/ /opt/nebula/lib/
COPY migrations/target/nebula-migrations-0.1.0.jar /opt/nebula/
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["java", "-jar", "/opt/nebula/nebula-migrations-0.1.0.jar"]
