// Astro: what a time, an angle and a place on the sky are.
//
// In:      numbers from files and other rooms.
// Out:     Epoch<Scale> (two-part time, its scale in the type), Vector3 and Matrix3, angles and
//          directions, leap seconds, kd-trees, the ordered parallel map.
// Refuses: to know what an orbit, an observation or a file format is.
//
// Everything small is @frozen and @inlinable, so that kernels in other modules compile it in.
