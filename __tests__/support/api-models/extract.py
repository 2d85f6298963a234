"""Writes local/services/*/api-model.json and local/iam/api-model.json: what AWS's API models say of the inputs of operations.
Of the services all of them, whole, so that another operation needs no model of its own; of IAM those that create resources, as far
as they are constrained (lengths, patterns, enums, ranges). They come from botocore, which is Apache-2.0.

    python3 __tests__/support/api-models/extract.py && npm run format
"""

import gzip
import json
import pathlib

import botocore

PROJECT = pathlib.Path(__file__).resolve().parents[3]
# IAM is not served: these create what the deployments have.
OF_IAM = ["AttachRolePolicy", "CreateRole", "CreatePolicy", "PutRolePolicy"]
# Where botocore calls a service otherwise than its folder here is called.
NAMES = {"cognito": "cognito-idp"}
KINDS = {"string": "text", "float": "number", "double": "number"}


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


def extract(model, operations, whole):
    shapes, kept = model["shapes"], {}

    def visit(name, whole):
        """The shape's name. None where nothing is constrained in it or below it, unless the whole of it is wanted."""
        if name not in kept:
            kept[name] = {}  # a statement may hold statements
            kept[name] = describe(shapes[name], whole)
        if whole and kept[name] == {"type": kept[name].get("type")}:
            kept[kept[name]["type"]] = kept[name]
            return kept[name]["type"]
        return None if kept[name] is None else name

    def describe(shape, whole):
        kind = shape["type"]
        if kind == "structure":
            members = {key: visit(member["shape"], whole) for key, member in shape.get("members", {}).items()}
            members = {key: name for key, name in members.items() if name}
            if not whole:
                return {"type": "structure", "members": members} if members else None
            required = {"required": shape["required"]} if shape.get("required") else {}
            return {"type": "structure", "members": members, **required, **wire(shape)}
        if kind == "list":
            parts = {"items": visit(shape["member"]["shape"], whole)}
        elif kind == "map":
            parts = {"keys": visit(shape["key"]["shape"], whole), "values": visit(shape["value"]["shape"], whole)}
        else:
            parts = {}
        parts = {**{key: name for key, name in parts.items() if name}, **rules(shape)}
        if not whole and not parts:
            return None
        return {"type": KINDS.get(kind, kind), **parts, **({"sensitive": True} if shape.get("sensitive") else {})}

    inputs = {}
    for operation in operations:
        name = model["operations"][operation]["input"]["shape"]
        visit(name, whole)
        inputs[operation] = name
    # Names are shown, also where what they name is secret.
    for shape in [shape for shape in kept.values() if shape and shape.get("keys")]:
        kept[shape["keys"]].pop("sensitive", None)
    used = set(inputs.values())
    for shape in filter(None, kept.values()):
        used.update(shape.get("members", {}).values(), *([shape[key]] for key in ("items", "keys", "values") if key in shape))
    return {"inputs": inputs, "shapes": {name: kept[name] for name in sorted(used)}}


def wire(shape):
    """Where a REST request has the members that are neither in its path nor in its JSON, under their names on the wire."""
    found = {"headers": {}, "query": {}}
    for name, member in shape.get("members", {}).items():
        wire_name = member.get("locationName", name)
        if member.get("location") == "header":
            found["headers"][wire_name.lower()] = name
        if member.get("location") == "querystring":
            found["query"][wire_name] = name
    found = {key: names for key, names in found.items() if names}
    payload = shape.get("payload")
    return {**found, "payloadMember": payload} if payload else found


for path in [PROJECT / "local/iam", *sorted((PROJECT / "local/services").glob("*/"))]:
    service = NAMES.get(path.name, path.name)
    if path.name == "iam" or any(path.glob("service.ts")):
        version, model = load(service)
        every = [name for name, one in model["operations"].items() if "input" in one]
        facts = extract(model, OF_IAM, False) if path.name == "iam" else extract(model, every, True)
        data = {"source": f"botocore {botocore.__version__}, {service} {version}", **facts}
        (path / "api-model.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
