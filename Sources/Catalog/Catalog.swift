// Catalog: the SQLite schema, its migrations, bulk ingest and queries.
