/* Numbers of all beads in a rectangle of nodes: rough scores (aligner/scoring/rough.py) and masses of words that a span
   of the other text covers (aligner/scoring/coverage.py). */

#include "../_compiled.h"

enum { NORM, LENGTH, LOG, LEVEL, FIELDS };                   /* of the spans of a text */
enum { BASE, HALF_MARGIN, DISTANCE, COSINE, OF_KIND };       /* weights for a kind of bead */
enum { ROOT, SQUARE, LITTLE, COSINE_SQUARE, COMMON };        /* and for all kinds */
static const float MOST_BY_ROOT = 60, MOST_SQUARE = 4;

/* Spans that end at each node: (FIELDS, longest + 1, nodes), from ``first`` on. */
typedef struct {
    const float *values;
    Py_ssize_t nodes;
    int first, count;
} spans;

typedef struct {
    spans english, chinese;
    const float *sums, *begins, *ends, *of_kind, *common;
    const int64_t *sizes;
    float *out;
    Py_ssize_t kinds;
    int longest;
} rough;

static const float *field(const rough *of, const spans *text, int which, int64_t length)
{
    return text->values + (which * (of->longest + 1) + length) * text->nodes + text->first;
}

FOR_EACH_PROCESSOR
static void score_row(const rough *of, Py_ssize_t kind, Py_ssize_t row, float *restrict out)
{
    const int64_t a = of->sizes[2 * kind], b = of->sizes[2 * kind + 1];
    const Py_ssize_t count = of->chinese.count, width = count + of->longest;
    const float *restrict weights = of->of_kind + kind * OF_KIND, *restrict common = of->common;
    const float *restrict bottom = of->sums + (row + of->longest) * width + of->longest, *restrict top = bottom - a * width;
    const float *restrict begins = of->begins + (row + of->longest - a) * width + of->longest - b;
    const float *restrict ends = of->ends + row * count;
    const float *restrict norms = field(of, &of->chinese, NORM, b), *restrict lengths = field(of, &of->chinese, LENGTH, b);
    const float *restrict logs = field(of, &of->chinese, LOG, b), *restrict levels = field(of, &of->chinese, LEVEL, b);
    const float norm = field(of, &of->english, NORM, a)[row], length = field(of, &of->english, LENGTH, a)[row];
    const float log = field(of, &of->english, LOG, a)[row], level = field(of, &of->english, LEVEL, a)[row];
    const float half = weights[HALF_MARGIN], by_distance = weights[DISTANCE], by_cosine = weights[COSINE];
    const float root = common[ROOT], square = common[SQUARE], little = common[LITTLE], by_square = common[COSINE_SQUARE];
    const float base = weights[BASE] - half * level + little * log;
    for (Py_ssize_t column = 0; column < count; column++) {
        const float cosine = (bottom[column] - top[column] - bottom[column - b] + top[column - b]) * norm * norms[column];
        const float distance = fabsf(log - logs[column]), squared = distance * distance;
        const float rooted = sqrtf(length + lengths[column]) * distance;
        out[column] = base - half * levels[column] - little * logs[column] + begins[column] + ends[column]
                      + by_distance * distance + root * (rooted < MOST_BY_ROOT ? rooted : MOST_BY_ROOT)
                      + square * (squared < MOST_SQUARE ? squared : MOST_SQUARE)
                      + (by_cosine + by_square * fabsf(cosine)) * cosine;
    }
}

static int holds(const Py_buffer *buffer, Py_ssize_t numbers)
{
    return buffer->len == numbers * (Py_ssize_t)sizeof(float);
}

static int is_rough(rough *of, const Py_buffer *buffers)
{
    const Py_ssize_t longest = of->longest, rows = of->english.count, columns = of->chinese.count;
    if (longest < 1 || rows < 1 || columns < 1 || of->english.first < 0 || of->chinese.first < 0)
        return 0;
    of->kinds = buffers[6].len / (Py_ssize_t)(2 * sizeof(int64_t));
    of->english.nodes = buffers[1].len / (Py_ssize_t)(FIELDS * (longest + 1) * sizeof(float));
    of->chinese.nodes = buffers[2].len / (Py_ssize_t)(FIELDS * (longest + 1) * sizeof(float));
    of->out = buffers[0].buf, of->english.values = buffers[1].buf, of->chinese.values = buffers[2].buf;
    of->sums = buffers[3].buf, of->begins = buffers[4].buf, of->ends = buffers[5].buf, of->sizes = buffers[6].buf;
    of->of_kind = buffers[7].buf, of->common = buffers[8].buf;
    for (Py_ssize_t number = 0; number < 2 * of->kinds; number++)
        if (of->sizes[number] < 0 || of->sizes[number] > longest)
            return 0;
    return of->english.first + rows <= of->english.nodes && of->chinese.first + columns <= of->chinese.nodes &&
           holds(buffers, of->kinds * rows * columns) && holds(buffers + 3, (rows + longest) * (columns + longest)) &&
           holds(buffers + 4, (rows + longest) * (columns + longest)) && holds(buffers + 5, rows * columns) &&
           holds(buffers + 7, of->kinds * OF_KIND) && holds(buffers + 8, COMMON);
}

