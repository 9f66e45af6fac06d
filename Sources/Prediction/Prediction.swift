// Prediction: which known objects are in a field, where exactly, and which detections are theirs.
//
// In:      orbits with covariances; a field, a moment and an observer; detections.
// Out:     PredictedObject (place, rates, magnitude, error ellipse), Association (each detection's
//          candidates with separation, chi2, probability and rank).
// Refuses: to know where orbits and detections come from.
//
// Read on in Predictor.swift (the field), then Matcher.swift (the detections).
