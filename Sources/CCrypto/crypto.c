// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CCrypto.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

// What is used of <openssl/evp.h>, whose declarations are the same in 1.1 and 3: no header is needed to build.
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct evp_cipher_st EVP_CIPHER;
typedef struct evp_md_st EVP_MD;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct engine_st ENGINE;
enum { GCM_GET_TAG = 0x10, GCM_SET_TAG = 0x11 };

static struct {
  EVP_CIPHER_CTX *(*EVP_CIPHER_CTX_new)(void);
  void (*EVP_CIPHER_CTX_free)(EVP_CIPHER_CTX *);
  int (*EVP_CIPHER_CTX_ctrl)(EVP_CIPHER_CTX *, int, int, void *);
  const EVP_CIPHER *(*EVP_aes_256_gcm)(void);
  int (*EVP_CipherInit_ex)(EVP_CIPHER_CTX *, const EVP_CIPHER *, ENGINE *, const uint8_t *, const uint8_t *, int);
  int (*EVP_CipherUpdate)(EVP_CIPHER_CTX *, uint8_t *, int *, const uint8_t *, int);
  int (*EVP_CipherFinal_ex)(EVP_CIPHER_CTX *, uint8_t *, int *);
  const EVP_MD *(*EVP_sha256)(void);
  int (*EVP_Digest)(const void *, size_t, uint8_t *, unsigned *, const EVP_MD *, ENGINE *);
  const EVP_MD *(*EVP_sha384)(void);
  const EVP_MD *(*EVP_sha512)(void);
  EVP_MD_CTX *(*EVP_MD_CTX_new)(void);
  void (*EVP_MD_CTX_free)(EVP_MD_CTX *);
  int (*EVP_DigestVerifyInit)(EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *);
  int (*EVP_DigestVerify)(EVP_MD_CTX *, const uint8_t *, size_t, const uint8_t *, size_t);
  int (*EVP_PKEY_CTX_ctrl_str)(EVP_PKEY_CTX *, const char *, const char *);
  void (*EVP_PKEY_free)(EVP_PKEY *);
  EVP_PKEY *(*d2i_PUBKEY)(EVP_PKEY **, const uint8_t **, long);
  void (*ERR_clear_error)(void);
} lib;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem_of_loading;

static void load(void) {
  void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libcrypto.so.1.1", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    problem_of_loading = "cryptography needs libcrypto.so.3, which is not installed: install the package libssl3";
    return;
  }
