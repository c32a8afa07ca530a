#include "CCrypto.h"

#include <dlfcn.h>
#include <pthread.h>

// The few functions that are used, as OpenSSL 1.1 and 3 both have them.
static struct {
  void *(*d2i_PUBKEY)(void **, const unsigned char **, long);
  void (*EVP_PKEY_free)(void *);
  void *(*EVP_MD_CTX_new)(void);
  void (*EVP_MD_CTX_free)(void *);
  const void *(*EVP_sha256)(void);
  const void *(*EVP_sha384)(void);
  const void *(*EVP_sha512)(void);
  int (*EVP_DigestVerifyInit)(void *, void **, const void *, void *, void *);
  int (*EVP_DigestVerify)(void *, const unsigned char *, size_t, const unsigned char *, size_t);
} crypto;

static int is_loaded = 0;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so", "libcrypto.3.dylib"};
  void *library = NULL;
  for (size_t i = 0; library == NULL && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return;
#define FIND(name) \
  *(void **)&crypto.name = dlsym(library, #name); \
  if (crypto.name == NULL) return
  FIND(d2i_PUBKEY);
  FIND(EVP_PKEY_free);
  FIND(EVP_MD_CTX_new);
  FIND(EVP_MD_CTX_free);
  FIND(EVP_sha256);
  FIND(EVP_sha384);
  FIND(EVP_sha512);
  FIND(EVP_DigestVerifyInit);
  FIND(EVP_DigestVerify);
#undef FIND
  is_loaded = 1;
}

int fql_verify_rsa(int bits, const unsigned char *key, size_t key_length, const unsigned char *signature,
                   size_t signature_length, const unsigned char *message, size_t message_length) {
  pthread_once(&once, load);
  if (!is_loaded) return -1;
  const unsigned char *der = key;
  void *public_key = crypto.d2i_PUBKEY(NULL, &der, (long)key_length);
  if (public_key == NULL) return 0;
  const void *digest = bits == 256 ? crypto.EVP_sha256() : bits == 384 ? crypto.EVP_sha384() : crypto.EVP_sha512();
  void *context = crypto.EVP_MD_CTX_new();
  int result = 0;
  if (context != NULL && crypto.EVP_DigestVerifyInit(context, NULL, digest, NULL, public_key) == 1) {
    result = crypto.EVP_DigestVerify(context, signature, signature_length, message, message_length) == 1;
  }
  if (context != NULL) crypto.EVP_MD_CTX_free(context);
  crypto.EVP_PKEY_free(public_key);
  return result;
}
