// A narrow door to OpenSSL's libcrypto, which is loaded when it is first needed and never linked: only who shows a JWT pays
// for it. Its headers are not needed either.
#ifndef FQL_CCRYPTO_H
#define FQL_CCRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Loads libcrypto unless it has been; false where it cannot be. Safe to call from any thread.
bool crypto_load(void);

enum crypto_digest { CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA512 };

/// Whether a signature (RSASSA-PKCS1-v1_5) of a message is that of an RSA key, given as a SubjectPublicKeyInfo in DER. False
/// also where libcrypto is missing or the key is none.
bool crypto_verify_rsa(
    enum crypto_digest digest, const uint8_t *key, size_t key_length, const uint8_t *message, size_t message_length,
    const uint8_t *signature, size_t signature_length);

#endif
