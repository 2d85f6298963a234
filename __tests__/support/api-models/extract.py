"""Writes local/services/*/api-model.json and local/iam/api-model.json: what AWS's API models say of the inputs that create the
resources which the local runtime serves (lengths, patterns, enums, ranges). They come from botocore, which is Apache-2.0.

    python3 __tests__/support/api-models/extract.py && npm run format
"""

import gzip
import json
import pathlib

import botocore

PROJECT = pathlib.Path(__file__).resolve().parents[3]
INPUTS = json.loads(pathlib.Path(__file__).with_name("inputs.json").read_text())


def load(service):
    folder = sorted((pathlib.Path(botocore.__file__).parent / "data" / service).iterdir())[-1]
    return folder.name, json.loads(gzip.open(folder / "service-2.json.gz").read())


def rules(shape):
    """What the model says of one value; nothing where it says nothing."""
    kept = {key: shape[key] for key in ("min", "max", "pattern") if key in shape}
    if "enum" in shape:
        kept["oneOf"] = shape["enum"]
    if kept.get("pattern") in (".*", "(?s).*", "[\\s\\S]*", "[\\S\\s]*"):
        del kept["pattern"]
    if kept.get("min") == 0 and shape["type"] not in ("integer", "long", "float", "double"):
        del kept["min"]
    return kept


def extract(model, operations):
    shapes, kept = model["shapes"], {}

    def visit(name):
        """The shape's name where there is anything to check in it or below it."""
        if name not in kept:
            kept[name] = {}  # a statement may hold statements
            kept[name] = describe(shapes[name])
        return None if kept[name] is None else name

    def describe(shape):
        kind = shape["type"]
        if kind == "structure":
            members = {key: visit(member["shape"]) for key, member in shape.get("members", {}).items()}
            members = {key: name for key, name in members.items() if name}
            return {"type": "structure", "members": members} if members else None
        if kind == "list":
            parts = {"items": visit(shape["member"]["shape"])}
        elif kind == "map":
            parts = {"keys": visit(shape["key"]["shape"]), "values": visit(shape["value"]["shape"])}
        else:
            parts = {}
            kind = {"string": "text", "integer": "number", "long": "number", "float": "number", "double": "number"}.get(kind)
        parts = {**{key: name for key, name in parts.items() if name}, **rules(shape)}
        if kind is None or not parts:
            return None
        return {"type": kind, **parts, **({"sensitive": True} if shape.get("sensitive") else {})}

    inputs = {}
    for operation in operations:
        name = model["operations"][operation]["input"]["shape"]
        visit(name)
        inputs[operation] = name
    # Names are shown, also where what they name is secret.
    for shape in [shape for shape in kept.values() if shape and shape.get("keys")]:
        kept[shape["keys"]].pop("sensitive", None)
    return {"inputs": inputs, "shapes": {name: kept[name] for name in sorted(kept) if kept[name] is not None}}


for folder, (service, operations) in INPUTS.items():
    version, model = load(service)
    data = {"source": f"botocore {botocore.__version__}, {service} {version}", **extract(model, operations)}
    (PROJECT / folder / "api-model.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
