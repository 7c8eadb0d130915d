/* Sums over paths: of the rough search, aligner/search/coarse.py, and of the exact one, aligner/search/graph.py. */

#include "../_compiled.h"

/* The rough search looks at a block of rows of nodes, in a frame that is as much wider as the longest bead is long, and
   holds -inf where no path goes: the scores of all beads that end in a rectangle, (kinds, height, width), and a frame of
   nodes, (rows, columns). Of row r the nodes from low[r] to high[r] count, which are places of the block from low[0]
   on. */
typedef struct {
    const float *scores;
    double *frame;
    float *sums; /* of a row, as many as the frame has columns; 0 between rows */
    const int64_t *low, *high, *sources, *targets;
    Py_ssize_t kinds, height, width, rows, columns, count;
    int longest;
} block;

static inline double add_logs(double one, double other)
{
    const double most = one > other ? one : other, least = one > other ? other : one;
    return least == -INFINITY ? most : most + log1pf(expf((float)(least - most)));
}

FOR_EACH_PROCESSOR
static void take_best(double *restrict best, const double *restrict from, const float *restrict scores, Py_ssize_t count)
{
    for (Py_ssize_t column = 0; column < count; column++) {
        const double term = from[column] + scores[column];
        best[column] = term > best[column] ? term : best[column];
    }
}

/* e to a power that is not above 0, to seven digits, in few steps that compilers make vectors of: the power less a
   multiple of log 2, by its series, and the multiple put into the exponent. What is below -80, or no number, is -80. */
static inline float exponential(float power)
{
    const float shifter = 12582912; /* added, it leaves whole numbers in the last bits */
    union { float value; uint32_t bits; } whole, result;
    power = power > -80 ? power : -80;
    whole.value = power * 1.44269504f + shifter;
    const float multiple = whole.value - shifter, rest = power - multiple * 0.693359375f + multiple * 2.12194440e-4f;
    const float upper = 1.f / 6 + rest * (1.f / 24 + rest * (1.f / 120 + rest * (1.f / 720)));
    result.value = 1 + rest * (1 + rest * (0.5f + rest * upper));
    result.bits += whole.bits << 23;
    return result.value;
}

FOR_EACH_PROCESSOR
static void add_up(float *restrict sums, const double *restrict best, const double *restrict from,
                   const float *restrict scores, Py_ssize_t count)
{
    for (Py_ssize_t column = 0; column < count; column++)
        sums[column] += exponential((float)(from[column] + scores[column] - best[column]));
}

FOR_EACH_PROCESSOR
static void mark(char *restrict found, const double *restrict from, const float *restrict scores,
                 const double *restrict ahead, double least, Py_ssize_t count)
{
    for (Py_ssize_t column = 0; column < count; column++)
        found[column] = from[column] + scores[column] + ahead[column] >= least;
}

/* What comes to nodes by all kinds of beads but insertions: first the best of each node, then the sum of all, with the
   best taken for one, then its logarithm. */
static void add_kind(const block *of, int turn, double *current, const double *from, const float *scores,
                     Py_ssize_t count)
{
    if (turn)
        add_up(of->sums, current, from, scores, count);
    else
        take_best(current, from, scores, count);
}

static void finish_sums(const block *of, double *current, Py_ssize_t count)
{
    for (Py_ssize_t column = 0; column < count; column++) {
        current[column] += logf(of->sums[column]);
        of->sums[column] = 0;
    }
}

/* Fills the rows of the block, which follow the ``longest`` rows and columns before it. ``begin`` is the number of the
   row whose first node is where all paths begin, or none. */
static void add_forward(const block *of, Py_ssize_t begin)
{
    const Py_ssize_t longest = of->longest, columns = of->columns;
    for (Py_ssize_t row = 0; row < of->count; row++) {
        const Py_ssize_t start = of->low[row] - of->low[0], stop = of->high[row] + 1 - of->low[0];
        double *current = of->frame + (row + longest) * columns + longest;
        const float *insertions = NULL;
        for (int turn = 0; turn < 2; turn++)
            for (Py_ssize_t kind = 0; kind < of->kinds; kind++) {
                const Py_ssize_t a = of->sources[kind], b = of->targets[kind];
                const float *scores = of->scores + (kind * of->height + row) * of->width;
                if (a)
                    add_kind(of, turn, current + start, current - a * columns - b + start, scores + start, stop - start);
                else
                    insertions = scores;
            }
        finish_sums(of, current + start, stop - start);
        if (row == begin)
            current[start] = 0;
        for (Py_ssize_t column = start + 1; insertions && column < stop; column++)
            current[column] = add_logs(current[column], current[column - 1] + insertions[column]);
    }
}

