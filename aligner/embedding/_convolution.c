/* The two convolutions of one branch of the embedded encoder: aligner/embedding/convolution.py says what they compute.

   After the first, one feature in thirty is not zero, and what a token itself brings to the second is known beforehand.
   So of the second's multiplications only those by features that are not zero are left; numpy would multiply by zeros
   too. GCC and Clang know vectors as types; with other compilers the build fails, and numpy does the work. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 256   /* features of a token */
#define LANES 8     /* of a vector */
#define VECTORS 8   /* that are summed at a time, in registers */
#define BLOCK (VECTORS * LANES)
#define LINE 16 /* numbers that memory hands over at a time */
#ifndef AHEAD
#define AHEAD 2 /* rows */
#endif

typedef float vector __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));

/* The variant is picked by the processor at hand: nearly all have vectors twice as wide as the least of them has. */
#if defined(__x86_64__) && defined(__GLIBC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("fma", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* As in convolution.py, but for the weights, which lie block by block: (WIDTH / BLOCK, order, WIDTH, BLOCK). One block of
   them stays in the cache while all rows are gone through. */
typedef struct {
    const int64_t *places;
    const float *shares, *inner, *hidden, *weights;
    float *out;
    Py_ssize_t rows, order, left, outside;
} task;

/* What the first convolution finds: all features, and of those that are not zero where each row's begin, in which columns
   they stand, and how much they are. */
typedef struct {
    float *all;
    int32_t *starts, *columns;
    float *values;
} features;

static inline __attribute__((always_inline)) void add(vector *sums, const float *row, float times)
{
    for (int number = 0; number < VECTORS; number++)
        sums[number] += times * ((const vector *)row)[number];
}

/* The shares of a row's n-gram lie far apart in memory: fetched a little ahead, they are there when they are summed. */
static inline __attribute__((always_inline)) void fetch(const task *of, const float *shares, Py_ssize_t row)
{
    row += AHEAD;
    if (row + of->order > of->rows || row < of->left || of->places[row] == of->outside)
        return;
    for (Py_ssize_t k = 0; k < of->order; k++) {
        const float *share = shares + (of->places[row - of->left + k] * of->order + k) * WIDTH;
        for (int column = 0; column < WIDTH; column += LINE)
            __builtin_prefetch(share + column);
    }
}

/* The sums of the shares of a row's n-gram. */
static inline __attribute__((always_inline)) void sum(const task *of, const float *shares, Py_ssize_t row, float *out)
{
    const int64_t *places = of->places + row - of->left;
    fetch(of, shares, row);
    for (int column = 0; column < WIDTH; column += BLOCK) {
        vector sums[VECTORS] = {{0}};
        for (Py_ssize_t k = 0; k < of->order; k++)
            add(sums, shares + (places[k] * of->order + k) * WIDTH + column, 1);
        memcpy(out + column, sums, sizeof sums);
    }
}

FOR_EACH_PROCESSOR
static void convolve_first(const task *of, features found)
{
    int32_t count = 0;
    for (Py_ssize_t row = 0; row < of->rows; row++) {
        float *all = found.all + row * WIDTH;
        found.starts[row] = count;
        if (of->places[row] == of->outside)
            continue;
        sum(of, of->shares, row, all);
        for (int column = 0; column < WIDTH; column++)
            all[column] = all[column] > 0 ? all[column] : 0;
        for (int column = 0; column < WIDTH; column += LANES) {
            uint64_t bits[LANES / 2];
            memcpy(bits, all + column, sizeof bits);
            if (!(bits[0] | bits[1] | bits[2] | bits[3]))
                continue;
            for (int near = column; near < column + LANES; near++) {
                found.columns[count] = near;
                found.values[count] = all[near];
                count += all[near] > 0;
            }
        }
    }
    found.starts[of->rows] = count;
}

