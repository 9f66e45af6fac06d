// Zstandard: the zstandard codec of Avro containers.
#include <zstd.h>
