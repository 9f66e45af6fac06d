// Filters: the mini-broker. Users' questions, in SQL, to the tagged alerts of a visit.
//
// In:      alerts with their tags (AlertTagger.Result), filters as text.
// Out:     for each filter the alerts that it chose, best first, and what it cost.
// Refuses: everything but reading: a filter can neither write, nor open a file, nor take more than
//          its time and memory, nor delay another one. Knows nothing of how orbits are made.
//
// Read on in Table/ (what a filter can see), Sandbox/ (how it is held in), Running/.
