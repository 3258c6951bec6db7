package org.vsekai.nebula.kit.paging;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param next to be given as {@code after} for the part that follows; absent on the last page
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Page<T>(List<T> items, @Nullable String next) {
    public Page {
        items = List.copyOf(items);
    }

    /**
     * A page from rows in order, of which one more than the limit was asked for.
     *
     * @param rows at most {@code request.limit() + 1}; the extra one only tells that there is more
     * @param sortKey the key by which rows are ordered, unique per row
     */
    public static <R, T> Page<T> of(
            PageRequest request, List<R> rows, Function<R, String> sortKey, Function<R, T> view) {
        boolean more = rows.size() > request.limit();
        List<R> shown = more ? rows.subList(0, request.limit()) : rows;
        return new Page<>(
                shown.stream().map(view).toList(), more ? PageRequest.encode(sortKey.apply(shown.getLast())) : null);
    }
}
