/* Products of rectified features, few of which are not zero, with matrices, and what is summed over a sentence's tokens
   by way of them: aligner/embedding/sparse.py says which.

   numpy multiplies by zeros too, and keeps whatever is added up in arrays that do not fit into the cache. GCC and Clang
   know vectors as types; with other compilers the build fails, and numpy does the work. */

#include "../_compiled.h"

#define LANES 8   /* numbers of a vector */
#define VECTORS 8 /* that are summed at a time, in registers */
#define BLOCK (VECTORS * LANES)
#define FETCHED 64 /* bytes that memory hands over at a time */
#define AHEAD 2    /* rows; what they need is fetched while others are summed */
#define ROWS 128   /* whose features are in the cache at a time */

#define WIDTH 256 /* features of a branch */
#define BRANCHES 3
#define SHARES 10   /* the orders of all branches added up */
#define EMBEDDING 2 /* times WIDTH */
#define REACH 2     /* rows to either side that an n-gram may hold */
#define FEATURES ((EMBEDDING + BRANCHES) * WIDTH)
#define COLUMNS (FEATURES + 2)

typedef float vector __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float)), may_alias));
typedef int16_t rounded __attribute__((vector_size(LANES * sizeof(int16_t)), aligned(sizeof(int16_t)), may_alias));

/* What a token brings to a sentence: TOKEN in sparse.py. Each line of numbers is counted in a unit of its own. */
enum { HIDDEN = EMBEDDING, SHARED = HIDDEN + BRANCHES, LINES = SHARED + 2 * SHARES };
typedef struct {
    int16_t lines[LINES][WIDTH];
    float units[LINES], total, squares, unused[5];
} token;

/* Of a branch its n-grams' order, how many of their tokens lie to the left, and the orders of the branches before it. */
static const struct {
    Py_ssize_t order, left, before;
} branches[BRANCHES] = {{2, 0, 0}, {3, 1, 2}, {5, 2, 5}};

#define INLINE static inline __attribute__((always_inline))

/* Of the numbers that are not zero where those of each row begin, where they stand in all, and what they are. */
typedef struct {
    int32_t *starts, *places;
    float *values;
} found_values;

static void discard(found_values found)
{
    free(found.starts);
    free(found.places);
    free(found.values);
}

static found_values reserve(Py_ssize_t rows, Py_ssize_t width)
{
    const size_t most = rows * width + 1;
    found_values found = {malloc((rows + 1) * sizeof(int32_t)), malloc(most * sizeof(int32_t)), malloc(most * sizeof(float))};
    if (found.starts && found.places && found.values) {
        found.starts[0] = 0;
        return found;
    }
    discard(found);
    return (found_values){NULL, NULL, NULL};
}

INLINE void find(found_values found, Py_ssize_t row, const float *values, Py_ssize_t width)
{
    int32_t count = found.starts[row];
    for (Py_ssize_t first = 0; first < width; first += LANES) {
        uint64_t two, any = 0;
        for (Py_ssize_t column = first; column < first + LANES; column += 2) {
            memcpy(&two, values + column, sizeof two);
            any |= two;
        }
        if (!any)
            continue;
        for (Py_ssize_t column = first; column < first + LANES; column++) {
            found.places[count] = (int32_t)(row * width + column);
            found.values[count] = values[column];
            count += values[column] != 0;
        }
    }
    found.starts[row + 1] = count;
}

INLINE void add(vector *sums, const float *row, float times)
{
    for (int number = 0; number < VECTORS; number++)
        sums[number] += times * ((const vector *)row)[number];
}

/* out[i] += sum over k of values[i + k] @ weights[k]. The weights lie block by block, (columns / BLOCK, order, width,
   BLOCK): one block of them stays in the cache while all rows are gone through. */
