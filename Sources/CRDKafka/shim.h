// librdkafka: the Kafka protocol. Its mock cluster is what the tests run against.
// Producing takes an array of tagged unions, which Swift can't spell: this function is that call.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// Queues a copy of a message. Takes over the headers when it succeeds (a null result); a key may
// be null, the headers too.
static inline rd_kafka_error_t *ecliptic_kafka_produce(
    rd_kafka_t *producer, const char *topic, int32_t partition, int64_t timestamp,
    const void *key, size_t key_size, const void *value, size_t value_size,
    rd_kafka_headers_t *headers) {
  rd_kafka_vu_t parts[7];
  size_t count = 0;
  parts[count].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[count++].u.cstr = topic;
  parts[count].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[count++].u.i32 = partition;
  parts[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[count++].u.i = RD_KAFKA_MSG_F_COPY;
  parts[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  parts[count++].u.i64 = timestamp;
  parts[count].vtype = RD_KAFKA_VTYPE_KEY;
  parts[count].u.mem.ptr = (void *)key;
  parts[count++].u.mem.size = key_size;
  parts[count].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[count].u.mem.ptr = (void *)value;
  parts[count++].u.mem.size = value_size;
  if (headers != NULL) {
    parts[count].vtype = RD_KAFKA_VTYPE_HEADERS;
    parts[count++].u.headers = headers;
  }
  return rd_kafka_produceva(producer, parts, count);
}
