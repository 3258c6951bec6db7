package org.vsekai.nebula.migrations;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Runs the migrations from the command line, configured by the environment. */
public final class Main {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int OUTDATED = 3;

    private static final String URL = "NEBULA_DATABASE_ADMIN_URL";
    private static final String USER = "NEBULA_DATABASE_ADMIN_USER";
    private static final String PASSWORD = "NEBULA_DATABASE_ADMIN_PASSWORD";
    private static final String HELP = """
            Usage: java -jar nebula-migrations.jar [--check | --help]

            Creates the database nebula, its schemas and the services' roles, and runs the migrations.
            Running it again, or twice at the same time, is safe.

              --check   change nothing; print the version of each schema

            Environment:
              NEBULA_DATABASE_ADMIN_URL              postgresql://host:port/database, of an existing database
              NEBULA_DATABASE_ADMIN_USER             a role that may create databases and roles
              NEBULA_DATABASE_ADMIN_PASSWORD         its password; may be missing
              NEBULA_DATABASE_UPDATER_PASSWORD       for the role nebula_updater
              NEBULA_DATABASE_CDN_REGISTRY_PASSWORD  for the role nebula_cdn_registry
              NEBULA_DATABASE_ASSET_STORE_PASSWORD   for the role nebula_asset_store
              NEBULA_DATABASE_ENTITY_SYNC_PASSWORD   for the role nebula_entity_sync

            Exit code: 0 done, 1 the database refused or is away, 2 wrong use, 3 (--check) migrations are pending
            """;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(List.of(args), System.getenv(), System.out, System.err));
    }

    static int run(List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (args.equals(List.of("--help"))) {
            out.print(HELP);
            return DONE;
        }
        boolean check = args.equals(List.of("--check"));
        if (!check && !args.isEmpty()) {
            err.println("Unknown arguments: " + String.join(" ", args));
            err.print(HELP);
            return USAGE;
        }
        List<String> missing = missing(environment, check);
        if (!missing.isEmpty()) {
            err.println("These environment variables must be set: " + String.join(", ", missing));
            return USAGE;
        }
        try {
            Migrations migrations = new Migrations(
                    environment.getOrDefault(URL, ""),
                    environment.getOrDefault(USER, ""),
                    environment.getOrDefault(PASSWORD, ""));
            List<SchemaStatus> schemas = check ? migrations.check() : migrations.migrate(passwords(environment));
            schemas.forEach(out::println);
            return schemas.stream().allMatch(schema -> schema.pending() == 0) ? DONE : OUTDATED;
        } catch (IllegalArgumentException e) {
            err.println(URL + ": " + e.getMessage());
            return USAGE;
        } catch (MigrationException e) {
            err.println(e.getMessage());
            return FAILED;
        }
    }

    private static List<String> missing(Map<String, String> environment, boolean check) {
        List<String> required = new ArrayList<>(List.of(URL, USER));
        if (!check) {
            Arrays.stream(ServiceSchema.values())
                    .map(ServiceSchema::passwordVariable)
                    .forEach(required::add);
        }
        required.removeIf(name -> !environment.getOrDefault(name, "").isBlank());
        return required;
    }

    private static Map<ServiceSchema, String> passwords(Map<String, String> environment) {
        Map<ServiceSchema, String> passwords = new EnumMap<>(ServiceSchema.class);
        for (ServiceSchema service : ServiceSchema.values()) {
            passwords.put(service, environment.getOrDefault(service.passwordVariable(), ""));
        }
        return passwords;
    }
}