/* Fills the rows of the block, before the ``longest`` rows and columns that follow it, from the last one on. ``end`` is
   the number of the row whose last node is where all paths end, or none. ``found``, (kinds, count, places), gets the
   beads that begin in the block and are on a path that comes to ``least``; ``ahead``, (count, places), is what comes to
   the nodes from the start. */
static void add_backward(const block *of, Py_ssize_t end, const double *ahead, char *found, double least)
{
    const Py_ssize_t columns = of->columns, places = columns - of->longest;
    for (Py_ssize_t row = of->count; row-- > 0;) {
        const Py_ssize_t start = of->low[row] - of->low[0], stop = of->high[row] + 1 - of->low[0];
        double *current = of->frame + row * columns;
        for (int turn = 0; turn < 2; turn++)
            for (Py_ssize_t kind = 0; kind < of->kinds; kind++) {
                const Py_ssize_t a = of->sources[kind], b = of->targets[kind];
                const float *scores = of->scores + (kind * of->height + row + a) * of->width + b + start;
                const double *from = current + a * columns + b + start;
                if (!a)
                    continue;
                add_kind(of, turn, current + start, from, scores, stop - start);
                if (turn)
                    mark(found + (kind * of->count + row) * places + start, from, scores, ahead + row * places + start,
                         least, stop - start);
            }
        finish_sums(of, current + start, stop - start);
        if (row == end)
            current[stop - 1] = 0;
        for (Py_ssize_t kind = 0; kind < of->kinds; kind++)
            if (!of->sources[kind]) {
                const float *scores = of->scores + (kind * of->height + row) * of->width + 1;
                for (Py_ssize_t column = stop - 1; column-- > start;)
                    current[column] = add_logs(current[column], current[column + 1] + scores[column]);
                mark(found + (kind * of->count + row) * places + start, current + 1 + start, scores + start,
                     ahead + row * places + start, least, stop - start);
            }
    }
}

/* Whether the arrays are as large as they must be, and all rows of nodes inside of them; ``before`` and ``after`` the
   block's rows and columns the frame is longer than the block. */
static int is_sound(block *of, const Py_buffer *buffers, int before, int after)
{
    of->scores = buffers[0].buf, of->frame = buffers[1].buf, of->low = buffers[2].buf, of->high = buffers[3].buf;
    of->sources = buffers[4].buf, of->targets = buffers[5].buf;
    of->count = buffers[2].len / (Py_ssize_t)sizeof(int64_t);
    of->kinds = buffers[4].len / (Py_ssize_t)sizeof(int64_t);
    if (buffers[3].len != buffers[2].len || buffers[5].len != buffers[4].len || of->count < 1 || of->longest < 1 ||
        of->low[0] < 0)
        return 0;
    of->rows = of->count + of->longest;
    of->columns = buffers[1].len / (of->rows * (Py_ssize_t)sizeof(double));
    of->height = of->count + after, of->width = of->columns - before;
    const Py_ssize_t places = of->columns - of->longest;
    if (places < 1 || buffers[1].len != of->rows * of->columns * (Py_ssize_t)sizeof(double) ||
        buffers[0].len != of->kinds * of->height * of->width * (Py_ssize_t)sizeof(float))
        return 0;
    for (Py_ssize_t row = 0; row < of->count; row++)
        if (of->low[row] < of->low[0] || of->high[row] < of->low[row] || of->high[row] - of->low[0] >= places)
            return 0;
    for (Py_ssize_t kind = 0; kind < of->kinds; kind++) {
        const int64_t a = of->sources[kind], b = of->targets[kind];
        if (a < 0 || b < 0 || a > of->longest || b > of->longest || a + b < 1 || (!b && a > 1) || (!a && b > 1))
            return 0;
    }
    return 1;
}

