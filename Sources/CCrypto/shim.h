// OpenSSL's libcrypto: hashes of access tokens, and their comparison in constant time.
#include <openssl/crypto.h>
#include <openssl/sha.h>