FOR_EACH_PROCESSOR
static void convolve_second(const task *of, features found)
{
    for (Py_ssize_t row = 0; row < of->rows; row++)
        if (of->places[row] != of->outside)
            sum(of, of->inner, row, of->out + row * WIDTH);
    for (int column = 0; column < WIDTH; column += BLOCK)
        for (Py_ssize_t row = 0; row < of->rows; row++) {
            if (of->places[row] == of->outside)
                continue;
            float *out = of->out + row * WIDTH + column;
            vector sums[VECTORS];
            memcpy(sums, out, sizeof sums);
            for (Py_ssize_t k = 0; k < of->order; k++) {
                const Py_ssize_t near = row - of->left + k;
                const float *block = of->weights + (column * of->order + k * BLOCK) * WIDTH;
                for (int32_t at = found.starts[near]; at < found.starts[near + 1]; at++)
                    add(sums, block + found.columns[at] * BLOCK, found.values[at]);
            }
            const float *first = found.all + row * WIDTH + column;
            const float *hidden = of->hidden + of->places[row] * WIDTH + column;
            memcpy(out, sums, sizeof sums);
            for (int at = 0; at < BLOCK; at++)
                out[at] = (out[at] > 0 ? out[at] : 0) + first[at] + hidden[at];
        }
}

/* No row reads beyond the arrays: the ends are outside of all sentences, as far as an n-gram reaches. */
static int is_sound(const task *of)
{
    const Py_ssize_t right = of->order - 1 - of->left;
    if (of->left < 0 || right < 0 || of->outside < 0)
        return 0;
    for (Py_ssize_t row = 0; row < of->rows; row++) {
        const int64_t place = of->places[row];
        const int at_the_edge = row < of->left || row >= of->rows - right;
        if (place < 0 || place > of->outside || (at_the_edge && place != of->outside))
            return 0;
    }
    return 1;
}

static int run(const task *of)
{
    const size_t most = of->rows * WIDTH + 1;
    features found = {
        malloc(most * sizeof(float)),
        malloc((of->rows + 1) * sizeof(int32_t)),
        malloc(most * sizeof(int32_t)),
        malloc(most * sizeof(float)),
    };
    const int enough = found.all && found.starts && found.columns && found.values;
    if (enough) {
        convolve_first(of, found);
        convolve_second(of, found);
    }
    free(found.all);
    free(found.starts);
    free(found.columns);
    free(found.values);
    return enough;
}

static PyObject *convolve(PyObject *module, PyObject *arguments)
{
    Py_buffer places, shares, inner, hidden, weights, out;
    task of;
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*y*w*nn", &places, &shares, &inner, &hidden, &weights, &out, &of.order,
                          &of.left))
        return NULL;
    of.places = places.buf, of.shares = shares.buf, of.inner = inner.buf, of.hidden = hidden.buf;
    of.weights = weights.buf, of.out = out.buf;
    of.rows = places.len / (Py_ssize_t)sizeof(int64_t);
    const Py_ssize_t line = WIDTH * sizeof(float);
    of.outside = hidden.len / line - 1;
    const int fits = out.len == of.rows * line && of.rows < INT32_MAX / WIDTH &&
                     shares.len == hidden.len * of.order && inner.len == shares.len &&
                     weights.len == of.order * WIDTH * line && is_sound(&of);
    int enough = 1;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        enough = run(&of);
        Py_END_ALLOW_THREADS
    }
    Py_buffer *buffers[] = {&places, &shares, &inner, &hidden, &weights, &out};
    for (size_t number = 0; number < sizeof buffers / sizeof *buffers; number++)
        PyBuffer_Release(buffers[number]);
    if (!fits)
        PyErr_SetString(PyExc_ValueError, "arrays that do not fit together, or places outside of them");
    else if (!enough)
        PyErr_NoMemory();
    if (!fits || !enough)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"convolve", convolve, METH_VARARGS, "convolve(places, shares, inner, hidden, weights, out, order, left)"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_convolution", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__convolution(void)
{
    return PyModuleDef_Init(&module);
}