INLINE void add_found(found_values found, const float *weights, float *out, Py_ssize_t rows, Py_ssize_t width,
                      Py_ssize_t columns, Py_ssize_t order)
{
    for (Py_ssize_t column = 0; column < columns; column += BLOCK)
        for (Py_ssize_t row = 0; row < rows; row++) {
            vector sums[VECTORS], *const result = (vector *)(out + row * columns + column);
            for (int number = 0; number < VECTORS; number++)
                sums[number] = result[number];
            const float *block = weights + column * order * width;
            for (int32_t at = found.starts[row]; at < found.starts[row + order]; at++)
                add(sums, block + (found.places[at] - row * width) * BLOCK, found.values[at]);
            for (int number = 0; number < VECTORS; number++)
                result[number] = sums[number];
        }
}

FOR_EACH_PROCESSOR
static void add_products_of_rows(found_values found, const float *values, const float *weights, float *out,
                                 Py_ssize_t rows, Py_ssize_t width, Py_ssize_t columns)
{
    for (Py_ssize_t row = 0; row < rows; row++)
        find(found, row, values + row * width, width);
    add_found(found, weights, out, rows, width, columns, 1);
}

typedef struct {
    const token *tokens;
    const int32_t *places, *owners, *joints;
    const float *weights[BRANCHES];
    float *out, epsilon;
    Py_ssize_t rows, most;
} sentences;

INLINE void fetch(const token *from, Py_ssize_t line)
{
    for (size_t byte = 0; byte < WIDTH * sizeof(int16_t); byte += FETCHED)
        __builtin_prefetch((const char *)from->lines[line] + byte);
}

INLINE void add_line(vector *sums, const token *from, Py_ssize_t line, Py_ssize_t column, float times)
{
    const rounded *values = (const rounded *)(from->lines[line] + column);
    for (int number = 0; number < VECTORS; number++)
        sums[number] += times * from->units[line] * __builtin_convertvector(values[number], vector);
}

/* out = sum over k of what the k-th token of the n-gram around a row brings to a convolution. */
INLINE void sum_shares(const sentences *of, Py_ssize_t row, int branch, int layer, float *out)
{
    const Py_ssize_t order = branches[branch].order, first = SHARED + 2 * branches[branch].before + layer * order;
    const int32_t *near = of->places + row - branches[branch].left;
    if (row + AHEAD + REACH < of->rows && of->places[row + AHEAD])
        for (Py_ssize_t k = 0; k < order; k++)
            fetch(of->tokens + near[AHEAD + k], first + k);
    for (Py_ssize_t column = 0; column < WIDTH; column += BLOCK) {
        vector sums[VECTORS] = {{0}};
        for (Py_ssize_t k = 0; k < order; k++)
            add_line(sums, of->tokens + near[k], first + k, column, 1);
        for (int number = 0; number < VECTORS; number++)
            ((vector *)(out + column))[number] = sums[number];
    }
}

INLINE void rectify(float *values)
{
    for (Py_ssize_t column = 0; column < WIDTH; column++)
        values[column] = values[column] > 0 ? values[column] : 0;
}

/* Features that a branch finds in rows low to high - 1. */
FOR_EACH_PROCESSOR
static void convolve(const sentences *of, int branch, Py_ssize_t low, Py_ssize_t high, found_values found, float *out)
{
    const Py_ssize_t order = branches[branch].order, left = branches[branch].left;
    float first[WIDTH];
    for (Py_ssize_t row = low - left; row < high + order - 1 - left; row++)
        if (row >= 0 && row < of->rows && of->places[row]) {
            sum_shares(of, row, branch, 0, first);
            rectify(first);
            find(found, row - low + left, first, WIDTH);
        } else
            found.starts[row - low + left + 1] = found.starts[row - low + left];
    for (Py_ssize_t row = low; row < high; row++)
        if (of->places[row])
            sum_shares(of, row, branch, 1, out + (row - low) * WIDTH);
    add_found(found, of->weights[branch], out, high - low, WIDTH, WIDTH, order);
    for (Py_ssize_t row = 0; row < high - low; row++, out += WIDTH) {
        rectify(out);
        for (Py_ssize_t column = 0; column < WIDTH; column += BLOCK)
            add_line((vector *)(out + column), of->tokens + of->places[low + row], HIDDEN + branch, column, 1);
        for (int32_t at = found.starts[row + left]; at < found.starts[row + left + 1]; at++)
            out[found.places[at] - (row + left) * WIDTH] += found.values[at];
    }
}

