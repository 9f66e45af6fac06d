// Avro C: object containers and generic values, used where a second opinion on a codec is wanted.
#include <avro.h>
