package org.vsekai.nebula.kit.production;

import java.util.List;

/** Looks at a part of the settings, once, when the process starts. A bean of any scope. */
public interface ProductionRule {
    /** Empty if all is well. */
    List<Finding> findings();
}
