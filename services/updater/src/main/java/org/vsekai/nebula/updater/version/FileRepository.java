package org.vsekai.nebula.updater.version;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.vsekai.nebula.kit.paging.PageRequest;
import org.vsekai.nebula.kit.problem.ProblemException;
import org.vsekai.nebula.updater.assets.AssetReference;
import org.vsekai.nebula.updater.assets.IndexName;

/** Rows of {@code files}. Every call belongs inside a transaction. */
@ApplicationScoped
class FileRepository implements PanacheRepositoryBase<FileEntity, UUID> {
    /** Rows that the session holds at a time while a version is written. */
    private static final int BATCH = 1000;

    /** The rows of a version's files, in archive order, from one after the page's cursor; at most one too many. */
    Uni<List<FileEntity>> page(UUID versionId, PageRequest request) {
        return find(
                        "versionId = ?1 and position > ?2 order by position",
                        versionId,
                        request.after().map(FileRepository::position).orElse(-1L))
                .range(0, request.limit())
                .list();
    }

    private static long position(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException e) {
            throw ProblemException.invalid("INVALID_CURSOR", "after must be the next of an earlier page, unchanged.");
        }
    }

    /** Writes all rows. Entities that the session held before are detached. */
    Uni<Void> insert(UUID versionId, IndexName index, List<ArchivedFile> files) {
        return Multi.createFrom()
                .range(0, Math.ceilDiv(files.size(), BATCH))
                .onItem()
                .transformToUniAndConcatenate(batch -> {
                    int from = batch * BATCH;
                    int to = Math.min(files.size(), from + BATCH);
                    return persist(IntStream.range(from, to).mapToObj(i -> row(versionId, index, i, files.get(i))))
                            .chain(Panache::getSession)
                            .flatMap(session -> session.flush().invoke(session::clear));
                })
                .collect()
                .last()
                .replaceWithVoid();
    }

    private static FileEntity row(UUID versionId, IndexName index, int position, ArchivedFile file) {
        FileEntity row = new FileEntity();
        row.id = UUID.randomUUID();
        row.fileName = file.path();
        row.fileUri = AssetReference.to(index, file.path()).text();
        row.fileChecksumHash = "sha256:" + file.sha256();
        row.versionId = versionId;
        row.position = position;
        return row;
    }

    Uni<Long> deleteOf(UUID versionId) {
        return delete("versionId", versionId);
    }
}
