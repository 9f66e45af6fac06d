// Nightly: the batch that turns a window of nights into objects.
//
// In:      a catalog with detections, the solar system, options.
// Out:     the catalog brought up to date (SSObject, SSSource, orbits), a report, the journal.
// Refuses: HTTP, files; to do the same work twice: a run whose input was seen before reports what
//          it found then and changes nothing.
//
// Stages: visits judged by known objects (night by night), attribution (night by night), linking,
// objects (fits), precovery (night by night), quantities, tables of the next night, report. Each is
// one transaction with its line in the journal, and reads what it needs from the catalog: a run that
// is killed goes on where the journal ends, to the same content of every table.
// Promised: the same catalog for the same commands in the same order, whatever the jobs and
// interruptions. Not promised: the same for nights in another order: names come from the first
// detections that were linked, and past solutions are those that were.
//
// Start reading at NightlyRun.swift, then Attribution/OrbitSearch.swift; Objects/ decides what
// linkages mean; Ingest/ is the way into the catalog.
