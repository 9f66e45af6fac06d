// Avro C: object containers and generic values, used where a second opinion on a codec is wanted.
// Its accessors are macros, which Swift can't see: these functions are those macros.
#include <avro.h>

static inline avro_type_t ecliptic_avro_type(const avro_value_t *value) {
  return avro_value_get_type(value);
}
static inline int ecliptic_avro_boolean(const avro_value_t *value, int *out) {
  return avro_value_get_boolean(value, out);
}
static inline int ecliptic_avro_int(const avro_value_t *value, int32_t *out) {
  return avro_value_get_int(value, out);
}
static inline int ecliptic_avro_long(const avro_value_t *value, int64_t *out) {
  return avro_value_get_long(value, out);
}
static inline int ecliptic_avro_float(const avro_value_t *value, float *out) {
  return avro_value_get_float(value, out);
}
static inline int ecliptic_avro_double(const avro_value_t *value, double *out) {
  return avro_value_get_double(value, out);
}
// The size counts the zero at the end.
static inline int ecliptic_avro_string(
    const avro_value_t *value, const char **out, size_t *size) {
  return avro_value_get_string(value, out, size);
}
static inline int ecliptic_avro_bytes(
    const avro_value_t *value, const void **out, size_t *size) {
  return avro_value_get_bytes(value, out, size);
}
static inline int ecliptic_avro_size(const avro_value_t *value, size_t *out) {
  return avro_value_get_size(value, out);
}
static inline int ecliptic_avro_element(
    const avro_value_t *value, size_t index, avro_value_t *out, const char **name) {
  return avro_value_get_by_index(value, index, out, name);
}
static inline int ecliptic_avro_branch(const avro_value_t *value, avro_value_t *out) {
  return avro_value_get_current_branch(value, out);
}
static inline int ecliptic_avro_new(avro_schema_t schema, avro_value_t *out) {
  avro_value_iface_t *iface = avro_generic_class_from_schema(schema);
  int status = avro_generic_value_new(iface, out);
  avro_value_iface_decref(iface);
  return status;
}
static inline void ecliptic_avro_free(avro_value_t *value) { avro_value_decref(value); }
