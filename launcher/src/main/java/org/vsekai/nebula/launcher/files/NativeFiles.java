package org.vsekai.nebula.launcher.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.durable.DurableFiles;

/**
 * What the file system can do and Java's library cannot: exchange two names in one step, share the blocks of a file, sync a
 * whole file system. Linux: {@code renameat2(2)}, {@code ioctl_ficlone(2)}, {@code syncfs(2)}; macOS: {@code renamex_np(2)},
 * {@code clonefile(2)}. Elsewhere, or where the file system declines, every method says so and the caller takes the long way.
 * Thread-safe.
 */
public final class NativeFiles {
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
    private static final boolean MAC = System.getProperty("os.name").startsWith("Mac");

    private static final int AT_FDCWD = -100;
    private static final int RENAME_EXCHANGE = 2;
    private static final int RENAME_SWAP = 2;
    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final long FICLONE = 0x40049409L;

    private static final int EINTR = 4;
    private static final int EIO = 5;
    private static final int EDQUOT = 122;
    private static final int ENOSPC = 28;
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int EPERM = 1;
    private static final int EROFS = 30;
    private static final int EBUSY = 16;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURE.varHandle(PathElement.groupElement(MAC || LINUX ? "errno" : "GetLastError"));

    private static final @Nullable MethodHandle RENAMEAT2 = LINUX
            ? handle(
                    "renameat2",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT))
            : null;
    private static final @Nullable MethodHandle RENAMEX_NP = MAC
            ? handle(
                    "renamex_np",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
            : null;
    private static final @Nullable MethodHandle CLONEFILE = MAC
            ? handle(
                    "clonefile",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
            : null;
    private static final @Nullable MethodHandle OPEN = LINUX
            ? handle(
                    "open",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2))
            : null;
    private static final @Nullable MethodHandle CLOSE =
            LINUX ? handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)) : null;
    private static final @Nullable MethodHandle IOCTL = LINUX
            ? handle(
                    "ioctl",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2))
            : null;
    private static final @Nullable MethodHandle SYNCFS =
            LINUX ? handle("syncfs", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)) : null;

    private NativeFiles() {}

    private static @Nullable MethodHandle handle(String name, FunctionDescriptor function, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 1, options.length);
        all[0] = Linker.Option.captureCallState("errno");
        Optional<MemorySegment> symbol = linker.defaultLookup().find(name);
        return symbol.isEmpty() ? null : linker.downcallHandle(symbol.get(), function, all);
    }

    /**
     * Exchanges what two names of one file system stand for, in one step.
     *
     * @return false if this platform or file system cannot
     * @throws IOException if it can, and failed; then nothing has changed
     */
    public static boolean exchange(Path one, Path other) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(CAPTURE);
            MemorySegment first = arena.allocateFrom(one.toString());
            MemorySegment second = arena.allocateFrom(other.toString());
            int result;
            if (RENAMEAT2 != null) {
                result = (int) RENAMEAT2.invokeExact(capture, AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
            } else if (RENAMEX_NP != null) {
                result = (int) RENAMEX_NP.invokeExact(capture, first, second, RENAME_SWAP);
            } else {
                return false;
            }
            if (result == 0) {
                return true;
            }
            int errno = (int) ERRNO.get(capture, 0L);
            return switch (errno) {
                case EIO, ENOSPC, EDQUOT, ENOENT, EACCES, EPERM, EROFS, EBUSY ->
                    throw new IOException("cannot exchange " + one + " and " + other + ": errno " + errno);
                default -> false;
            };
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Makes {@code to}, which must not exist, a file of its own that shares the blocks of {@code from}.
     *
     * @return false if this platform or file system cannot; {@code to} does not exist then
     */
    public static boolean cloneFile(Path from, Path to) throws IOException {
        if (CLONEFILE != null) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment capture = arena.allocate(CAPTURE);
                return (int) CLONEFILE.invokeExact(
                                capture, arena.allocateFrom(from.toString()), arena.allocateFrom(to.toString()), 0)
                        == 0;
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
        if (IOCTL == null || OPEN == null || CLOSE == null) {
            return false;
        }
        Files.createFile(to);
        boolean cloned = false;
        int source = open(from, O_RDONLY);
        int target = open(to, O_RDWR);
        try (Arena arena = Arena.ofConfined()) {
            if (source >= 0 && target >= 0) {
                cloned = (int) IOCTL.invokeExact(arena.allocate(CAPTURE), target, FICLONE, source) == 0;
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        } finally {
            close(source);
            close(target);
            if (!cloned) {
                Files.delete(to);
            }
        }
        return cloned;
    }

    /** Makes everything written below {@code folder} durable. */
    public static void syncTree(Path folder) throws IOException {
        if (SYNCFS != null) {
            int descriptor = open(folder, O_RDONLY);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment capture = arena.allocate(CAPTURE);
                if (descriptor >= 0 && (int) SYNCFS.invokeExact(capture, descriptor) == 0) {
                    return;
                }
                int errno = (int) ERRNO.get(capture, 0L);
                if (descriptor >= 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT)) {
                    throw new IOException("cannot sync " + folder + ": errno " + errno);
                }
            } catch (IOException | RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            } finally {
                close(descriptor);
            }
        }
        Files.walkFileTree(folder, new SyncingVisitor());
    }

    private static final class SyncingVisitor extends java.nio.file.SimpleFileVisitor<Path> {
        @Override
        public java.nio.file.FileVisitResult visitFile(
                Path file, java.nio.file.attribute.BasicFileAttributes attributes) throws IOException {
            if (attributes.isRegularFile()) {
                DurableFiles.syncFile(file);
            }
            return java.nio.file.FileVisitResult.CONTINUE;
        }

        @Override
        public java.nio.file.FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
            if (failure != null) {
                throw failure;
            }
            DurableFiles.syncFolder(folder);
            return java.nio.file.FileVisitResult.CONTINUE;
        }
    }

    private static int open(Path path, int flags) {
        MethodHandle open = OPEN;
        if (open == null) {
            return -1;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(CAPTURE);
            MemorySegment name = arena.allocateFrom(path.toString());
            int descriptor;
            do {
                descriptor = (int) open.invokeExact(capture, name, flags | O_CLOEXEC);
            } while (descriptor < 0 && (int) ERRNO.get(capture, 0L) == EINTR);
            return descriptor;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void close(int descriptor) {
        MethodHandle close = CLOSE;
        if (close == null || descriptor < 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) close.invokeExact(arena.allocate(CAPTURE), descriptor);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
