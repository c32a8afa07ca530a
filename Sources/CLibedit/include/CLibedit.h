#ifndef FQL_CLIBEDIT_H
#define FQL_CLIBEDIT_H
#include <histedit.h>
#endif
