/* What all compiled parts of the package share. Each has a counterpart in numpy, which works where they were not built. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The variant is picked by the processor at hand: nearly all have vectors twice as wide as the least of them has.
   GCC 12 laid an array of such a function, one of four 64-bit numbers, where aligned stores into it crashed. */
#if defined(__x86_64__) && defined(__GLIBC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("fma", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* Sizes that no array vouches for are taken as int, "i": Python raises OverflowError for those that are larger, and
   what is computed from them, as Py_ssize_t, does not overflow. */

/* Hands the arrays back, and returns None or raises ValueError or MemoryError. */
static PyObject *finish(Py_buffer *buffers, size_t count, int fits, int enough)
{
    for (size_t number = 0; number < count; number++)
        PyBuffer_Release(buffers + number);
    if (!fits)
        PyErr_SetString(PyExc_ValueError, "arrays that do not fit together, or places outside of them");
    else if (!enough)
        PyErr_NoMemory();
    if (!fits || !enough)
        return NULL;
    Py_RETURN_NONE;
}
