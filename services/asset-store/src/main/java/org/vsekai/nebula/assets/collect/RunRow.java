package org.vsekai.nebula.assets.collect;

import io.vertx.core.json.JsonObject;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity(name = "MaintenanceRun")
@Table(name = "maintenance_runs", schema = "asset_store")
@SuppressWarnings("NullAway.Init")
class RunRow {
    @Id
    UUID id;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    Run.Kind kind;

    @Enumerated(EnumType.STRING)
    @Column(nullable = false)
    Run.State state;

    @Column(name = "delete_garbage", nullable = false)
    boolean deleteGarbage;

    @Column(name = "grace_seconds", nullable = false)
    long graceSeconds;

    @Column(name = "repair_from")
    @Nullable
    String repairFrom;

    @Column(nullable = false)
    String phase;

    @Column(nullable = false)
    String figures;

    @Column(nullable = false)
    String report;

    @Column(name = "inserted_at", nullable = false)
    Instant insertedAt;

    @Column(name = "updated_at", nullable = false)
    Instant updatedAt;

    void set(Map<String, Long> found, List<String> lines) {
        JsonObject json = new JsonObject();
        found.forEach(json::put);
        figures = json.encode();
        report = String.join("\n", lines);
    }

    Run run() {
        Map<String, Long> found = new LinkedHashMap<>();
        JsonObject json = new JsonObject(figures);
        json.fieldNames().forEach(name -> found.put(name, json.getLong(name)));
        return new Run(
                id,
                kind,
                state,
                deleteGarbage,
                graceSeconds,
                repairFrom,
                phase,
                found,
                report.isEmpty() ? List.of() : List.of(report.split("\n")),
                insertedAt,
                updatedAt);
    }
}