static PyObject *call_forward(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[6];
    block of;
    Py_ssize_t begin;
    if (!PyArg_ParseTuple(arguments, "y*w*y*y*y*y*in", buffers, buffers + 1, buffers + 2, buffers + 3, buffers + 4,
                          buffers + 5, &of.longest, &begin))
        return NULL;
    const int fits = is_sound(&of, buffers, of.longest, 0);
    of.sums = fits ? calloc(of.columns, sizeof(float)) : NULL;
    if (of.sums) {
        Py_BEGIN_ALLOW_THREADS
        add_forward(&of, begin);
        Py_END_ALLOW_THREADS
    }
    free(of.sums);
    return finish(buffers, 6, fits, of.sums != NULL);
}

static PyObject *call_backward(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[8];
    block of;
    Py_ssize_t end;
    double least;
    if (!PyArg_ParseTuple(arguments, "y*w*y*y*y*y*y*w*ind", buffers, buffers + 1, buffers + 2, buffers + 3, buffers + 4,
                          buffers + 5, buffers + 6, buffers + 7, &of.longest, &end, &least))
        return NULL;
    int fits = is_sound(&of, buffers, 0, of.longest);
    const Py_ssize_t places = fits ? of.count * (of.columns - of.longest) : 0;
    fits = fits && buffers[6].len == places * (Py_ssize_t)sizeof(double) && buffers[7].len == of.kinds * places;
    of.sums = fits ? calloc(of.columns, sizeof(float)) : NULL;
    if (of.sums) {
        Py_BEGIN_ALLOW_THREADS
        add_backward(&of, end, buffers[6].buf, buffers[7].buf, least);
        Py_END_ALLOW_THREADS
    }
    free(of.sums);
    return finish(buffers, 8, fits, of.sums != NULL);
}

/* Adds to the totals of nodes what comes to them by steps from one node to another, in this order, or takes the best. */
static int add_steps(double *totals, const int64_t *order, const int64_t *from, const int64_t *to, const double *weights,
                     Py_ssize_t nodes, Py_ssize_t steps, int best)
{
    for (Py_ssize_t turn = 0; turn < steps; turn++) {
        const int64_t step = order[turn];
        if (step < 0 || step >= steps || from[step] < 0 || from[step] >= nodes || to[step] < 0 || to[step] >= nodes)
            return 0;
        const double term = totals[from[step]] + weights[step], before = totals[to[step]];
        const double most = term > before ? term : before, least = term > before ? before : term;
        totals[to[step]] = best || least == -INFINITY ? most : most + log1p(exp(least - most));
    }
    return 1;
}

static PyObject *call_sweep(PyObject *module, PyObject *arguments)
{
    Py_buffer buffers[5];
    int best;
    if (!PyArg_ParseTuple(arguments, "w*y*y*y*y*p", buffers, buffers + 1, buffers + 2, buffers + 3, buffers + 4, &best))
        return NULL;
    const Py_ssize_t length = buffers[1].len, nodes = buffers[0].len / (Py_ssize_t)sizeof(double);
    int fits = buffers[2].len == length && buffers[3].len == length && buffers[4].len == length;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        fits = add_steps(buffers[0].buf, buffers[1].buf, buffers[2].buf, buffers[3].buf, buffers[4].buf, nodes,
                         length / (Py_ssize_t)sizeof(int64_t), best);
        Py_END_ALLOW_THREADS
    }
    return finish(buffers, 5, fits, 1);
}

static PyMethodDef methods[] = {
    {"forward", call_forward, METH_VARARGS, "forward(scores, frame, low, high, sources, targets, longest, begin)"},
    {"backward", call_backward, METH_VARARGS,
     "backward(scores, frame, low, high, sources, targets, ahead, found, longest, end, least)"},
    {"sweep", call_sweep, METH_VARARGS, "sweep(totals, order, source, target, weights, best)"},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_lattice", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__lattice(void)
{
    return PyModuleDef_Init(&module);
}