#define FIND(name)                                                                           \
  if ((lib.name = (__typeof__(lib.name))dlsym(library, #name)) == NULL) {                    \
    problem_of_loading = "the installed libcrypto has no " #name ": OpenSSL 1.1 or newer needed"; \
    return;                                                                                  \
  }
  FIND(EVP_CIPHER_CTX_new)
  FIND(EVP_CIPHER_CTX_free)
  FIND(EVP_CIPHER_CTX_ctrl)
  FIND(EVP_aes_256_gcm)
  FIND(EVP_CipherInit_ex)
  FIND(EVP_CipherUpdate)
  FIND(EVP_CipherFinal_ex)
  FIND(EVP_sha256)
  FIND(EVP_Digest)
  FIND(EVP_sha384)
  FIND(EVP_sha512)
  FIND(EVP_MD_CTX_new)
  FIND(EVP_MD_CTX_free)
  FIND(EVP_DigestVerifyInit)
  FIND(EVP_DigestVerify)
  FIND(EVP_PKEY_CTX_ctrl_str)
  FIND(EVP_PKEY_free)
  FIND(d2i_PUBKEY)
  FIND(ERR_clear_error)
}

const char *ccrypto_load(void) {
  pthread_once(&once, load);
  return problem_of_loading;
}

// Encrypts or decrypts `count` bytes; the tag comes after them in `tag`, or goes there.
static int run(int encrypts, const uint8_t *key, const uint8_t *nonce, const uint8_t *bound, size_t bound_count,
               const uint8_t *input, size_t count, uint8_t *output, uint8_t *tag) {
  if (count > INT_MAX || bound_count > INT_MAX) return 0;
  EVP_CIPHER_CTX *context = lib.EVP_CIPHER_CTX_new();
  if (context == NULL) return 0;
  int written = 0, rest = 0;
  int done = lib.EVP_CipherInit_ex(context, lib.EVP_aes_256_gcm(), NULL, key, nonce, encrypts) == 1 &&
             (bound_count == 0 || lib.EVP_CipherUpdate(context, NULL, &written, bound, (int)bound_count) == 1) &&
             (count == 0 || lib.EVP_CipherUpdate(context, output, &written, input, (int)count) == 1) &&
             (encrypts || lib.EVP_CIPHER_CTX_ctrl(context, GCM_SET_TAG, CCRYPTO_TAG, tag) == 1) &&
             lib.EVP_CipherFinal_ex(context, output + count, &rest) == 1 &&
             (!encrypts || lib.EVP_CIPHER_CTX_ctrl(context, GCM_GET_TAG, CCRYPTO_TAG, tag) == 1);
  lib.EVP_CIPHER_CTX_free(context);
  return done;
}

int ccrypto_seal(const uint8_t *key, const uint8_t *nonce, const uint8_t *bound, size_t bound_count, const uint8_t *plain,
                 size_t count, uint8_t *sealed) {
  return run(1, key, nonce, bound, bound_count, plain, count, sealed, sealed + count);
}

int ccrypto_open(const uint8_t *key, const uint8_t *nonce, const uint8_t *bound, size_t bound_count, const uint8_t *sealed,
                 size_t count, uint8_t *plain) {
  if (count < CCRYPTO_TAG) return 0;
  uint8_t tag[CCRYPTO_TAG];
  memcpy(tag, sealed + count - CCRYPTO_TAG, CCRYPTO_TAG);
  return run(0, key, nonce, bound, bound_count, sealed, count - CCRYPTO_TAG, plain, tag);
}

int ccrypto_digest(const uint8_t *bytes, size_t count, uint8_t *digest) {
  unsigned written = 0;
  return lib.EVP_Digest(bytes, count, digest, &written, lib.EVP_sha256(), NULL) == 1 && written == CCRYPTO_DIGEST;
}

void *ccrypto_key(const uint8_t *der, size_t count) {
  if (count > LONG_MAX) return NULL;
  const uint8_t *end = der;
  EVP_PKEY *key = lib.d2i_PUBKEY(NULL, &end, (long)count);
  // What failed is kept for each thread until somebody asks.
  lib.ERR_clear_error();
  if (key != NULL && end != der + count) {
    lib.EVP_PKEY_free(key);
    return NULL;
  }
  return key;
}

void ccrypto_key_free(void *key) { lib.EVP_PKEY_free(key); }

int ccrypto_verify(void *key, int digest, int is_pss, const uint8_t *signature, size_t signature_count, const uint8_t *bytes,
                   size_t count) {
  const EVP_MD *md = digest == 256   ? lib.EVP_sha256()
                     : digest == 384 ? lib.EVP_sha384()
                     : digest == 512 ? lib.EVP_sha512()
                                     : NULL;
  if (md == NULL && digest != 0) return 0;
  EVP_MD_CTX *context = lib.EVP_MD_CTX_new();
  if (context == NULL) return 0;
  EVP_PKEY_CTX *parameters = NULL;
  int good = lib.EVP_DigestVerifyInit(context, &parameters, md, NULL, key) == 1 &&
             (!is_pss || (lib.EVP_PKEY_CTX_ctrl_str(parameters, "rsa_padding_mode", "pss") == 1 &&
                          lib.EVP_PKEY_CTX_ctrl_str(parameters, "rsa_pss_saltlen", "digest") == 1)) &&
             lib.EVP_DigestVerify(context, signature, signature_count, bytes, count) == 1;
  lib.EVP_MD_CTX_free(context);
  lib.ERR_clear_error();
  return good;
}
