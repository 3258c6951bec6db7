package org.vsekai.nebula.assets.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.SchemaLock;

class CacheSchemaTest {
    @Test
    void whatIsCachedKeepsItsNumbersAndTypes() {
        SchemaLock.check(new FileCopiesImpl(), Path.of("src/test/resources/assets-cache.lock"));
    }
}
