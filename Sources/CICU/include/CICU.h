#ifndef FQL_CICU_H
#define FQL_CICU_H
#endif
