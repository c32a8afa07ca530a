#define _GNU_SOURCE
#include "CICU.h"

#define U_DISABLE_RENAMING 1
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ucol.h>
#include <unicode/ucoleitr.h>
#include <unicode/unorm2.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>
#include <unicode/uvernum.h>

// Every function of ICU that is used. Libraries of version N export each with the suffix _N.
#define COMMON_FUNCTIONS(F) \
  F(unorm2_getNFCInstance) F(unorm2_getNFDInstance) F(unorm2_getNFKCInstance) F(unorm2_getNFKDInstance) \
  F(unorm2_getNFKCCasefoldInstance) F(unorm2_normalize) F(u_strToLower) F(u_strToUpper) F(u_strToTitle)
#define I18N_FUNCTIONS(F) \
  F(ucol_open) F(ucol_setAttribute) F(ucol_strcollUTF8) F(ucol_openElements) F(ucol_closeElements) F(ucol_next) \
  F(uregex_open) F(uregex_close) F(uregex_setMatchCallback) \
  F(uregex_setFindProgressCallback) F(uregex_setStackLimit) F(uregex_setText) F(uregex_findNext) \
  F(uregex_start) F(uregex_end) F(uregex_groupCount)

#define MEMBER(name) __typeof__(name) *name;
static struct {
  COMMON_FUNCTIONS(MEMBER)
  I18N_FUNCTIONS(MEMBER)
} icu;

static UCollator *collator;
static char load_error[256];
static bool is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void *symbol(void *library, const char *name, int version) {
  char full[96];
  if (version == 0) return dlsym(library, name);
  snprintf(full, sizeof full, "%s_%d", name, version);
  return dlsym(library, full);
}

