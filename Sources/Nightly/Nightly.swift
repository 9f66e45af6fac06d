// Nightly: the batch engine, stages and report.