static PyObject *call_rough(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[9];
    rough of;
    if (!PyArg_ParseTuple(arguments, "w*y*y*y*y*y*y*y*y*i(ii)(ii)", buffers, buffers + 1, buffers + 2, buffers + 3,
                          buffers + 4, buffers + 5, buffers + 6, buffers + 7, buffers + 8, &of.longest, &of.english.first,
                          &of.english.count, &of.chinese.first, &of.chinese.count))
        return NULL;
    const int fits = is_rough(&of, buffers);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        float *out = of.out;
        for (Py_ssize_t kind = 0; kind < of.kinds; kind++)
            for (Py_ssize_t row = 0; row < of.english.count; row++, out += of.chinese.count)
                score_row(&of, kind, row, out);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 9, fits, 1);
}

/* A window of two texts: sentences of one, and how much of their words' weight sentences of the other cover. A word of
   type t matches words of the types from bounds[t] on, with strengths. */
typedef struct {
    const int64_t *own, *firsts, *others, *other_firsts, *bounds, *types;
    const float *weights, *strengths;
    float *out;
    Py_ssize_t rows, columns, words, entries, own_types;
    int longest, other_types;
} window;

/* Which sentences of the other text hold words of each type, each sentence once, however often it says the word: a list
   through ``next`` from ``heads`` on, by numbers from 1 on; and by what each sentence covers the word at hand. */
typedef struct {
    int32_t *heads, *next, *sentences;
    float *strengths, *best;
} places;

static int allocate(const window *of, places *at)
{
    at->heads = calloc((size_t)of->other_types + 1, sizeof(int32_t));
    at->next = malloc((of->words + 1) * sizeof(int32_t));
    at->sentences = malloc((of->words + 1) * sizeof(int32_t));
    at->strengths = malloc((of->columns + 1) * sizeof(float));
    at->best = malloc((of->columns + 1) * sizeof(float));
    return at->heads && at->next && at->sentences && at->strengths && at->best;
}

static void discard(places *at)
{
    free(at->heads);
    free(at->next);
    free(at->sentences);
    free(at->strengths);
    free(at->best);
}

static void list_words(const window *of, places *at)
{
    int32_t number = 0;
    for (Py_ssize_t column = 0; column < of->columns; column++)
        for (int64_t word = of->other_firsts[column]; word < of->other_firsts[column + 1]; word++) {
            int32_t *head = at->heads + of->others[word];
            if (*head && at->sentences[*head] == column)
                continue;
            at->next[++number] = *head;
            at->sentences[number] = (int32_t)column;
            *head = number;
        }
}

/* By what each sentence of the other text covers a word of this weight and type; whether any does. */
static int match(const window *of, places *at, int64_t type, float weight)
{
    int found = 0;
    if (of->bounds[type] < 0 || of->bounds[type + 1] > of->entries)
        return 0;
    for (int64_t entry = of->bounds[type]; entry < of->bounds[type + 1]; entry++) {
        const int64_t other = of->types[entry];
        int32_t number = other >= 0 && other < of->other_types ? at->heads[other] : 0;
        for (; number; number = at->next[number]) {
            if (!found)
                memset(at->strengths, 0, of->columns * sizeof(float));
            found = 1;
            const float strength = of->strengths[entry] * weight;
            float *most = at->strengths + at->sentences[number];
            *most = strength > *most ? strength : *most;
        }
    }
    return found;
}

FOR_EACH_PROCESSOR
static void add_longer(float *restrict best, const float *restrict strengths, float *restrict out, Py_ssize_t count)
{
    for (Py_ssize_t column = 0; column < count; column++) {
        best[column] = strengths[column] > best[column] ? strengths[column] : best[column];
        out[column] += best[column];
    }
}

