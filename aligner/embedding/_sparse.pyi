from aligner.arrays import FloatArray, IntArray

def add_products(values: FloatArray, weights: FloatArray, out: FloatArray, rows: int, /) -> None: ...
def convolve(
    places: IntArray,
    first: FloatArray,
    second: FloatArray,
    hidden: FloatArray,
    weights: FloatArray,
    out: FloatArray,
    width: int,
    order: int,
    left: int,
    /,
) -> None: ...
