#define _GNU_SOURCE
#include "CCrypto.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

// The functions of libcrypto that are used, in versions 1.1 and 3 alike. All of its structures are opaque.
typedef void EVP_PKEY, EVP_MD_CTX, EVP_MD, ENGINE;

static struct {
  EVP_PKEY *(*d2i_PUBKEY)(EVP_PKEY **key, const unsigned char **bytes, long length);
  void (*EVP_PKEY_free)(EVP_PKEY *key);
  EVP_MD_CTX *(*EVP_MD_CTX_new)(void);
  void (*EVP_MD_CTX_free)(EVP_MD_CTX *context);
  const EVP_MD *(*EVP_sha256)(void);
  const EVP_MD *(*EVP_sha384)(void);
  const EVP_MD *(*EVP_sha512)(void);
  int (*EVP_DigestVerifyInit)(EVP_MD_CTX *context, void **, const EVP_MD *digest, ENGINE *engine, EVP_PKEY *key);
  int (*EVP_DigestVerify)(
      EVP_MD_CTX *context, const unsigned char *signature, size_t signature_length, const unsigned char *message,
      size_t message_length);
  void (*ERR_clear_error)(void);
} crypto;

static bool is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool bind(void *library) {
  void *address;
#define BIND(name) \
  if (!(address = dlsym(library, #name))) return false; \
  memcpy(&crypto.name, &address, sizeof address);
  BIND(d2i_PUBKEY)
  BIND(EVP_PKEY_free)
  BIND(EVP_MD_CTX_new)
  BIND(EVP_MD_CTX_free)
  BIND(EVP_sha256)
  BIND(EVP_sha384)
  BIND(EVP_sha512)
  BIND(EVP_DigestVerifyInit)
  BIND(EVP_DigestVerify)
  BIND(ERR_clear_error)
  return true;
}

static void load(void) {
#ifdef __APPLE__
  // The system's own libcrypto must not be loaded by its bare name.
  static const char *names[] = {
      "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib", "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib"};
#else
  static const char *names[] = {"libcrypto.so.3", "libcrypto.so.1.1"};
#endif
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (library && bind(library)) {
      is_loaded = true;
      return;
    }
  }
}

bool crypto_load(void) {
  pthread_once(&once, load);
  return is_loaded;
}

bool crypto_verify_rsa(
    enum crypto_digest digest, const uint8_t *key, size_t key_length, const uint8_t *message, size_t message_length,
    const uint8_t *signature, size_t signature_length) {
  if (!crypto_load() || key_length > LONG_MAX) return false;
  const unsigned char *bytes = key;
  EVP_PKEY *public_key = crypto.d2i_PUBKEY(NULL, &bytes, (long)key_length);
  EVP_MD_CTX *context = public_key ? crypto.EVP_MD_CTX_new() : NULL;
  bool is_valid = false;
  if (context) {
    const EVP_MD *md = digest == CRYPTO_SHA512   ? crypto.EVP_sha512()
                       : digest == CRYPTO_SHA384 ? crypto.EVP_sha384()
                                                 : crypto.EVP_sha256();
    is_valid = crypto.EVP_DigestVerifyInit(context, NULL, md, NULL, public_key) == 1 &&
               crypto.EVP_DigestVerify(context, signature, signature_length, message, message_length) == 1;
    crypto.EVP_MD_CTX_free(context);
  }
  if (public_key) crypto.EVP_PKEY_free(public_key);
  crypto.ERR_clear_error();
  return is_valid;
}
