// Linking: which detections of several nights are one object.
//
// In:      astrometric observations of a few weeks (LinkingInput), options.
// Out:     LinkingResult: linkages, exclusive and in a fixed order, with counts and times.
// Refuses: files, databases, catalogs; what is known already has been taken out before.
//
// The way of the data, one file or folder a step:
//   Tracklets/    detections of one night and observatory that move on one line
//   Pairs/        two tracklets as one orbit, and what lies along it on other nights
//   Candidates/   sets of tracklets, thinned before any is fitted
//   Linkages/     full fits, exclusive assignment, arcs extended, merging
// Start reading at Linker.swift.
//
// Tracklets are sparse and know their motion: two of them are eight numbers for the six of an orbit,
// so that a wrong pair is rare even a week apart. No grid of hypotheses on distance is needed, and
// the cost goes with the number of tracklets times their density. Near the Earth and beyond Neptune
// only the start of a pair's solution differs.
