// FollowUp: is this an object to follow up?
//
// In:      the observations of one night (or two) of one object, with its magnitude; a population
//          model; observatories.
// Out:     probabilities of the kinds of object, H, a score like digest2's, chances of an approach to
//          the Earth, where it will be and who can see it.
// Refuses: files, databases, alerts. What can't be told of a tracklet is a remark, not an error.
//
// Start reading at Ranging/Ranger.swift, then Population/PopulationModel.swift.
