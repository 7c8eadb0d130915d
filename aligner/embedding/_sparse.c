/* Products of rectified features, of which few are not zero, with matrices: aligner/embedding/sparse.py says which.

   numpy multiplies by zeros too, and keeps whatever is added up in arrays that do not fit into the cache. GCC and Clang
   know vectors as types; with other compilers the build fails, and numpy does the work. */

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LANES 8   /* numbers of a vector */
#define VECTORS 8 /* that are summed at a time, in registers */
#define BLOCK (VECTORS * LANES)
#define LINE 16 /* numbers that memory hands over at a time */
#define AHEAD 2 /* rows; what they need is fetched while others are summed */

typedef float vector __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));

/* The variant is picked by the processor at hand: nearly all have vectors twice as wide as the least of them has. */
#if defined(__x86_64__) && defined(__GLIBC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("fma", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* Of the numbers that are not zero where those of each row begin, in which columns they stand, and what they are. */
typedef struct {
    int32_t *starts, *columns;
    float *values;
} found_values;

static void discard(found_values found)
{
    free(found.starts);
    free(found.columns);
    free(found.values);
}

static found_values find(const float *values, Py_ssize_t rows, Py_ssize_t width)
{
    const size_t most = rows * width + 1;
    found_values found = {malloc((rows + 1) * sizeof(int32_t)), malloc(most * sizeof(int32_t)), malloc(most * sizeof(float))};
    if (!found.starts || !found.columns || !found.values) {
        discard(found);
        return (found_values){NULL, NULL, NULL};
    }
    int32_t count = 0;
    for (Py_ssize_t row = 0; row < rows; row++, values += width) {
        found.starts[row] = count;
        for (Py_ssize_t first = 0; first < width; first += LANES) {
            uint64_t bits[LANES / 2];
            memcpy(bits, values + first, sizeof bits);
            if (!(bits[0] | bits[1] | bits[2] | bits[3]))
                continue;
            for (Py_ssize_t column = first; column < first + LANES; column++) {
                found.columns[count] = (int32_t)column;
                found.values[count] = values[column];
                count += values[column] != 0;
            }
        }
    }
    found.starts[rows] = count;
    return found;
}

static inline __attribute__((always_inline)) void add(vector *sums, const float *row, float times)
{
    for (int number = 0; number < VECTORS; number++)
        sums[number] += times * ((const vector *)row)[number];
}

/* out[i] += sum over k of values[i - left + k] @ weights[k], leaving out rows beyond the ends. The weights lie block by
   block, (columns / BLOCK, order, width, BLOCK): one block of them stays in the cache while all rows are gone through. */
FOR_EACH_PROCESSOR
static void add_found(found_values found, const float *weights, float *out, Py_ssize_t rows, Py_ssize_t width,
                      Py_ssize_t columns, Py_ssize_t order, Py_ssize_t left)
{
    for (Py_ssize_t column = 0; column < columns; column += BLOCK)
        for (Py_ssize_t row = 0; row < rows; row++) {
            vector sums[VECTORS];
            memcpy(sums, out + row * columns + column, sizeof sums);
            for (Py_ssize_t k = 0; k < order; k++) {
                const Py_ssize_t near = row - left + k;
                if (near < 0 || near >= rows)
                    continue;
                const float *block = weights + (column * order + k * BLOCK) * width;
                for (int32_t at = found.starts[near]; at < found.starts[near + 1]; at++)
                    add(sums, block + found.columns[at] * BLOCK, found.values[at]);
            }
            memcpy(out + row * columns + column, sums, sizeof sums);
        }
}

static int add_products(const float *values, const float *weights, float *out, Py_ssize_t rows, Py_ssize_t width,
                        Py_ssize_t columns, Py_ssize_t order, Py_ssize_t left)
{
    found_values found = find(values, rows, width);
    if (!found.starts)
        return 0;
    add_found(found, weights, out, rows, width, columns, order, left);
    discard(found);
    return 1;
}

/* out[i] = sum over k of shares[places[i - left + k], k], or zero where places[i] is outside; shares (n, order, width). */
FOR_EACH_PROCESSOR
static void sum_shares(const float *shares, const int64_t *places, float *out, Py_ssize_t rows, Py_ssize_t width,
                       Py_ssize_t order, Py_ssize_t left, int64_t outside)
{
    for (Py_ssize_t row = 0; row < rows; row++, out += width) {
        if (places[row] == outside) {
            memset(out, 0, width * sizeof(float));
            continue;
        }
        const int64_t *near = places + row - left;
        if (row + AHEAD < rows && places[row + AHEAD] != outside)
            for (Py_ssize_t k = 0; k < order; k++)
                for (Py_ssize_t column = 0; column < width; column += LINE)
                    __builtin_prefetch(shares + (near[AHEAD + k] * order + k) * width + column);
        for (Py_ssize_t column = 0; column < width; column += BLOCK) {
            vector sums[VECTORS] = {{0}};
            for (Py_ssize_t k = 0; k < order; k++)
                add(sums, shares + (near[k] * order + k) * width + column, 1);
            memcpy(out + column, sums, sizeof sums);
        }
    }
}

