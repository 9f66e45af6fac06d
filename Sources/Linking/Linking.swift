// Linking: which detections of several nights are one object.
//
// In:      astrometric observations of a few weeks (LinkingInput), options.
// Out:     LinkingResult: linkages, exclusive and in a fixed order, with counts and times.
// Refuses: files, databases, catalogs; what is known already has been taken out before.
//
// The way of the data, one file or folder a step:
//   Tracklets/    detections of one night and observatory that move on one line
//   Hypotheses/   (r, ṙ) at a reference epoch: with them a tracklet is a heliocentric state
//   Clusters/     tracklets whose states agree at the reference epoch, refined and screened
//   Linkages/     full fits, exclusive assignment, arcs extended, merging
// Start reading at Linker.swift.
//
// Heliocentric linking after Holman et al. 2018 (doi:10.3847/1538-3881/aad69a) and Heinze et al.
// (heliolinx), with two differences: the radial motion is Kepler's, made self-consistent with each
// tracklet's own angular momentum, so that a hypothesis has two parameters and not three; and the
// two parameters are solved for in every cluster, so that the grid may be coarse.
