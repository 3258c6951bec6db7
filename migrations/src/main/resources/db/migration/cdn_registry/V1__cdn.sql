-- The content delivery networks that hold copies of the asset store, by region.
CREATE TABLE cdn (
    id UUID NOT NULL PRIMARY KEY,
    uid VARCHAR(64) NOT NULL,
    name VARCHAR(200) NOT NULL,
    uri VARCHAR(2000) NOT NULL,
    last_checked_on TIMESTAMP WITH TIME ZONE,
    region VARCHAR(64) NOT NULL,
    CONSTRAINT cdn_uid_key UNIQUE (uid)
);

CREATE INDEX cdn_region_uid_idx ON cdn (region, uid);

-- What the probes of a CDN add up to, and when the next one is due. Whoever moves next_probe_at on does the probe.
CREATE TABLE cdn_probes (
    cdn_id UUID NOT NULL PRIMARY KEY,
    next_probe_at TIMESTAMP WITH TIME ZONE NOT NULL,
    healthy BOOLEAN NOT NULL,
    latency_millis DOUBLE PRECISION,
    failure_rate DOUBLE PRECISION NOT NULL,
    success_count BIGINT NOT NULL,
    failure_count BIGINT NOT NULL,
    consecutive_failures INTEGER NOT NULL,
    last_error VARCHAR(300),
    CONSTRAINT cdn_probes_cdn_id_fkey FOREIGN KEY (cdn_id) REFERENCES cdn (id) ON DELETE CASCADE
);
