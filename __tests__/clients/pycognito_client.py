"""pycognito as a program uses it, unmodified but for the address, which botocore reads from AWS_ENDPOINT_URL.

A line of input is a step, a line of output what it came to, both JSON.
"""

import json
import os
import sys
from urllib.request import urlopen

from pycognito import Cognito


def sign_in(user, given):
    user.authenticate(password=given["password"])
    return user.id_claims


def refresh(user, given):
    sign_in(user, given)
    before = user.access_token
    user.renew_access_token()
    return {"renewed": before != user.access_token}


for line in sys.stdin:
    given = json.loads(line)
    os.environ["AWS_ENDPOINT_URL"] = given["endpoint"]
    user = Cognito(given["userPoolId"], given["clientId"], username=given["username"])
    # The tokens' issuer is AWS's, as pycognito expects it; the keys come from the local address.
    with urlopen(f"{given['endpoint']}/{given['userPoolId']}/.well-known/jwks.json") as keys:
        user.pool_jwk = json.load(keys)
    try:
        answer = {"signIn": sign_in, "refresh": refresh}[given["step"]](user, given)
    except Exception as error:  # The test reads which one.
        code = getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__)
        answer = {"error": code, "message": str(error)}
    print(json.dumps(answer), flush=True)
