"""moto's server, which ends with the process that started it, and where it differs from AWS in a way that Terraform
notices, put right.

Each correction does nothing with a moto that has none of the defect (found in moto 5.2.1).
"""

import json
import os
import sys
import threading
from uuid import uuid4

from moto.apigateway.models import Account, Authorizer
from moto.apigateway.responses import APIGatewayResponse
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores
from moto.logs.responses import LogsResponse
from moto.server import main
from moto.stepfunctions.responses import StepFunctionResponse
from werkzeug.exceptions import HTTPException

initialize_authorizer = Authorizer.__init__
patch_account = Account.apply_patch_operations
call_action = BaseResponse.call_action


def initialize_with_expression(authorizer, *args, **settings):
    """The identity validation expression arrives under a misspelt name: it would be lost, and planned again for ever."""
    misspelt = settings.pop("identiy_validation_expression", None)
    settings.setdefault("identity_validation_expression", misspelt)
    initialize_authorizer(authorizer, *args, **settings)


def patch_without_value(account, operations):
    """A replacement without a value resets the setting; moto answers 500, and the destruction never ends."""
    return patch_account(account, [{"value": None, **operation} for operation in operations])


def update_method(response):
    """A method that changes in place: moto has no such operation."""
    _, _, api, _, resource, _, http_method = response.path.rstrip("/").split("/")
    method = response.backend.get_method(api, resource, http_method)
    for operation in response._get_param("patchOperations"):
        # In a path `~1` is a slash: /requestModels/application~1json
        setting, *keys = [part.replace("~1", "/") for part in operation["path"].split("/")[1:]]
        value = operation.get("value")
        if keys:
            entries = dict(getattr(method, camelcase_to_underscores(setting)) or {})
            entries.pop(keys[0], None)
            if operation["op"] != "remove":
                entries[keys[0]] = value
            value = entries
        elif setting == "apiKeyRequired":
            value = value == "true"
        setattr(method, camelcase_to_underscores(setting), value)
    return json.dumps(method.to_json())


def query_definitions(response):
    """Saved queries, which moto does not have; they are forgotten with everything else of its backend."""
    return response.logs_backend.__dict__.setdefault("query_definitions", {})


def put_query_definition(response):
    kept = json.loads(response.body)
    kept.setdefault("queryDefinitionId", str(uuid4()))
    query_definitions(response)[kept["queryDefinitionId"]] = kept
    return json.dumps({"queryDefinitionId": kept["queryDefinitionId"]})


def describe_query_definitions(response):
    prefix = response._get_param("queryDefinitionNamePrefix") or ""
    kept = query_definitions(response).values()
    return json.dumps({"queryDefinitions": [one for one in kept if one["name"].startswith(prefix)]})


def delete_query_definition(response):
    return json.dumps({"success": query_definitions(response).pop(response._get_param("queryDefinitionId"), None) is not None})


def validate_state_machine_definition(response):
    """What the provider asks before it creates a state machine. Whether AWS takes it is not known here."""
    return json.dumps({"result": "OK", "diagnostics": []})


def list_state_machine_versions(response):
    """The provider reads them after it has created a state machine; none is published without `publish`."""
    return json.dumps({"stateMachineVersions": []})


def call_action_once(response):
    """What moto lacks, it answers with a status that clients take as an error at once: 500 they repeat for minutes."""
    try:
        return call_action(response)
    except HTTPException:
        raise
    except Exception as error:
        message = f"moto cannot do this: {type(error).__name__}: {error}"
        return 501, {"status": "501", "x-amzn-errortype": "NotImplemented"}, json.dumps({"message": message})


def end_with_parent():
    """The parent holds the other end of standard input: it closes even when the parent is killed."""
    sys.stdin.buffer.read()
    os._exit(0)


Authorizer.__init__ = initialize_with_expression
Account.apply_patch_operations = patch_without_value
BaseResponse.call_action = call_action_once
if not hasattr(APIGatewayResponse, "update_method"):
    APIGatewayResponse.update_method = update_method
for operation in put_query_definition, describe_query_definitions, delete_query_definition:
    if not hasattr(LogsResponse, operation.__name__):
        setattr(LogsResponse, operation.__name__, operation)
for operation in validate_state_machine_definition, list_state_machine_versions:
    if not hasattr(StepFunctionResponse, operation.__name__):
        setattr(StepFunctionResponse, operation.__name__, operation)

if __name__ == "__main__":
    if "MOTO_OUTLIVES_PARENT" not in os.environ:
        threading.Thread(target=end_with_parent, daemon=True).start()
    main()
