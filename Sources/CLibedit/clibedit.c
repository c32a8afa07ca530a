#include "CLibedit.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

// Every function of the library that is used, by its name.
#define FUNCTIONS(each) \
  each(el_init) each(el_end) each(el_source) each(el_resize) each(el_parse) each(el_deletestr) each(el_cursor) \
  each(el_wset) each(el_wget) each(el_wgets) each(el_wpush) each(el_wline) each(el_winsertstr) \
  each(history_winit) each(history_w) each(tok_init) each(tok_end) each(tok_str)

#define FIELD(name) __typeof__(&name) name;
static struct { FUNCTIONS(FIELD) } library;

static int load(void) {
  static const char *const names[] = {"libedit.so.2", "libedit.so.0", "libedit.so", "libedit.3.dylib", "libedit.dylib"};
  static int loaded;
  if (loaded) return 1;
  void *handle = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !handle; i++) handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
  if (!handle) return 0;
#define FIND(name) \
  if (!(library.name = (__typeof__(&name))dlsym(handle, #name))) return 0;
  FUNCTIONS(FIND)
  loaded = 1;
  return 1;
}

EditLine *fql_edit_start(int draws_on_error) {
  return load() ? library.el_init("fql", stdin, draws_on_error ? stderr : stdout, stderr) : NULL;
}

void fql_edit_end(EditLine *editor) { library.el_end(editor); }

void fql_edit_read_settings(EditLine *editor) { library.el_source(editor, NULL); }

void fql_edit_bind_line(EditLine *editor, const char *line) {
  Tokenizer *tokenizer = library.tok_init(NULL);
  int count = 0;
  const char **words = NULL;
  if (tokenizer && library.tok_str(tokenizer, line, &count, &words) == 0 && count > 1) {
    const char *command = strrchr(words[0], ':');
    command = command ? command + 1 : words[0];
    const char *all[] = {"-v", "-e", "-l", "-r"};
    int chooses = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) chooses |= strcmp(words[1], all[i]) == 0;
    if (strcmp(command, "bind") == 0 && !chooses) library.el_parse(editor, count, words);
  }
  if (tokenizer) library.tok_end(tokenizer);
}

void fql_edit_resize(EditLine *editor) { library.el_resize(editor); }

void fql_edit_delete(EditLine *editor, int count) { library.el_deletestr(editor, count); }

void fql_edit_move(EditLine *editor, int count) { library.el_cursor(editor, count); }

int fql_edit_set(EditLine *editor, int option, int value) { return library.el_wset(editor, option, value); }

int fql_edit_get(EditLine *editor, int option) {
  int value = 0;
  return library.el_wget(editor, option, &value) == 0 ? value : -1;
}

void fql_edit_refresh(EditLine *editor) { library.el_wset(editor, EL_REFRESH); }

void fql_edit_set_owner(EditLine *editor, void *owner) { library.el_wset(editor, EL_CLIENTDATA, owner); }

void *fql_edit_owner(EditLine *editor) {
  void *owner = NULL;
  library.el_wget(editor, EL_CLIENTDATA, &owner);
  return owner;
}

void fql_edit_set_prompt(EditLine *editor, int32_t *(*prompt)(EditLine *), int32_t literal) {
  library.el_wset(editor, EL_PROMPT_ESC, (wchar_t *(*)(EditLine *))prompt, (wchar_t)literal);
}

void fql_edit_set_reader(EditLine *editor, int (*reader)(EditLine *, int32_t *)) {
  library.el_wset(editor, EL_GETCFN, (el_rfunc_t)reader);
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
  if (wide) library.el_wset(editor, EL_ADDFN, wide, wide, (unsigned char (*)(EditLine *, wint_t))function);
}

void fql_edit_bind(EditLine *editor, int alternative, const char *keys, const char *name) {
  wchar_t *wide_keys = widened(keys), *wide_name = widened(name);
  if (wide_keys && wide_name) {
    if (alternative)
      library.el_wset(editor, EL_BIND, L"-a", wide_keys, wide_name, NULL);
    else
      library.el_wset(editor, EL_BIND, wide_keys, wide_name, NULL);
  }
  free(wide_keys);
  free(wide_name);
}

void fql_edit_set_keys(EditLine *editor, int vi) { library.el_wset(editor, EL_EDITOR, vi ? L"vi" : L"emacs"); }

int fql_edit_has_vi_keys(EditLine *editor) {
  const wchar_t *name = NULL;
  return library.el_wget(editor, EL_EDITOR, &name) == 0 && name && wcscmp(name, L"vi") == 0;
}

void fql_edit_push(EditLine *editor, const int32_t *text) { library.el_wpush(editor, (const wchar_t *)text); }

int fql_edit_insert(EditLine *editor, const int32_t *text) { return library.el_winsertstr(editor, (const wchar_t *)text); }

const int32_t *fql_edit_text(EditLine *editor, int *count, int *cursor) {
  const LineInfoW *line = library.el_wline(editor);
  *count = (int)(line->lastchar - line->buffer);
  *cursor = (int)(line->cursor - line->buffer);
  return (const int32_t *)line->buffer;
}

const int32_t *fql_edit_read(EditLine *editor, int *count) { return (const int32_t *)library.el_wgets(editor, count); }

HistoryW *fql_history_start(EditLine *editor, int size) {
  HistoryW *history = library.history_winit();
  if (!history) return NULL;
  HistEventW event;
  library.history_w(history, &event, H_SETSIZE, size);
  library.el_wset(editor, EL_HIST, library.history_w, history);
  return history;
}

void fql_history_add(HistoryW *history, const int32_t *entry) {
  HistEventW event;
  library.history_w(history, &event, H_ENTER, (const wchar_t *)entry);
}

char **fql_environment(void) { return environ; }
