// Nightly: the batch that turns a window of nights into objects.
//
// In:      a catalog with detections, the solar system, options.
// Out:     the catalog brought up to date (SSObject, SSSource, orbits), a report, the journal.
// Refuses: HTTP, files; to do the same work twice: a run whose input was seen before reports what
//          it found then and changes nothing.
//
// Stages: read, prepare, link, reconcile and fit, write. All that changes the catalog is one
// transaction at the end. Start reading at NightlyRun.swift; Ingest/ is the way into the catalog.
