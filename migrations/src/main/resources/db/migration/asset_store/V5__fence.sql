-- The fencing token of whoever wrote a resource last. A transaction that carries an older one fails. Rows stay for ever:
-- a writer may wake up at any time.
CREATE TABLE asset_store.fence (
    resource VARCHAR(512) NOT NULL PRIMARY KEY,
    token BIGINT NOT NULL
);

-- Its place takes the claim `collection` in the ledger. An instance of an earlier version cannot collect beside it, as each of
-- its steps fails from now on.
DROP TABLE asset_store.leases;
