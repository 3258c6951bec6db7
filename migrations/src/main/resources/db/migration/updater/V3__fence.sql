-- The fencing token of whoever wrote a resource last. A transaction that carries an older one fails. Rows stay for ever:
-- a writer may wake up at any time.
CREATE TABLE fence (
    resource VARCHAR(512) NOT NULL PRIMARY KEY,
    token BIGINT NOT NULL
);
