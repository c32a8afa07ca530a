#ifndef FQL_CCRYPTO_H
#define FQL_CCRYPTO_H

#include <stddef.h>

/// Verifies an RSA signature (PKCS #1 v1.5) over a message with OpenSSL's libcrypto, which is loaded when it is first needed.
///
/// `bits` is that of SHA-2: 256, 384 or 512. `key` is a DER SubjectPublicKeyInfo. Returns 1 where the signature is right, 0
/// where it is not, and -1 where there is no libcrypto.
int fql_verify_rsa(int bits, const unsigned char *key, size_t key_length, const unsigned char *signature,
                   size_t signature_length, const unsigned char *message, size_t message_length);

#endif
