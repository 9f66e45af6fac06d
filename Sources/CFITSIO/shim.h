// CFITSIO: FITS images (alert cutouts) and binary tables.
#include <fitsio.h>
