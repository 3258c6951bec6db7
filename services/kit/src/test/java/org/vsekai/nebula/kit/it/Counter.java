package org.vsekai.nebula.kit.it;

import io.quarkus.hibernate.reactive.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

@Entity
@Table(name = "counters", schema = "kit")
class Counter {
    @Id
    String id;

    long count;

    @ApplicationScoped
    static class Repository implements PanacheRepositoryBase<Counter, String> {}
}
