package org.vsekai.nebula.system;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dependencies point one way: services to the kit to the contracts, everything to casync, nothing to a service. */
class ArchitectureTest {

    private static final String ROOT = "org.vsekai.nebula.";
    private static final List<String> MODULES = List.of(
            "api",
            "casync",
            "stores",
            "ledger",
            "zones",
            "clients/java",
            "migrations",
            "parts",
            "parts/infinispan",
            "services/kit",
            "services/updater",
            "services/cdn-registry",
            "services/asset-store",
            "services/entity-sync",
            "launcher",
            "stack");
    private static final String[] FRAMEWORKS = {
        "io.quarkus..", "io.vertx..", "io.smallrye..", "io.grpc..", "jakarta..", "org.hibernate..", "com.fasterxml.."
    };

    private static JavaClasses code;

    @BeforeAll
    static void readEveryModule() {
        List<Path> folders = MODULES.stream()
                .map(module -> SourceTree.root().resolve(module).resolve("target/classes"))
                .toList();
        assertThat(folders).allSatisfy(folder -> assertThat(Files.isDirectory(folder))
                .as("%s has been compiled", folder)
                .isTrue());
        code = new ClassFileImporter().importPaths(folders);
    }

    @Test
    void casyncKnowsNoFrameworkAndNoOtherModule() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "casync..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FRAMEWORKS)
                .check(code);
        onlyUses("casync");
    }

    @Test
    void storesKnowNoFrameworkAndOnlyCasync() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "stores..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FRAMEWORKS)
                .check(code);
        onlyUses("stores", "casync");
    }

    @Test
    void theLedgerKnowsNoFrameworkAndNoOtherModule() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "ledger..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FRAMEWORKS)
                .check(code);
        onlyUses("ledger");
    }

    @Test
    void zonesKnowNoFrameworkAndNoOtherModule() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "zones..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FRAMEWORKS)
                .check(code);
        onlyUses("zones");
    }

    @Test
    void theClientKnowsNoServicesFrameworkAndOnlyTheContracts() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "client..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "io.vertx..", "io.smallrye..", "jakarta..", "org.hibernate..")
                .check(code);
        onlyUses("client", "api");
    }

    @Test
    void contractsUseNoOtherModule() {
        onlyUses("api");
    }

    @Test
    void partsAndMigrationsUseNoOtherModule() {
        onlyUses("parts");
        onlyUses("migrations");
    }

    @Test
    void theKitUsesOnlyTheContracts() {
        onlyUses("kit", "api");
    }

    @Test
    void servicesUseTheKitTheContractsAndCasyncButNeverOneAnother() {
        onlyUses("updater", "kit", "api");
        onlyUses("cdn", "kit", "api", "casync");
        onlyUses("assets", "kit", "api", "casync", "stores");
        onlyUses("sync", "kit", "api", "casync", "ledger", "zones");
    }

    /** Concurrent removals of one entity type can wait for one another's results for ever in Hibernate Reactive. */
    @Test
    void entitiesAreDeletedByStatementsAlone() {
        noClasses()
                .should()
                .accessTargetWhere(describe("removes an entity object", ArchitectureTest::removesAnEntity))
                .check(code);
    }

    private static boolean removesAnEntity(JavaAccess<?> access) {
        if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
            return false;
        }
        boolean isRepository =
                access.getTargetOwner().isAssignableTo("io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase");
        boolean isSession = access.getTargetOwner().getName().startsWith("org.hibernate.reactive.");
        return switch (target.getName()) {
            case "deleteById" -> isRepository;
            case "delete" -> isRepository && target.getRawParameterTypes().size() == 1;
            case "remove" -> isSession;
            default -> false;
        };
    }

    /** Whether a chunk is there can change at any time, and publishing and collecting stand on it. */
    @Test
    void whatPublishesOrCollectsNeverAsksACache() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + "assets.chunk..",
                        ROOT + "assets.index..",
                        ROOT + "assets.collect..",
                        ROOT + "assets.condemned..",
                        ROOT + "assets.pin..",
                        ROOT + "assets.upload..",
                        ROOT + "assets.pack..",
                        ROOT + "updater.assets..")
                .or()
                .haveSimpleName("VersionPublisher")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "kit.cache..")
                .check(code);
    }

    @Test
    void theLauncherUsesCasyncAndStoresAlone() {
        onlyUses("launcher", "casync", "stores");
        noClasses()
                .that()
                .resideInAPackage(ROOT + "launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "io.vertx..", "io.grpc..", "jakarta..", "org.hibernate..")
                .check(code);
    }

    @Test
    void theStackRunsProgramsAndLinksNone() {
        onlyUses("stack", "parts", "migrations");
    }

    @Test
    void noModuleHasAPackageCycle() {
        for (String module : List.of(
                "casync",
                "stores",
                "ledger",
                "kit",
                "updater",
                "cdn",
                "assets",
                "sync",
                "launcher",
                "stack",
                "parts")) {
            slices().matching(ROOT + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .allowEmptyShould(true)
                    .check(code);
        }
    }

    /** Classes of {@code module} depend, among our own packages, on {@code allowed} and themselves only. */
    private static void onlyUses(String module, String... allowed) {
        String[] foreign = code.stream()
                .map(c -> c.getPackageName())
                .filter(p -> p.startsWith(ROOT))
                .map(p -> p.substring(ROOT.length()).replaceFirst("\\..*", ""))
                .distinct()
                .filter(p -> !p.equals(module) && !List.of(allowed).contains(p))
                .map(p -> ROOT + p + "..")
                .toArray(String[]::new);
        assertThat(code.stream().anyMatch(c -> c.getPackageName().startsWith(ROOT + module)))
                .as("module %s has classes", module)
                .isTrue();
        noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(foreign)
                .check(code);
    }
}