/* The sum of numbers, and of their squares. */
INLINE void add_up(const float *values, float *total, float *squares)
{
    vector sums[4] = {{0}};
    for (Py_ssize_t column = 0; column < WIDTH; column += 2 * LANES)
        for (int number = 0; number < 2; number++) {
            const vector some = ((const vector *)(values + column))[number];
            sums[number] += some;
            sums[2 + number] += some * some;
        }
    for (int lane = 0; lane < LANES; lane++) {
        *total += sums[0][lane] + sums[1][lane];
        *squares += sums[2][lane] + sums[3][lane];
    }
}

/* Add a row's features, scaled so that their variance is one, to its sentence's sums, and take a mark's off a joint's. */
FOR_EACH_PROCESSOR
static void add_row(const sentences *of, Py_ssize_t row, const float *const *features)
{
    const token *own = of->tokens + of->places[row];
    float total = own->total, squares = own->squares;
    for (int branch = 0; branch < BRANCHES; branch++)
        add_up(features[branch], &total, &squares);
    const float mean = total / FEATURES, variance = squares / FEATURES - mean * mean;
    const float deviation = sqrtf((variance > 0 ? variance : 0) + of->epsilon);
    const int32_t targets[2] = {of->owners[row], of->joints[row]};
    for (int number = 0; number < 2; number++)
        if (targets[number] >= 0) {
            float *out = of->out + targets[number] * (Py_ssize_t)COLUMNS;
            const float scale = (number ? -1 : 1) / deviation;
            for (int line = 0; line < EMBEDDING; line++)
                for (Py_ssize_t column = 0; column < WIDTH; column += BLOCK)
                    add_line((vector *)(out + line * WIDTH + column), own, line, column, scale);
            for (int branch = 0; branch < BRANCHES; branch++)
                for (Py_ssize_t column = 0; column < WIDTH; column += BLOCK)
                    add((vector *)(out + (EMBEDDING + branch) * WIDTH + column), features[branch] + column, scale);
            out[FEATURES] += scale * mean;
            out[FEATURES + 1] += scale * deviation;
        }
}

static int sum_features(const sentences *of)
{
    found_values found = reserve(ROWS + 2 * REACH, WIDTH);
    float *features = malloc(BRANCHES * ROWS * WIDTH * sizeof(float));
    const int enough = features && found.starts;
    for (Py_ssize_t low = 0; enough && low < of->rows; low += ROWS) {
        const Py_ssize_t high = low + ROWS < of->rows ? low + ROWS : of->rows;
        for (int branch = 0; branch < BRANCHES; branch++)
            convolve(of, branch, low, high, found, features + branch * ROWS * WIDTH);
        for (Py_ssize_t row = low; row < high; row++) {
            const float *own[BRANCHES];
            for (int branch = 0; branch < BRANCHES; branch++)
                own[branch] = features + (branch * ROWS + row - low) * WIDTH;
            if (of->places[row])
                add_row(of, row, own);
        }
    }
    discard(found);
    free(features);
    return enough;
}

/* Put lines of numbers, shape (count, lines, WIDTH), into tokens at the places given. */
FOR_EACH_PROCESSOR
static void put(token *tokens, const int32_t *places, const float *values, Py_ssize_t count, Py_ssize_t first,
                Py_ssize_t lines)
{
    for (Py_ssize_t number = 0; number < count; number++)
        for (Py_ssize_t line = first; line < first + lines; line++, values += WIDTH) {
            token *to = tokens + places[number];
            float largest = 1e-30f; /* rather than zero, by which nothing is divided */
            for (Py_ssize_t column = 0; column < WIDTH; column++) {
                const float size = fabsf(values[column]);
                largest = size > largest ? size : largest;
            }
            const float times = INT16_MAX / largest;
            to->units[line] = largest / INT16_MAX;
            for (Py_ssize_t column = 0; column < WIDTH; column++)
                to->lines[line][column] = (int16_t)(values[column] * times + (values[column] > 0 ? 0.5f : -0.5f));
        }
}

