package org.vsekai.nebula.launcher.update;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.vsekai.nebula.casync.assemble.AssemblyStatistics;
import org.vsekai.nebula.casync.assemble.BlobSeed;
import org.vsekai.nebula.casync.assemble.Seed;
import org.vsekai.nebula.casync.durable.DurableFiles;
import org.vsekai.nebula.casync.index.ChunkIndex;
import org.vsekai.nebula.casync.index.ChunkIndexCodec;
import org.vsekai.nebula.casync.pack.PackStatistics;
import org.vsekai.nebula.casync.store.HttpStoreOptions;
import org.vsekai.nebula.launcher.BadAnswerException;
import org.vsekai.nebula.launcher.FolderException;
import org.vsekai.nebula.launcher.LocalStorageException;
import org.vsekai.nebula.launcher.RollbackException;
import org.vsekai.nebula.launcher.VerificationException;
import org.vsekai.nebula.launcher.console.Failures;
import org.vsekai.nebula.launcher.desktop.DesktopRegistration;
import org.vsekai.nebula.launcher.files.Trees;
import org.vsekai.nebula.launcher.folder.FolderState;
import org.vsekai.nebula.launcher.folder.FolderState.Installed;
import org.vsekai.nebula.launcher.folder.FolderState.UpdateStatus;
import org.vsekai.nebula.launcher.folder.GameFolder;
import org.vsekai.nebula.launcher.folder.WorkFolder;
import org.vsekai.nebula.launcher.http.Http;
import org.vsekai.nebula.launcher.http.HttpLimits;
import org.vsekai.nebula.launcher.http.ServiceAddresses;
import org.vsekai.nebula.launcher.manifest.Manifest;
import org.vsekai.nebula.launcher.manifest.ManifestReader;
import org.vsekai.nebula.launcher.progress.Meter;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Noted;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Phase;
import org.vsekai.nebula.launcher.progress.ProgressEvent.Planned;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StateChanged;
import org.vsekai.nebula.launcher.progress.ProgressEvent.StepChanged;
import org.vsekai.nebula.launcher.progress.ProgressListener;
import org.vsekai.nebula.launcher.progress.TerminalText;
import org.vsekai.nebula.launcher.state.Step;
import org.vsekai.nebula.launcher.state.UpdateState;
import org.vsekai.nebula.launcher.state.UpdateState.CheckForUpdates;
import org.vsekai.nebula.launcher.state.UpdateState.Idle;
import org.vsekai.nebula.launcher.state.UpdateState.Updating;
import org.vsekai.nebula.launcher.state.UpdateStateMachine;
import org.vsekai.nebula.launcher.swap.ShippedPaths;
import org.vsekai.nebula.launcher.swap.Swap;

/**
 * One update of one folder, by the six steps in their order. The game's folder is the former version, whole, until the single
 * moment of the swap, and the new version, whole, from then on. Whatever ends an update early leaves what was built in the work
 * folder; running it again goes on from there.
 */
public final class Updater {
    private final Http http;
    private final HttpLimits limits;
    private final ProgressListener listener;
    private final Clock clock;
    private final Request request;
    private final UpdateStateMachine machine = new UpdateStateMachine(this::entered);

    private FolderState state = FolderState.UNTOUCHED;
    private String target = "";
    private @Nullable Step step;

    /**
     * @param mode that the user follows
     * @param seeds folders to take parts from
     * @param repair build the installed version anew if there is none to update to
     * @param desktop null to leave the desktop as it is
     */
    public record Request(
            GameFolder folder,
            URI server,
            String mode,
            Optional<String> region,
            List<Path> seeds,
            boolean repair,
            @Nullable DesktopRegistration desktop) {}

    /**
     * @param changed whether the folder was given another tree
     * @param text for people
     */
    public record Outcome(boolean changed, String text, Map<String, Object> figures) {}

    public Updater(Http http, HttpLimits limits, ProgressListener listener, Clock clock, Request request) {
        this.http = http;
        this.limits = limits;
        this.listener = listener;
        this.clock = clock;
        this.request = request;
    }

    private GameFolder folder() {
        return request.folder;
    }

