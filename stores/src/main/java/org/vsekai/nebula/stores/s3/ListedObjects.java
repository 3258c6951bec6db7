package org.vsekai.nebula.stores.s3;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The SDK's listing, page after page, with its failures in our terms. */
final class ListedObjects extends Spliterators.AbstractSpliterator<S3Object> {
    /** Runs a step of the listing. */
    interface Asking {
        <T> T ask(String what, Supplier<T> work);
    }

    private final Supplier<Iterator<S3Object>> start;
    private final Asking asking;
    private @Nullable Iterator<S3Object> objects;

    ListedObjects(Supplier<Iterator<S3Object>> start, Asking asking) {
        super(Long.MAX_VALUE, Spliterator.NONNULL);
        this.start = start;
        this.asking = asking;
    }

    Stream<S3Object> stream() {
        return StreamSupport.stream(this, false);
    }

    @Override
    public boolean tryAdvance(Consumer<? super S3Object> action) {
        Iterator<S3Object> current = objects == null ? asking.ask("listing", start) : objects;
        objects = current;
        if (!asking.<Boolean>ask("listing", current::hasNext)) {
            return false;
        }
        action.accept(current.next());
        return true;
    }
}
