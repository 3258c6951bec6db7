package org.vsekai.nebula.sync.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who votes, as JSON.
 *
 * @param leader absent while none is known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MembersView(List<String> members, @Nullable String leader) {
    static MembersView of(Members.Report report) {
        return new MembersView(
                report.status().members(), report.status().leader().orElse(null));
    }
}
