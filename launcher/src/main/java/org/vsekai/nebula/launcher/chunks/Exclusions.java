package org.vsekai.nebula.launcher.chunks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.vsekai.nebula.casync.chunk.ChunkId;
import org.vsekai.nebula.casync.index.ChunkIndex;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Chunks that a command need not look for, because they are known to be where they should be. */
final class Exclusions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--ignore",
            paramLabel = "INDEX",
            description = "Pass over the chunks of this index: the target is known to hold them. Repeatable.")
    private List<String> indexes = new ArrayList<>();

    @Option(
            names = "--ignore-chunks",
            paramLabel = "FILE",
            description = "Pass over the chunks whose ids this text file lists, one a line. Repeatable.")
    private List<Path> lists = new ArrayList<>();

    /** Takes the excluded chunks out of {@code chunks}. */
    void removeFrom(Map<ChunkId, ?> chunks) throws IOException {
        for (String name : indexes) {
            ChunkIndex index = IndexFile.read(name);
            for (int i = 0; i < index.chunkCount(); i++) {
                chunks.remove(index.id(i));
            }
        }
        for (Path list : lists) {
            try (BufferedReader lines = Files.newBufferedReader(list)) {
                int number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (!line.isBlank()) {
                        chunks.remove(parse(line.strip(), list, number));
                    }
                }
            }
        }
    }

    private ChunkId parse(String id, Path list, int line) {
        try {
            return ChunkId.parse(id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    command.commandLine(), "--ignore-chunks %s, line %d: %s".formatted(list, line, e.getMessage()), e);
        }
    }
}
