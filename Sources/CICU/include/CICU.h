// A narrow door to ICU (International Components for Unicode), which is loaded when it is first needed and never linked:
// a query over plain ASCII does not pay for it. Text goes in and comes out as UTF-16.
#ifndef FQL_CICU_H
#define FQL_CICU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Loads ICU unless it has been; false where it cannot be. Safe to call from any thread.
bool icu_load(void);

/// Why `icu_load` answered false; empty otherwise.
const char *icu_load_error(void);

/// What a call answers where ICU could not be loaded or refused the input.
static const int32_t ICU_FAILED = INT32_MIN;

/// Compares two UTF-8 texts in the order of the root collation, tertiary strength: -1, 0 or 1, or `ICU_FAILED`.
int32_t icu_compare(const char *a, int32_t a_length, const char *b, int32_t b_length);

/// The collation elements of a text in ICU's 32-bit form (an element may take two, the second marked as continuation).
/// Answers how many there are, whether or not all fitted, or `ICU_FAILED`.
int32_t icu_collation_elements(const uint16_t *text, int32_t length, uint32_t *elements, int32_t capacity);

enum icu_normalization { ICU_NFC, ICU_NFD, ICU_NFKC, ICU_NFKD, ICU_NFKC_CASEFOLD };

/// Normalises a text. Answers the length of the result, whether or not it fitted, or `ICU_FAILED`.
int32_t icu_normalize(
    enum icu_normalization form, const uint16_t *text, int32_t length, uint16_t *result, int32_t capacity);

enum icu_case { ICU_LOWER, ICU_UPPER, ICU_TITLE };

/// Maps the case of a text by the rules of English. Answers as `icu_normalize` does.
int32_t icu_map_case(enum icu_case mapping, const uint16_t *text, int32_t length, uint16_t *result, int32_t capacity);

/// A compiled pattern and the state of a search with it.
typedef struct icu_regex icu_regex;

/// Compiles a pattern of ICU's dialect; null where it is not one.
icu_regex *icu_regex_open(const uint16_t *pattern, int32_t length);
void icu_regex_close(icu_regex *regex);

/// Begins a search of a text, which must stay where it is, for at most so many milliseconds; false on failure.
bool icu_regex_begin(icu_regex *regex, const uint16_t *text, int32_t length, int64_t milliseconds);

enum icu_match { ICU_MATCH_NONE = 0, ICU_MATCH_FOUND = 1, ICU_MATCH_LIMIT = 2, ICU_MATCH_ERROR = 3 };

/// Looks for the next match; `ICU_MATCH_LIMIT` where the time or the memory for it (16 MB) is used up.
enum icu_match icu_regex_next(icu_regex *regex);

/// Where a group of the last match starts and ends in UTF-16 units; -1 where it took no part. Group 0 is the whole match.
int32_t icu_regex_start(icu_regex *regex, int32_t group);
int32_t icu_regex_end(icu_regex *regex, int32_t group);

/// How many capturing groups the pattern has.
int32_t icu_regex_group_count(icu_regex *regex);

/// The place of the first occurrence of some bytes in others, or -1. (C's memmem, which Swift's module does not show.)
ptrdiff_t find_bytes(const uint8_t *bytes, size_t length, const uint8_t *pattern, size_t pattern_length);

#endif
