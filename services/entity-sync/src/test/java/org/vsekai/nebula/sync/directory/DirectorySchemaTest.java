package org.vsekai.nebula.sync.directory;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.SchemaLock;

class DirectorySchemaTest {
    @Test
    void whatIsToldKeepsItsNumbersAndTypes() {
        SchemaLock.check(new DirectorySchemaImpl(), Path.of("src/test/resources/directory.lock"));
    }
}
