#ifndef BITTRICKLE_CEDITLINE_SHIM_H
#define BITTRICKLE_CEDITLINE_SHIM_H

// The calls of libedit that take a variable number of arguments, which Swift cannot make, each with its types.

#include <stdio.h>
#include <wchar.h>
#include <histedit.h>

typedef unsigned char (*editline_function)(EditLine *, int);
typedef int (*editline_getc)(EditLine *, wchar_t *);
typedef char *(*editline_prompt)(EditLine *);

// An editor between standard input and standard output, or standard error where that is asked for.
static inline EditLine *editline_new(const char *program, int on_standard_error) {
    return el_init(program, stdin, on_standard_error ? stderr : stdout, stderr);
}

static inline void editline_set_client(EditLine *editor, void *client) {
    (void)el_set(editor, EL_CLIENTDATA, client);
}

static inline void *editline_client(EditLine *editor) {
    void *client = NULL;
    (void)el_get(editor, EL_CLIENTDATA, &client);
    return client;
}

static inline void editline_set_prompt(EditLine *editor, editline_prompt prompt) {
    (void)el_set(editor, EL_PROMPT, prompt);
}

static inline void editline_set_getc(EditLine *editor, editline_getc getc_function) {
    (void)el_set(editor, EL_GETCFN, getc_function);
}

static inline void editline_set_emacs_keys(EditLine *editor) {
    (void)el_set(editor, EL_EDITOR, "emacs");
    (void)el_set(editor, EL_SIGNAL, 0);
}

static inline void editline_bind(EditLine *editor, const char *key, const char *command) {
    (void)el_set(editor, EL_BIND, key, command, NULL);
}

static inline void editline_add_function(
    EditLine *editor, const char *name, const char *help, editline_function function) {
    (void)el_set(editor, EL_ADDFN, name, help, function);
}

// Takes the terminal into the editor's mode now, rather than after the prompt has been shown: what is typed in between would
// be echoed twice, and an end of the input lost.
static inline void editline_prepare(EditLine *editor) {
    (void)el_set(editor, EL_PREP_TERM, 1);
}

// Draws prompt and line anew from where the terminal's cursor is.
static inline void editline_redraw(EditLine *editor) {
    (void)el_set(editor, EL_REFRESH);
}

static inline History *editline_history_new(EditLine *editor, int size) {
    History *lines = history_init();
    HistEvent event;
    if (lines == NULL) return NULL;
    (void)history(lines, &event, H_SETSIZE, size);
    (void)history(lines, &event, H_SETUNIQUE, 1);
    (void)el_set(editor, EL_HIST, history, lines);
    return lines;
}

static inline void editline_history_enter(History *lines, const char *line) {
    HistEvent event;
    (void)history(lines, &event, H_ENTER, line);
}

#endif
