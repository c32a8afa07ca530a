// libedit, and what of it Swift cannot call: functions with a variable number of arguments, and the streams `stdin`, `stdout`,
// `stderr`.
// Characters cross as 32-bit integers, which is what `wchar_t` is on the systems that have libedit.

#ifndef FQL_CLIBEDIT_H
#define FQL_CLIBEDIT_H

#include <histedit.h>
#include <stdint.h>

_Static_assert(sizeof(wchar_t) == sizeof(int32_t), "wchar_t has 32 bits");

/// An editor on standard input that draws on standard output, or on standard error; null where memory is short.
EditLine *fql_edit_start(int draws_on_error);

/// Sets one of the options that take a number.
int fql_edit_set(EditLine *editor, int option, int value);

/// Reads one of the options that are numbers; -1 where that fails.
int fql_edit_get(EditLine *editor, int option);

/// Draws the prompt and the text again, on a line that is taken to be empty.
void fql_edit_refresh(EditLine *editor);

/// Hangs a pointer on the editor, and gives it back.
void fql_edit_set_owner(EditLine *editor, void *owner);
void *fql_edit_owner(EditLine *editor);

/// Sets the function that says what the prompt is; `literal` stands before and behind text that has no width.
void fql_edit_set_prompt(EditLine *editor, int32_t *(*prompt)(EditLine *), int32_t literal);

/// Sets the function that gets a character: 1 for one, 0 at the end of input, -1 for a failure.
void fql_edit_set_reader(EditLine *editor, int (*reader)(EditLine *, int32_t *));

/// Makes a function known by a name that lives as long as the program.
void fql_edit_add(EditLine *editor, const char *name, unsigned char (*function)(EditLine *, int32_t));

/// Binds keys to the function of that name, in the main keymap, or in the alternative one of vi.
void fql_edit_bind(EditLine *editor, int alternative, const char *keys, const char *name);

/// Switches to the keys of `emacs` or `vi`.
void fql_edit_set_keys(EditLine *editor, int vi);

/// Whether the keys are those of vi.
int fql_edit_has_vi_keys(EditLine *editor);

/// Pushes characters back; `text` ends with 0.
void fql_edit_push(EditLine *editor, const int32_t *text);

/// Inserts characters at the cursor; `text` ends with 0; -1 where there is no room.
int fql_edit_insert(EditLine *editor, const int32_t *text);

/// The text being edited: its characters, their number and the place of the cursor.
const int32_t *fql_edit_text(EditLine *editor, int *count, int *cursor);

/// Reads a line; null at its end.
const int32_t *fql_edit_read(EditLine *editor, int *count);

/// A list of entries that Ctrl-R and vi search in, hung on the editor.
HistoryW *fql_history_start(EditLine *editor, int size);
void fql_history_add(HistoryW *history, const int32_t *entry);

/// The environment, for programs to be started: `environ`, which Swift refuses as a global variable.
char **fql_environment(void);

/// Tells the C library how to hand out memory, where it can be told: one heap, that is enlarged by `step` bytes and given back where
/// more than `kept` are free at its end; blocks of `apart` bytes or more are the system's own.
void fql_memory_set(int step, int kept, int apart);

#endif