FOR_EACH_PROCESSOR
static void rectify(float *values, Py_ssize_t count)
{
    for (Py_ssize_t number = 0; number < count; number++)
        values[number] = values[number] > 0 ? values[number] : 0;
}

typedef struct {
    const int64_t *places;
    const float *first, *second, *hidden, *weights;
    float *out;
    Py_ssize_t rows, width, order, left, outside;
} convolutions;

FOR_EACH_PROCESSOR
static void add_rows(const convolutions *of, const float *first)
{
    float *out = of->out;
    for (Py_ssize_t row = 0; row < of->rows; row++, out += of->width, first += of->width) {
        const float *hidden = of->hidden + of->places[row] * of->width;
        const float keep = of->places[row] != of->outside;
        for (Py_ssize_t column = 0; column < of->width; column++)
            out[column] = keep * ((out[column] > 0 ? out[column] : 0) + first[column] + hidden[column]);
    }
}

static int run(const convolutions *of)
{
    const Py_ssize_t rows = of->rows, width = of->width, order = of->order, left = of->left;
    float *first = malloc((rows * width + 1) * sizeof(float));
    int enough = first != NULL;
    if (enough) {
        sum_shares(of->first, of->places, first, rows, width, order, left, of->outside);
        rectify(first, rows * width);
        sum_shares(of->second, of->places, of->out, rows, width, order, left, of->outside);
        enough = add_products(first, of->weights, of->out, rows, width, width, order, left);
        add_rows(of, first);
    }
    free(first);
    return enough;
}

/* Whether no row reads beyond the arrays: the ends lie outside of all sentences as far as an n-gram reaches. */
static int is_sound(const convolutions *of)
{
    const Py_ssize_t right = of->order - 1 - of->left;
    for (Py_ssize_t row = 0; row < of->rows; row++) {
        const int64_t place = of->places[row];
        const int at_the_edge = row < of->left || row >= of->rows - right;
        if (place < 0 || place > of->outside || (at_the_edge && place != of->outside))
            return 0;
    }
    return of->left >= 0 && right >= 0 && of->outside >= 0;
}

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

static PyObject *call_add_products(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[3];
    Py_ssize_t rows;
    int enough = 1;
    if (!PyArg_ParseTuple(arguments, "y*y*w*n", buffers, buffers + 1, buffers + 2, &rows))
        return NULL;
    const Py_ssize_t size = rows > 0 ? rows * (Py_ssize_t)sizeof(float) : 1;
    const Py_ssize_t width = buffers[0].len / size, columns = buffers[2].len / size;
    const int fits = rows == 0 || (width % LANES == 0 && columns % BLOCK == 0 && buffers[0].len == width * size &&
                                   buffers[2].len == columns * size && rows < INT32_MAX / (width + 1) &&
                                   buffers[1].len == width * columns * (Py_ssize_t)sizeof(float));
    if (fits && rows > 0) {
        Py_BEGIN_ALLOW_THREADS
        enough = add_products(buffers[0].buf, buffers[1].buf, buffers[2].buf, rows, width, columns, 1, 0);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 3, fits, enough);
}

static PyObject *call_convolve(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[6];
    convolutions of;
    int enough = 1;
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*y*w*nnn", buffers, buffers + 1, buffers + 2, buffers + 3, buffers + 4,
                          buffers + 5, &of.width, &of.order, &of.left))
        return NULL;
    of.places = buffers[0].buf, of.first = buffers[1].buf, of.second = buffers[2].buf;
    of.hidden = buffers[3].buf, of.weights = buffers[4].buf, of.out = buffers[5].buf;
    of.rows = buffers[0].len / (Py_ssize_t)sizeof(int64_t);
    const Py_ssize_t line = of.width * (Py_ssize_t)sizeof(float);
    int fits = of.width > 0 && of.width % BLOCK == 0;
    of.outside = fits ? buffers[3].len / line - 1 : 0;
    fits = fits && buffers[1].len == of.order * buffers[3].len && buffers[2].len == buffers[1].len &&
           buffers[4].len == of.order * of.width * line && buffers[5].len == of.rows * line &&
           of.rows < INT32_MAX / (of.width + 1) && is_sound(&of);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        enough = run(&of);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 6, fits, enough);
}

static PyMethodDef methods[] = {
    {"add_products", call_add_products, METH_VARARGS, "add_products(values, weights, out, rows)"},
    {"convolve", call_convolve, METH_VARARGS,
     "convolve(places, first, second, hidden, weights, out, width, order, left)"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_sparse", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__sparse(void)
{
    return PyModuleDef_Init(&module);
}
