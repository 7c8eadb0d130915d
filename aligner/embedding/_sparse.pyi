from aligner.arrays import AnyArray, FloatArray, IntArray

def add_products(values: FloatArray, weights: FloatArray, out: FloatArray, rows: int, /) -> None: ...
def sum_features(
    tokens: AnyArray,
    places: IntArray,
    owners: IntArray,
    joints: IntArray,
    weights2: FloatArray,
    weights3: FloatArray,
    weights5: FloatArray,
    out: FloatArray,
    epsilon: float,
    /,
) -> None: ...