/// Fills the table from two open libraries; false where a function is missing.
static bool bind(void *common, void *i18n, int version) {
  void *address;
#define BIND(library, name) \
  if (!(address = symbol(library, #name, version))) { \
    snprintf(load_error, sizeof load_error, "ICU lacks %s (version %d)", #name, version); \
    return false; \
  } \
  memcpy(&icu.name, &address, sizeof address);
#define BIND_COMMON(name) BIND(common, name)
#define BIND_I18N(name) BIND(i18n, name)
  COMMON_FUNCTIONS(BIND_COMMON)
  I18N_FUNCTIONS(BIND_I18N)
  return true;
}

static bool try_version(int version) {
  char name[64];
  snprintf(name, sizeof name, "libicuuc.so.%d", version);
  void *common = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!common) return false;
  snprintf(name, sizeof name, "libicui18n.so.%d", version);
  void *i18n = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  return i18n && bind(common, i18n, version);
}

static bool bind_any_version(void) {
#ifdef __APPLE__
  void *core = dlopen("libicucore.A.dylib", RTLD_NOW | RTLD_LOCAL);
  if (!core) core = dlopen("/usr/lib/libicucore.dylib", RTLD_NOW | RTLD_LOCAL);
  if (core && bind(core, core, 0)) return true;
#endif
  if (try_version(U_ICU_VERSION_MAJOR_NUM)) return true;
  for (int version = 90; version >= 60; version--)
    if (version != U_ICU_VERSION_MAJOR_NUM && try_version(version)) return true;
  // Libraries without a version in their name: built without the suffix, or a link to some version.
  void *common = dlopen("libicuuc.so", RTLD_NOW | RTLD_LOCAL);
  void *i18n = dlopen("libicui18n.so", RTLD_NOW | RTLD_LOCAL);
  if (common && i18n) {
    if (bind(common, i18n, 0)) return true;
    for (int version = 99; version > 90; version--)
      if (bind(common, i18n, version)) return true;
  }
  return false;
}

static void load(void) {
  if (!bind_any_version()) {
    if (!load_error[0])
      snprintf(load_error, sizeof load_error, "the ICU library is not installed (libicuuc.so.%d, libicui18n.so.%d)",
          U_ICU_VERSION_MAJOR_NUM, U_ICU_VERSION_MAJOR_NUM);
    return;
  }
  UErrorCode status = U_ZERO_ERROR;
  collator = icu.ucol_open("", &status);
  if (U_SUCCESS(status)) {
    icu.ucol_setAttribute(collator, UCOL_STRENGTH, UCOL_TERTIARY, &status);
    icu.ucol_setAttribute(collator, UCOL_ALTERNATE_HANDLING, UCOL_NON_IGNORABLE, &status);
  }
  if (U_FAILURE(status)) {
    snprintf(load_error, sizeof load_error, "ICU has no root collation (error %d)", (int)status);
    return;
  }
  load_error[0] = 0;
  is_loaded = true;
}

bool icu_load(void) {
  pthread_once(&once, load);
  return is_loaded;
}

const char *icu_load_error(void) { return load_error; }

int32_t icu_compare(const char *a, int32_t a_length, const char *b, int32_t b_length) {
  if (!icu_load()) return ICU_FAILED;
  UErrorCode status = U_ZERO_ERROR;
  int32_t order = icu.ucol_strcollUTF8(collator, a, a_length, b, b_length, &status);
  return U_FAILURE(status) ? ICU_FAILED : order;
}

int32_t icu_collation_elements(const uint16_t *text, int32_t length, uint32_t *elements, int32_t capacity) {
  if (!icu_load()) return ICU_FAILED;
  UErrorCode status = U_ZERO_ERROR;
  UCollationElements *iterator = icu.ucol_openElements(collator, (const UChar *)text, length, &status);
  if (U_FAILURE(status)) return ICU_FAILED;
  int32_t count = 0, element;
  while ((element = icu.ucol_next(iterator, &status)) != UCOL_NULLORDER && U_SUCCESS(status)) {
    if (count < capacity) elements[count] = (uint32_t)element;
    count++;
  }
  icu.ucol_closeElements(iterator);
  return U_FAILURE(status) ? ICU_FAILED : count;
}

static int32_t fitted(int32_t length, UErrorCode status) {
  if (status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status)) return length;
  return ICU_FAILED;
}

int32_t icu_normalize(
    enum icu_normalization form, const uint16_t *text, int32_t length, uint16_t *result, int32_t capacity) {
  if (!icu_load()) return ICU_FAILED;
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *normalizer = NULL;
  switch (form) {
    case ICU_NFC: normalizer = icu.unorm2_getNFCInstance(&status); break;
    case ICU_NFD: normalizer = icu.unorm2_getNFDInstance(&status); break;
    case ICU_NFKC: normalizer = icu.unorm2_getNFKCInstance(&status); break;
    case ICU_NFKD: normalizer = icu.unorm2_getNFKDInstance(&status); break;
    case ICU_NFKC_CASEFOLD: normalizer = icu.unorm2_getNFKCCasefoldInstance(&status); break;
  }
  if (U_FAILURE(status) || !normalizer) return ICU_FAILED;
  return fitted(
      icu.unorm2_normalize(normalizer, (const UChar *)text, length, (UChar *)result, capacity, &status), status);
}

int32_t icu_map_case(enum icu_case mapping, const uint16_t *text, int32_t length, uint16_t *result, int32_t capacity) {
  if (!icu_load()) return ICU_FAILED;
  UErrorCode status = U_ZERO_ERROR;
  const UChar *source = (const UChar *)text;
  UChar *target = (UChar *)result;
  int32_t needed = 0;
  switch (mapping) {
    case ICU_LOWER: needed = icu.u_strToLower(target, capacity, source, length, "en", &status); break;
    case ICU_UPPER: needed = icu.u_strToUpper(target, capacity, source, length, "en", &status); break;
    case ICU_TITLE: needed = icu.u_strToTitle(target, capacity, source, length, NULL, "en", &status); break;
  }
  return fitted(needed, status);
}

struct icu_regex {
  URegularExpression *expression;
  int64_t deadline;
  uint32_t attempts;
};

static int64_t milliseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// ICU asks every ten thousand steps of one attempt, and after every attempt, whether to go on.
static UBool goes_on_matching(const void *context, int32_t steps) {
  (void)steps;
  return milliseconds_now() < ((const struct icu_regex *)context)->deadline;
}

static UBool goes_on_finding(const void *context, int64_t place) {
  (void)place;
  struct icu_regex *regex = (struct icu_regex *)context;
  return regex->attempts++ % 64 != 0 || milliseconds_now() < regex->deadline;
}

icu_regex *icu_regex_open(const uint16_t *pattern, int32_t length) {
  if (!icu_load()) return NULL;
  icu_regex *regex = calloc(1, sizeof *regex);
  if (!regex) return NULL;
  UErrorCode status = U_ZERO_ERROR;
  UParseError where;
  regex->expression = icu.uregex_open((const UChar *)pattern, length, 0, &where, &status);
  icu.uregex_setStackLimit(regex->expression, 16 << 20, &status);
  icu.uregex_setMatchCallback(regex->expression, goes_on_matching, regex, &status);
  icu.uregex_setFindProgressCallback(regex->expression, goes_on_finding, regex, &status);
  if (U_SUCCESS(status)) return regex;
  icu_regex_close(regex);
  return NULL;
}

void icu_regex_close(icu_regex *regex) {
  if (regex->expression) icu.uregex_close(regex->expression);
  free(regex);
}

bool icu_regex_begin(icu_regex *regex, const uint16_t *text, int32_t length, int64_t milliseconds) {
  UErrorCode status = U_ZERO_ERROR;
  regex->deadline = milliseconds_now() + milliseconds;
  regex->attempts = 0;
  icu.uregex_setText(regex->expression, (const UChar *)text, length, &status);
  return U_SUCCESS(status);
}

enum icu_match icu_regex_next(icu_regex *regex) {
  UErrorCode status = U_ZERO_ERROR;
  UBool found = icu.uregex_findNext(regex->expression, &status);
  if (status == U_REGEX_STOPPED_BY_CALLER || status == U_REGEX_STACK_OVERFLOW) return ICU_MATCH_LIMIT;
  if (U_FAILURE(status)) return ICU_MATCH_ERROR;
  return found ? ICU_MATCH_FOUND : ICU_MATCH_NONE;
}

int32_t icu_regex_start(icu_regex *regex, int32_t group) {
  UErrorCode status = U_ZERO_ERROR;
  int32_t start = icu.uregex_start(regex->expression, group, &status);
  return U_FAILURE(status) ? -1 : start;
}

int32_t icu_regex_end(icu_regex *regex, int32_t group) {
  UErrorCode status = U_ZERO_ERROR;
  int32_t end = icu.uregex_end(regex->expression, group, &status);
  return U_FAILURE(status) ? -1 : end;
}

int32_t icu_regex_group_count(icu_regex *regex) {
  UErrorCode status = U_ZERO_ERROR;
  int32_t count = icu.uregex_groupCount(regex->expression, &status);
  return U_FAILURE(status) ? 0 : count;
}

ptrdiff_t find_bytes(const uint8_t *bytes, size_t length, const uint8_t *pattern, size_t pattern_length) {
  const uint8_t *found = memmem(bytes, length, pattern, pattern_length);
  return found ? found - bytes : -1;
}
