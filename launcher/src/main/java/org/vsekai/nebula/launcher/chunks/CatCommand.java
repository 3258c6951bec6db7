package org.vsekai.nebula.launcher.chunks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.assemble.Assembler;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.launcher.console.GlobalOptions;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.TerminalText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code chunks cat -s STORE [-o OFFSET] [-l LENGTH] INDEX [OUT]}. */
@Command(
        name = "cat",
        mixinStandardHelpOptions = true,
        description = {
            "Writes what INDEX describes, or a part of it, to standard output or OUT, in order.",
            "Only the chunks of that part are got. OUT may be a named pipe or device; a file appears when it is complete."
        },
        footer = {
            "",
            "Examples:",
            "  vsekai chunks cat -s http://localhost/chunks game.caibx | sha256sum",
            "  vsekai chunks cat -s /srv/store -o 1048576 -l 4096 game.caibx slice.bin"
        })
final class CatCommand implements Callable<Integer> {
    private static final int BUFFER_SIZE = 1 << 16;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-o", "--offset"},
            paramLabel = "BYTES",
            description = "Where to begin. Default: at the start.")
    private long offset;

    @Option(
            names = {"-l", "--length"},
            paramLabel = "BYTES",
            description = "How much to write; what lies beyond the end is left out. Default, and 0: all to the end.")
    private long length;

    @Mixin
    private SourceOptions sources = new SourceOptions();

    @Parameters(index = "0", paramLabel = "INDEX", description = "The index; - for standard input.")
    private String index = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OUT",
            description = "Where the bytes go. Default, and -: standard output.")
    private String out = "-";

    @Override
    public Integer call() throws IOException {
        GlobalOptions global = GlobalOptions.of(command);
        ChunkIndex whole = IndexFile.read(index);
        if (offset < 0 || length < 0 || offset > whole.blobSize()) {
            throw new ParameterException(
                    command.commandLine(),
                    "-o must be 0 to %d, the size of what the index describes, and -l must not be negative"
                            .formatted(whole.blobSize()));
        }
        long count = whole.blobSize() - offset;
        if (length > 0) {
            count = Math.min(count, length);
        }
        int first = count == 0 ? 0 : whole.chunkAt(offset);
        ChunkIndex needed = part(whole, first, count);
        Slice slice = new Slice(count == 0 ? 0 : offset - whole.start(first), count);
        boolean standard = IndexFile.isStandardStream(out);
        sources.assemble(needed, assembler -> {
            @Nullable Meter meter = standard ? null : new Meter(global.listener(command), "write", slice.length);
            if (standard) {
                slice.copy(assembler, System.out, null);
            } else if (Files.exists(Path.of(out)) && !Files.isRegularFile(Path.of(out))) {
                try (OutputStream target = Files.newOutputStream(Path.of(out), StandardOpenOption.WRITE)) {
                    slice.copy(assembler, target, meter);
                }
            } else {
                DurableFiles.replace(Path.of(out), target -> slice.copy(assembler, target, meter));
            }
            if (!standard) {
                Map<String, Object> figures = Figures.of(needed, assembler.statistics());
                figures.put("size", slice.length);
                global.complete(
                        command,
                        "%s from offset %d of %s"
                                .formatted(
                                        TerminalText.bytes(slice.length), offset, TerminalText.bytes(whole.blobSize())),
                        figures);
            }
        });
        return 0;
    }

    /** The chunks that hold {@code count} bytes from {@link #offset} on. */
    private ChunkIndex part(ChunkIndex whole, int first, long count) {
        ChunkIndex.Builder part = ChunkIndex.builder(whole.sizes(), whole.featureFlags());
        for (int i = first; i < whole.chunkCount() && whole.start(i) < offset + count; i++) {
            part.add(whole.length(i), whole.id(i));
        }
        return part.build();
    }

    /** @param skip bytes of the first chunk that lie before the part */
    private record Slice(long skip, long length) {
        void copy(Assembler assembler, OutputStream out, @Nullable Meter meter) throws IOException {
            OutputStream target = new BufferedOutputStream(out, BUFFER_SIZE);
            try (InputStream in = assembler.open()) {
                in.skipNBytes(skip);
                byte[] buffer = new byte[BUFFER_SIZE];
                for (long left = length; left > 0; ) {
                    int n = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
                    target.write(buffer, 0, n);
                    left -= n;
                    if (meter != null) {
                        meter.accept(n);
                    }
                }
            }
            target.flush();
        }
    }
}