/* Whether no row reads or writes beyond the arrays: the ends lie outside of all sentences as far as n-grams reach. */
static int is_sound(const sentences *of, Py_ssize_t tokens)
{
    for (Py_ssize_t row = 0; row < of->rows; row++) {
        const int at_the_edge = row < REACH || row >= of->rows - REACH;
        if (of->places[row] < 0 || of->places[row] >= tokens || (at_the_edge && of->places[row]))
            return 0;
        if (of->owners[row] >= of->most || of->joints[row] >= of->most)
            return 0;
    }
    return tokens > 0;
}

static PyObject *call_add_products(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[3];
    int rows, enough = 1;
    if (!PyArg_ParseTuple(arguments, "y*y*w*i", buffers, buffers + 1, buffers + 2, &rows))
        return NULL;
    const Py_ssize_t size = rows > 0 ? rows * (Py_ssize_t)sizeof(float) : 1;
    const Py_ssize_t width = buffers[0].len / size, columns = buffers[2].len / size;
    const int fits = rows == 0 || (width % LANES == 0 && columns % BLOCK == 0 && buffers[0].len == width * size &&
                                   buffers[2].len == columns * size && rows < INT32_MAX / (width + 1) &&
                                   buffers[1].len == width * columns * (Py_ssize_t)sizeof(float));
    if (fits && rows > 0) {
        Py_BEGIN_ALLOW_THREADS
        found_values found = reserve(rows, width);
        enough = found.starts != NULL;
        if (enough)
            add_products_of_rows(found, buffers[0].buf, buffers[1].buf, buffers[2].buf, rows, width, columns);
        discard(found);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 3, fits, enough);
}

static PyObject *call_sum_features(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[8];
    sentences of;
    int enough = 1;
    if (!PyArg_ParseTuple(arguments, "y*y*y*y*y*y*y*w*f", buffers, buffers + 1, buffers + 2, buffers + 3, buffers + 4,
                          buffers + 5, buffers + 6, buffers + 7, &of.epsilon))
        return NULL;
    of.tokens = buffers[0].buf, of.places = buffers[1].buf, of.owners = buffers[2].buf, of.joints = buffers[3].buf;
    of.rows = buffers[1].len / (Py_ssize_t)sizeof(int32_t);
    of.out = buffers[7].buf, of.most = buffers[7].len / (Py_ssize_t)(COLUMNS * sizeof(float));
    int fits = buffers[2].len == buffers[1].len && buffers[3].len == buffers[1].len;
    for (int branch = 0; branch < BRANCHES; branch++) {
        of.weights[branch] = buffers[4 + branch].buf;
        fits = fits && buffers[4 + branch].len == branches[branch].order * WIDTH * WIDTH * (Py_ssize_t)sizeof(float);
    }
    fits = fits && is_sound(&of, buffers[0].len / (Py_ssize_t)sizeof(token));
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        enough = sum_features(&of);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 8, fits, enough);
}

static PyObject *call_put(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[3];
    int first, lines;
    if (!PyArg_ParseTuple(arguments, "w*y*y*ii", buffers, buffers + 1, buffers + 2, &first, &lines))
        return NULL;
    const Py_ssize_t count = buffers[1].len / (Py_ssize_t)sizeof(int32_t);
    const Py_ssize_t tokens = buffers[0].len / (Py_ssize_t)sizeof(token);
    const int32_t *places = buffers[1].buf;
    int fits = first >= 0 && lines >= 0 && lines <= LINES - first &&
               buffers[2].len == count * lines * (Py_ssize_t)(WIDTH * sizeof(float));
    for (Py_ssize_t number = 0; fits && number < count; number++)
        fits = places[number] >= 0 && places[number] < tokens;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        put(buffers[0].buf, places, buffers[2].buf, count, first, lines);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 3, fits, 1);
}

static PyMethodDef methods[] = {
    {"add_products", call_add_products, METH_VARARGS, "add_products(values, weights, out, rows)"},
    {"put", call_put, METH_VARARGS, "put(tokens, places, values, first, lines)"},
    {"sum_features", call_sum_features, METH_VARARGS,
     "sum_features(tokens, places, owners, joints, weights, weights, weights, out, epsilon)"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_sparse", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__sparse(void)
{
    return PyModuleDef_Init(&module);
}
