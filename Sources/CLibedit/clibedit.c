#include "CLibedit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

extern char **environ;

EditLine *fql_edit_start(int draws_on_error) { return el_init("fql", stdin, draws_on_error ? stderr : stdout, stderr); }

int fql_edit_set(EditLine *editor, int option, int value) { return el_wset(editor, option, value); }

int fql_edit_get(EditLine *editor, int option) {
  int value = 0;
  return el_wget(editor, option, &value) == 0 ? value : -1;
}

void fql_edit_refresh(EditLine *editor) { el_wset(editor, EL_REFRESH); }

void fql_edit_set_owner(EditLine *editor, void *owner) { el_wset(editor, EL_CLIENTDATA, owner); }

void *fql_edit_owner(EditLine *editor) {
  void *owner = NULL;
  el_wget(editor, EL_CLIENTDATA, &owner);
  return owner;
}

void fql_edit_set_prompt(EditLine *editor, int32_t *(*prompt)(EditLine *), int32_t literal) {
  el_wset(editor, EL_PROMPT_ESC, (wchar_t *(*)(EditLine *))prompt, (wchar_t)literal);
}

void fql_edit_set_reader(EditLine *editor, int (*reader)(EditLine *, int32_t *)) {
  el_wset(editor, EL_GETCFN, (el_rfunc_t)reader);
}

// libedit keeps the pointers to names: they are copied and kept.
static wchar_t *widened(const char *text) {
  size_t length = strlen(text);
  wchar_t *wide = calloc(length + 1, sizeof(wchar_t));
  if (wide)
    for (size_t i = 0; i < length; i++) wide[i] = (unsigned char)text[i];
  return wide;
}

void fql_edit_add(EditLine *editor, const char *name, unsigned char (*function)(EditLine *, int32_t)) {
  wchar_t *wide = widened(name);
  if (wide) el_wset(editor, EL_ADDFN, wide, wide, (unsigned char (*)(EditLine *, wint_t))function);
}

void fql_edit_bind(EditLine *editor, int alternative, const char *keys, const char *name) {
  wchar_t *wide_keys = widened(keys), *wide_name = widened(name);
  if (wide_keys && wide_name) {
    if (alternative)
      el_wset(editor, EL_BIND, L"-a", wide_keys, wide_name, NULL);
    else
      el_wset(editor, EL_BIND, wide_keys, wide_name, NULL);
  }
  free(wide_keys);
  free(wide_name);
}

void fql_edit_set_keys(EditLine *editor, int vi) { el_wset(editor, EL_EDITOR, vi ? L"vi" : L"emacs"); }

int fql_edit_has_vi_keys(EditLine *editor) {
  const wchar_t *name = NULL;
  return el_wget(editor, EL_EDITOR, &name) == 0 && name && wcscmp(name, L"vi") == 0;
}

void fql_edit_push(EditLine *editor, const int32_t *text) { el_wpush(editor, (const wchar_t *)text); }

int fql_edit_insert(EditLine *editor, const int32_t *text) { return el_winsertstr(editor, (const wchar_t *)text); }

const int32_t *fql_edit_text(EditLine *editor, int *count, int *cursor) {
  const LineInfoW *line = el_wline(editor);
  *count = (int)(line->lastchar - line->buffer);
  *cursor = (int)(line->cursor - line->buffer);
  return (const int32_t *)line->buffer;
}

const int32_t *fql_edit_read(EditLine *editor, int *count) { return (const int32_t *)el_wgets(editor, count); }

HistoryW *fql_history_start(EditLine *editor, int size) {
  HistoryW *history = history_winit();
  if (!history) return NULL;
  HistEventW event;
  history_w(history, &event, H_SETSIZE, size);
  el_wset(editor, EL_HIST, history_w, history);
  return history;
}

void fql_history_add(HistoryW *history, const int32_t *entry) {
  HistEventW event;
  history_w(history, &event, H_ENTER, (const wchar_t *)entry);
}

char **fql_environment(void) { return environ; }

void fql_memory_set(int step, int kept, int apart) {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TOP_PAD, step);
  mallopt(M_TRIM_THRESHOLD, kept);
  mallopt(M_MMAP_THRESHOLD, apart);
#else
  (void)step, (void)kept, (void)apart;
#endif
}
