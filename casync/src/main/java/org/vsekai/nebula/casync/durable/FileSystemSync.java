package org.vsekai.nebula.casync.durable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * syncfs(2), which Java does not offer: it makes all that was written to a file system durable with one wait for the disk,
 * where fsync(2) waits once a file. Linux only. A kernel before 5.8 does not report a failed write here.
 */
final class FileSystemSync {
    private static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");

    private FileSystemSync() {}

    /** The calls, linked when they are first needed. */
    private static final class Calls {
        static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
        static final MethodHandle OPEN = handle(
                "open",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                ERRNO,
                Linker.Option.firstVariadicArg(2));
        static final MethodHandle SYNCFS =
                handle("syncfs", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), ERRNO);
        static final MethodHandle CLOSE =
                handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT), ERRNO);

        private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
        }
    }

    /**
     * Syncs the file system that holds {@code folder}.
     *
     * @return false where that cannot be had; nothing is synced then
     * @throws IOException when the disk fails
     */
    static boolean sync(Path folder) throws IOException {
        if (!IS_LINUX) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            int descriptor = (int) Calls.OPEN.invokeExact(errno, arena.allocateFrom(folder.toString()), 0);
            check(descriptor, "open", folder, errno);
            try {
                check((int) Calls.SYNCFS.invokeExact(errno, descriptor), "sync the file system of", folder, errno);
            } finally {
                check((int) Calls.CLOSE.invokeExact(errno, descriptor), "close", folder, errno);
            }
            return true;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a system call throws nothing", e);
        }
    }

    private static void check(int result, String what, Path folder, MemorySegment errno) throws IOException {
        if (result < 0) {
            throw new IOException(
                    "cannot %s %s (errno %d)".formatted(what, folder, errno.get(ValueLayout.JAVA_INT, 0)));
        }
    }
}
