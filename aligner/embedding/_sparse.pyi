from aligner.arrays import AnyArray, FloatArray
from aligner.embedding.sparse import TokenArray

def add_products(values: FloatArray, weights: FloatArray, out: FloatArray, rows: int, /) -> None: ...
def put(tokens: AnyArray, places: TokenArray, values: FloatArray, first: int, lines: int, /) -> None: ...
def sum_features(
    tokens: AnyArray,
    places: TokenArray,
    owners: TokenArray,
    joints: TokenArray,
    weights2: FloatArray,
    weights3: FloatArray,
    weights5: FloatArray,
    out: FloatArray,
    epsilon: float,
    /,
) -> None: ...
