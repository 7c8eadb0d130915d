from aligner.arrays import FloatArray, IntArray

def convolve(
    places: IntArray,
    shares: FloatArray,
    inner: FloatArray,
    hidden: FloatArray,
    weights: FloatArray,
    out: FloatArray,
    order: int,
    left: int,
    /,
) -> None: ...