    /** Runs the update to its end. To be called once. */
    public Outcome run() throws IOException {
        begin(Step.CHECK_LAUNCHER_FOLDER);
        DurableFiles.createFolders(folder().parent());
        try (WorkFolder work = WorkFolder.take(folder())) {
            try {
                return run(work);
            } catch (IOException e) {
                throw ended(work, named(work, e));
            } catch (UncheckedIOException e) {
                throw ended(work, named(work, e.getCause() == null ? new IOException(e) : e.getCause()));
            } catch (RuntimeException e) {
                throw ended(work, e);
            }
        }
    }

    private RuntimeException ended(WorkFolder work, RuntimeException failure) {
        fail(failure);
        try {
            work.clearIfUnused();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /** Many failures of a disk do not say where. */
    private static LocalStorageException named(WorkFolder work, IOException failure) {
        String where = failure instanceof FileSystemException file && file.getFile() != null
                ? file.getFile()
                : work.path().toString();
        String what = failure instanceof FileSystemException file && file.getReason() != null
                ? file.getReason()
                : DurableFiles.reason(failure);
        return new LocalStorageException(
                where, what + "; put that right and run the update again, it goes on where it stopped", failure);
    }

    /** What an update leads to, with both its files at hand. */
    private record Plan(Manifest manifest, NamedFile manifestFile, NamedFile indexFile) {}

    /** What came over the network. */
    private record Fetched(AssemblyStatistics assembly, PackStatistics packs) {
        long chunks() {
            return assembly.networkChunks() + assembly.packedChunks();
        }

        long bytes() {
            return assembly.storedBytes() + packs.bytes();
        }

        long requests() {
            return assembly.requests() + packs.requests();
        }
    }

    private Outcome run(WorkFolder work) throws IOException {
        Swap swap = new Swap(folder(), Swap.exchangeAllowed());
        boolean recovered = checkLauncherFolder(swap, work);
        UpdateStatus before = state.update();
        boolean unfinished = recovered
                || (before != null
                        && before.error() == null
                        && !before.state().equals(Idle.IDLE.label())
                        && state.installed() != null);
        machine.moveTo(CheckForUpdates.CHECKING);
        end(Step.CHECK_LAUNCHER_FOLDER);

        begin(Step.VALIDATE_MANIFEST_FILE_AND_VERSION);
        ServiceAddresses addresses = ServiceAddresses.find(http, request.server);
        Mirrors mirrors = Mirrors.find(http, addresses, request.region, listener);
        UpdateAnswer answer = ask(addresses);
        Optional<Plan> plan = plan(addresses, answer, mirrors, work);
        if (plan.isEmpty()) {
            end(Step.VALIDATE_MANIFEST_FILE_AND_VERSION);
            return noUpdate(answer, work, unfinished);
        }
        Manifest manifest = plan.get().manifest;
        target = manifest.mode() + " " + manifest.version();
        machine.moveTo(CheckForUpdates.UPDATE_AVAILABLE);
        end(Step.VALIDATE_MANIFEST_FILE_AND_VERSION);

        begin(Step.ENSURE_CORRECT_FILES_FOR_UPDATE);
        machine.moveTo(CheckForUpdates.PREPARING_UPDATE);
        Path indexFile = work.download(plan.get().indexFile.name());
        mirrors.fetch(plan.get().indexFile, indexFile);
        ChunkIndex index =
                checkedIndex(manifest, indexFile, plan.get().indexFile.name());
        @Nullable Manifest installed = installedManifest(mirrors, work);
        Material material = Material.find(
                manifest,
                index,
                installed,
                folder().root(),
                new Leftovers(work.leftovers()),
                swap.next(),
                bytes -> new Meter(listener, "check", bytes));
        TreeBuilder.Sharing sharing = TreeBuilder.probe(work.path());
        UUID tree = UUID.randomUUID();
        Planned planned;
        TreeBuilder.Built built;
        Fetched fetched;
        HttpStoreOptions options = Mirrors.storeOptions(limits);
        Optional<BlobSeed> former = findFormer(index);
        try (Fetching fetching = new Fetching(
                material,
                index,
                seeds(former, index),
                mirrors.chunkStores(options),
                worth -> Packs.find(mirrors, manifest.index(), index, base(former), worth, options, work, listener),
                work)) {
            planned = fetching.plan(sharing, work);
            listener.on(planned);
            Fetching.requireSpace(planned, work);
            end(Step.ENSURE_CORRECT_FILES_FOR_UPDATE);

            begin(Step.DOWNLOAD_TO_TEMP);
            machine.moveTo(CheckForUpdates.DOWNLOADING_UPDATE);
            built = fetching.build(swap.next(), sharing, listener);
            fetched = new Fetched(fetching.statistics(), fetching.packStatistics());
        }
        writeRecords(built, plan.get(), indexFile, swap, work, tree);
        end(Step.DOWNLOAD_TO_TEMP);

        begin(Step.DELETE_OLD_AND_MOVE_OVER);
        machine.moveTo(CheckForUpdates.APPLYING_UPDATE);
        swap.run(tree, installed == null ? ShippedPaths.NONE : ShippedPaths.of(installed), ShippedPaths.of(manifest));
        state = FolderState.read(folder().records());
        end(Step.DELETE_OLD_AND_MOVE_OVER);

        begin(Step.SETUP_REGISTRY_VALUES);
        machine.moveTo(CheckForUpdates.FINALIZING_UPDATE);
        register(manifest);
        end(Step.SETUP_REGISTRY_VALUES);

        machine.moveTo(CheckForUpdates.UPDATE_SUCCESSFUL);
        machine.moveTo(Updating.UPDATING);
        work.clear();
        machine.moveTo(Idle.IDLE);
        return outcome(manifest, installed, planned, built, fetched);
    }

    private Outcome outcome(
            Manifest manifest,
            @Nullable Manifest installed,
            Planned planned,
            TreeBuilder.Built built,
            Fetched fetched) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("changed", true);
        figures.put("mode", manifest.mode());
        figures.put("version", manifest.version().text());
        figures.put("from", installed == null ? "" : installed.version().text());
        figures.put("archive_bytes", manifest.archiveSize());
        figures.put("fetched_chunks", fetched.chunks());
        figures.put("fetched_bytes", fetched.bytes());
        figures.put("requests", fetched.requests());
        figures.put("pack_bytes", fetched.packs.bytes());
        figures.put("pack_requests", fetched.packs.requests());
        figures.put("seed_bytes", fetched.assembly.seedBytes());
        figures.put("written_bytes", built.writtenBytes());
        figures.put("kept_bytes", planned.keptBytes());
        figures.put("space_bytes", planned.spaceBytes());
        return new Outcome(
                true,
                "%s %s is installed in %s; %d chunks (%s in %d requests) were downloaded and %s written of %s in all"
                        .formatted(
                                manifest.mode(),
                                manifest.version(),
                                folder().root(),
                                fetched.chunks(),
                                TerminalText.bytes(fetched.bytes()),
                                fetched.requests(),
                                TerminalText.bytes(built.writtenBytes()),
                                TerminalText.bytes(manifest.archiveSize())),
                figures);
    }

    private boolean checkLauncherFolder(Swap swap, WorkFolder work) throws IOException {
        boolean recovered = swap.recover();
        new Leftovers(work.leftovers()).gather(swap.next());
        DurableFiles.createFolders(folder().root());
        if (Trees.exists(folder().records()) && !Trees.isFolder(folder().records())) {
            throw new FolderException(folder().records().toString(), "must be a folder; remove it", null);
        }
        DurableFiles.createFolders(folder().records());
        state = FolderState.read(folder().records());
        return recovered;
    }

    /** What the user's mode wants of this folder. Which of its own mode's versions is newest, the mode itself must say. */
    private UpdateAnswer ask(ServiceAddresses addresses) {
        Installed installed = state.installed();
        if (installed == null) {
            return ask(addresses, request.mode, null);
        }
        if (installed.mode().equals(request.mode)) {
            return ask(addresses, request.mode, installed.version().text());
        }
        UpdateAnswer answer = ask(addresses, request.mode, null);
        return answer.mode().equals(installed.mode())
                ? ask(addresses, installed.mode(), installed.version().text())
                : answer;
    }

    private UpdateAnswer ask(ServiceAddresses addresses, String mode, @Nullable String from) {
        URI question =
                addresses.ofMode(mode, "update" + (from == null ? "" : "?from=" + ServiceAddresses.segment(from)));
        return UpdateAnswer.parse(question, http.getJson(question));
    }

    private Optional<Plan> plan(ServiceAddresses addresses, UpdateAnswer answer, Mirrors mirrors, WorkFolder work)
            throws IOException {
        Installed installed = state.installed();
        Optional<UpdateAnswer.Target> offered = answer.findTarget();
        if (offered.isEmpty() && installed == null) {
            throw new FolderException(
                    folder().root().toString(),
                    "mode '" + answer.mode() + "' has no version to install"
                            + (answer.reason().isEmpty() ? "" : ": " + answer.reason()),
                    null);
        }
        boolean same = installed != null
                && (offered.isEmpty()
                        || (answer.mode().equals(installed.mode())
                                && offered.get().version().compareTo(installed.version()) == 0
                                && offered.get().index().name().equals(installed.index())));
        if (installed != null && same) {
            return request.repair
                    ? Optional.of(plan(
                            installed.mode(),
                            installed.version().text(),
                            new NamedFile(NamedFile.Kind.MANIFEST, installed.manifest(), null),
                            new NamedFile(NamedFile.Kind.INDEX, installed.index(), null),
                            mirrors,
                            work))
                    : Optional.empty();
        }
        UpdateAnswer.Target next = offered.orElseThrow();
        if (installed != null
                && answer.mode().equals(installed.mode())
                && next.version().compareTo(installed.version()) < 0) {
            throw new RollbackException(
                    addresses.updater().toString(),
                    installed.mode(),
                    installed.version().text(),
                    next.version().text());
        }
        return Optional.of(plan(answer.mode(), next.version().text(), next.manifest(), next.index(), mirrors, work));
    }

    private static Plan plan(
            String mode, String version, NamedFile manifestFile, NamedFile index, Mirrors mirrors, WorkFolder work)
            throws IOException {
        Path file = work.download(manifestFile.name());
        mirrors.fetch(manifestFile, file);
        Manifest manifest = ManifestReader.read(file, "manifest " + manifestFile.name());
        if (!manifest.mode().equals(mode)
                || !manifest.version().text().equals(version)
                || !manifest.index().equals(index.name())) {
            throw new BadAnswerException(
                    "manifest " + manifestFile.name(),
                    "is of " + manifest.mode() + " " + manifest.version() + ", not of " + mode + " " + version
                            + " as the updater says",
                    null);
        }
        return new Plan(manifest, manifestFile, index);
    }

    private static ChunkIndex checkedIndex(Manifest manifest, Path file, String name) throws IOException {
        if (Files.size(file) != manifest.indexSize()) {
            throw new VerificationException("index " + name, "has another size than the manifest says", null);
        }
        ChunkIndex index;
        try (InputStream in = Files.newInputStream(file)) {
            index = ChunkIndexCodec.read(in, "index " + name, ChunkIndexCodec.DEFAULT_MAX_BYTES);
        }
        if (index.blobSize() != manifest.archiveSize()
                || index.chunkCount() != manifest.chunks()
                || index.digest() != manifest.digest()
                || !index.sizes().equals(manifest.sizes())) {
            throw new VerificationException("index " + name, "describes another archive than the manifest", null);
        }
        return index;
    }

    /** The manifest of what is installed, fetched again if the folder's copy is damaged. */
    private @Nullable Manifest installedManifest(Mirrors mirrors, WorkFolder work) throws IOException {
        Installed installed = state.installed();
        if (installed == null) {
            return null;
        }
        Records records = Records.of(folder().root());
        if (!records.hasManifest(installed)) {
            listener.on(new Noted("the installed version's manifest is damaged; it is fetched again"));
            Path again = work.download(installed.manifest());
            mirrors.fetch(new NamedFile(NamedFile.Kind.MANIFEST, installed.manifest(), null), again);
            // Recovery after a kill reads it from the folder.
            DurableFiles.replace(records.manifest(), out -> Files.copy(again, out));
        }
        return ManifestReader.read(records.manifest(), records.manifest().toString());
    }

    /** The installed version's archive, if its records are whole. */
    private Optional<BlobSeed> findFormer(ChunkIndex index) throws IOException {
        Installed installed = state.installed();
        if (installed == null) {
            return Optional.empty();
        }
        Optional<BlobSeed> former = Records.of(folder().root()).findSeed(installed, folder().root());
        if (former.isEmpty()) {
            listener.on(new Noted("the installed version's records are damaged; only whole files are taken from it"));
        }
        return former.filter(seed -> seed.index().digest() == index.digest());
    }

    private List<Seed> seeds(Optional<BlobSeed> former, ChunkIndex index) throws IOException {
        List<Seed> seeds = new ArrayList<>();
        former.ifPresent(seeds::add);
        for (Path folder : request.seeds) {
            FolderSeed.open(folder, index, listener).ifPresent(seeds::add);
        }
        return seeds;
    }

    private Packs.@Nullable Base base(Optional<BlobSeed> former) {
        Installed installed = state.installed();
        return installed == null
                ? null
                : former.map(archive -> new Packs.Base(installed.index(), archive))
                        .orElse(null);
    }

    private void writeRecords(TreeBuilder.Built built, Plan plan, Path indexFile, Swap swap, WorkFolder work, UUID tree)
            throws IOException {
        Records records = Records.of(swap.next());
        records.write(work.download(plan.manifestFile.name()), indexFile, built.skeleton());
        Manifest manifest = plan.manifest;
        new FolderState(
                        new Installed(
                                tree,
                                manifest.mode(),
                                manifest.version(),
                                plan.indexFile.name(),
                                plan.manifestFile.name()),
                        status(CheckForUpdates.APPLYING_UPDATE, Step.DELETE_OLD_AND_MOVE_OVER, null))
                .write(records.folder());
    }

    private Outcome noUpdate(UpdateAnswer answer, WorkFolder work, boolean unfinished) throws IOException {
        Installed installed = state.installed();
        if (installed == null) {
            throw new IllegalStateException("an empty folder always has a version to go to");
        }
        if (unfinished) {
            begin(Step.SETUP_REGISTRY_VALUES);
            register(ManifestReader.read(
                    Records.of(folder().root()).manifest(), folder().root().toString()));
            end(Step.SETUP_REGISTRY_VALUES);
        }
        machine.moveTo(CheckForUpdates.NO_UPDATE_FOUND);
        work.clear();
        machine.moveTo(Idle.IDLE);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("changed", false);
        figures.put("mode", installed.mode());
        figures.put("version", installed.version().text());
        figures.put("reason", answer.reason());
        return new Outcome(
                false,
                "%s is at %s %s, the newest version".formatted(folder().root(), installed.mode(), installed.version()),
                figures);
    }

    private void register(Manifest manifest) {
        DesktopRegistration desktop = request.desktop;
        if (desktop == null) {
            return;
        }
        try {
            for (Path written : desktop.register(GamePrograms.of(folder().root(), manifest))) {
                listener.on(new Noted("registered: " + written));
            }
        } catch (IOException e) {
            // The game is complete and starts without it.
            listener.on(new Noted("the desktop does not know the game: " + e.getMessage()));
        }
    }

    private void begin(Step next) {
        step = next;
        listener.on(new StepChanged(next, Phase.BEGIN));
    }

    private void end(Step done) {
        listener.on(new StepChanged(done, Phase.END));
    }

    private UpdateStatus status(UpdateState at, @Nullable Step current, FolderState.@Nullable Failure failure) {
        return new UpdateStatus(at.label(), current == null ? "" : current.label(), target, failure, clock.instant());
    }

    private void entered(UpdateState from, UpdateState to) {
        listener.on(new StateChanged(from, to));
        try {
            record(status(to, step, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void record(UpdateStatus status) throws IOException {
        state = state.withUpdate(status);
        if (Trees.isFolder(folder().records())) {
            state.write(folder().records());
        }
    }

    /** Keeps why the update ended. A disk that does not take even that must not hide the failure itself. */
    private void fail(Exception failure) {
        UpdateState from = machine.current();
        try {
            if (Trees.isFolder(folder().records())) {
                // After the swap the folder holds another state than the one that the update began with.
                state = FolderState.read(folder().records());
                record(status(
                        Idle.IDLE,
                        step,
                        new FolderState.Failure(
                                Failures.of(failure).code(),
                                Failures.of(failure).message())));
            }
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        if (from != Idle.IDLE) {
            listener.on(new StateChanged(from, Idle.IDLE));
        }
    }
}
