// Simulation: a survey over given orbits, with its truth; linkages judged against a truth.
//
// In:      orbits, visits (pointings with depth and seeing), a seed. Links and a truth.
// Out:     detections as a survey would publish them, false ones among them, and for each the
//          object that it truly is; on demand alert packets. Completeness and purity (Evaluation/).
// Refuses: to know how detections are linked: nothing of the truth goes anywhere but the truth file.
//
// Start at Survey/SurveySimulator.swift: motion and light time come from Dynamics and Astrometry,
// what is made of them (who is in a field, how bright, how noisy) is in the folder Survey.
