// zlib: the deflate codec of Avro containers, and the gzipped FITS stamps of ZTF alerts.
#include <zlib.h>
