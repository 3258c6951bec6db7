package org.vsekai.nebula.casync.archive;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Devices, FIFOs and sockets, by the system calls for them that Java does not offer. Linux only. */
final class SpecialFile {
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final long UTIME_OMIT = 0x3ffffffe;
    private static final long NANOS = 1_000_000_000;

    private SpecialFile() {}

    /** A system call that reports through {@code errno}, which it leaves in the segment given. */
    @FunctionalInterface
    private interface Call {
        int invoke(MemorySegment errno, Arena arena) throws Throwable;
    }

    /** Creates the node; as mknod(2) does, it fails where the name is taken. Devices need root. */
    static void create(Path path, ArchiveEntry entry) throws IOException {
        call("make", path, entry, (errno, arena) -> (int) handle(
                        "mknod",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG))
                .invokeExact(errno, arena.allocateFrom(path.toString()), entry.mode() & ~07077, device(entry)));
    }

    /** Sets the modification time by utimensat(2), which does not open the node. */
    static void setTime(Path path, ArchiveEntry entry) throws IOException {
        call("set the time of", path, entry, (errno, arena) -> (int) handle(
                        "utimensat",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT))
                .invokeExact(
                        errno,
                        AT_FDCWD,
                        arena.allocateFrom(path.toString()),
                        arena.allocateFrom(
                                ValueLayout.JAVA_LONG,
                                0,
                                UTIME_OMIT,
                                Math.floorDiv(entry.mtimeNanos(), NANOS),
                                Math.floorMod(entry.mtimeNanos(), NANOS)),
                        AT_SYMLINK_NOFOLLOW));
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    private static void call(String what, Path path, ArchiveEntry entry, Call call) throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new IOException("%s: cannot %s a %s but on Linux".formatted(path, what, entry.kind()));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURED);
            if (call.invoke(errno, arena) != 0) {
                throw new IOException("%s: cannot %s a %s (errno %d)"
                        .formatted(path, what, entry.kind(), errno.get(ValueLayout.JAVA_INT, 0)));
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a system call throws nothing", e);
        }
    }

    /** The number as Linux packs it: 12 bits of the major and 8 of the minor number low, the others above. */
    private static long device(ArchiveEntry entry) {
        long major = entry.deviceMajor();
        long minor = entry.deviceMinor();
        return (major & 0xfff) << 8 | (major & ~0xfffL) << 32 | (minor & 0xff) | (minor & ~0xffL) << 12;
    }
}
