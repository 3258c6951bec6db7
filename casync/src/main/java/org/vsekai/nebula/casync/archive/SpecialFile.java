package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Devices, FIFOs and sockets, which only {@code mknod(2)} makes and Java does not offer. */
final class SpecialFile {
    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();

    private SpecialFile() {}

    /** Creates the node; as mknod does, it fails where the name is taken. Devices need root. */
    static void create(Path path, ArchiveEntry entry) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new IOException("%s: a %s can only be made on Linux".formatted(path, entry.kind()));
        }
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle mknod = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("mknod"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
                    Linker.Option.captureCallState("errno"));
            MemorySegment captured = arena.allocate(CAPTURED);
            int result = (int) mknod.invokeExact(
                    captured, arena.allocateFrom(path.toString()), entry.mode() & ~07077, device(entry));
            if (result != 0) {
                int errno = (int) CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"))
                        .get(captured, 0L);
                throw new IOException("%s: cannot make a %s (errno %d)".formatted(path, entry.kind(), errno));
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("mknod throws nothing", e);
        }
    }

    /** The number as Linux packs it: 12 bits of the major and 8 of the minor number low, the others above. */
    private static long device(ArchiveEntry entry) {
        long major = entry.deviceMajor();
        long minor = entry.deviceMinor();
        return (major & 0xfff) << 8 | (major & ~0xfffL) << 32 | (minor & 0xff) | (minor & ~0xffL) << 12;
    }
}
