package org.vsekai.nebula.sync.temporary;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.vsekai.nebula.kit.testing.SchemaLock;

class TemporarySchemaTest {
    @Test
    void whatIsCachedKeepsItsNumbersAndTypes() {
        SchemaLock.check(new TemporarySchemaImpl(), Path.of("src/test/resources/temporary.lock"));
    }
}