/* out[k - 1, r, c] = covered weight of the first r sentences, by the k sentences of the other text from c on. */
static void add_covered(const window *of, places *at)
{
    const Py_ssize_t width = of->columns > 0 ? of->columns : 1, step = (of->rows + 1) * width;
    list_words(of, at);
    for (Py_ssize_t row = 0; row < of->rows; row++) {
        float *out = of->out + (row + 1) * width;
        for (int64_t word = of->firsts[row]; word < of->firsts[row + 1]; word++) {
            if (!match(of, at, of->own[word], of->weights[word]))
                continue;
            memset(at->best, 0, of->columns * sizeof(float));
            for (Py_ssize_t length = 0; length < of->longest && length < of->columns; length++)
                add_longer(at->best, at->strengths + length, out + length * step, of->columns - length);
        }
        for (Py_ssize_t length = 0; length < of->longest; length++, out += step)
            for (Py_ssize_t column = 0; column < width; column++)
                out[column] += out[column - width];
    }
}

/* Whether places rise, none of them beyond an array of so many numbers. */
static int rise(const int64_t *numbers, Py_ssize_t count, Py_ssize_t most)
{
    for (Py_ssize_t at = 0; at < count; at++)
        if (numbers[at] < (at ? numbers[at - 1] : 0) || numbers[at] > most)
            return 0;
    return 1;
}

static int within(const int64_t *numbers, int64_t first, int64_t last, Py_ssize_t most)
{
    for (int64_t at = first; at < last; at++)
        if (numbers[at] < 0 || numbers[at] >= most)
            return 0;
    return 1;
}

static Py_ssize_t length_of(const Py_buffer *buffer)
{
    return buffer->len / (Py_ssize_t)sizeof(int64_t);
}

static int is_window(window *of, const Py_buffer *buffers, const int *edges)
{
    of->out = buffers[0].buf, of->own = buffers[1].buf, of->others = buffers[3].buf, of->bounds = buffers[5].buf;
    of->types = buffers[6].buf, of->strengths = buffers[7].buf, of->weights = buffers[8].buf;
    of->rows = (Py_ssize_t)edges[1] - edges[0], of->columns = (Py_ssize_t)edges[3] - edges[2];
    of->own_types = length_of(buffers + 5) - 1, of->entries = length_of(buffers + 6);
    const Py_ssize_t width = of->columns > 0 ? of->columns : 1;
    if (edges[0] < 0 || edges[2] < 0 || of->rows < 0 || of->columns < 0 || edges[1] >= length_of(buffers + 2) ||
        edges[3] >= length_of(buffers + 4) || of->longest < 1 || of->own_types < 0 || of->other_types < 0)
        return 0;
    of->firsts = (const int64_t *)buffers[2].buf + edges[0];
    of->other_firsts = (const int64_t *)buffers[4].buf + edges[2];
    if (!rise(of->firsts, of->rows + 1, length_of(buffers + 1)) ||
        !rise(of->other_firsts, of->columns + 1, length_of(buffers + 3)))
        return 0;
    of->words = of->other_firsts[of->columns] - of->other_firsts[0];
    return of->words < INT32_MAX && holds(buffers, of->longest * (of->rows + 1) * width) && holds(buffers + 7, of->entries) &&
           holds(buffers + 8, length_of(buffers + 1)) &&
           within(of->own, of->firsts[0], of->firsts[of->rows], of->own_types) &&
           within(of->others, of->other_firsts[0], of->other_firsts[of->columns], of->other_types);
}

static PyObject *call_cover(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[9];
    window of;
    int edges[4], enough = 1;
    if (!PyArg_ParseTuple(arguments, "w*y*y*y*y*y*y*y*y*ii(iiii)", buffers, buffers + 1, buffers + 2, buffers + 3,
                          buffers + 4, buffers + 5, buffers + 6, buffers + 7, buffers + 8, &of.other_types, &of.longest,
                          edges, edges + 1, edges + 2, edges + 3))
        return NULL;
    const int fits = is_window(&of, buffers, edges);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        places at;
        enough = allocate(&of, &at);
        if (enough)
            add_covered(&of, &at);
        discard(&at);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 9, fits, enough);
}

static PyMethodDef methods[] = {
    {"rough", call_rough, METH_VARARGS,
     "rough(out, english, chinese, sums, begins, ends, sizes, of_kind, common, longest, rows, columns)"},
    {"cover", call_cover, METH_VARARGS,
     "cover(out, own, firsts, others, other_firsts, bounds, types, strengths, weights, other_types, longest, edges)"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_tables", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__tables(void)
{
    return PyModuleDef_Init(&module);
}
