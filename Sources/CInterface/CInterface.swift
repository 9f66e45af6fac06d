// CInterface: propagation, ephemerides, fits and linking as C functions, for other languages.
//
// In:      flat arrays of doubles that the caller owns; times as Modified Julian Dates.
// Out:     the same: every output array is the caller's, with the length that the function states.
// Refuses: files and catalogs; arrays that make no sense: -1, and why in the caller's `error`.
//
// Conventions of every function: `library` comes from `ecliptic_open`; a null pointer for an optional
// array means that it is not given, NaN in it that one value is not; `jobs` below 1 means all cores;
// `error` has room for `errorLength` bytes and gets a text that ends in a zero byte. Functions
// return 0 or more when all is well, -1 otherwise, and may be called from many threads at once.
// Units: au, au/d, ICRF axes; degrees and arcseconds on the sky.
//
// Tools/python/ecliptic is made of these.
