// Prediction: where known objects are in a field, with uncertainty, and which detection is which.
