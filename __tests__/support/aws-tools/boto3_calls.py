"""Makes the calls that come in, one JSON array a line, with boto3, and prints what came back, one JSON object a line."""

import json
import sys

import boto3
from botocore.response import StreamingBody


def plain(value):
    if isinstance(value, StreamingBody):
        return value.read().decode()
    return str(value)


for line in sys.stdin:
    service, operation, parameters = json.loads(line)
    try:
        answer = {"output": getattr(boto3.client(service), operation)(**parameters)}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps(answer, default=plain), flush=True)
