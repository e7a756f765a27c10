"""A partner system in Python: Authlib and requests as they are published.

Everything but the gateway's address is found in its metadata. Environment: ISSUER, CLIENT_ID,
CLIENT_SECRET, and for the assertion KEY_FILE (PKCS#8) and KEY_ID.
"""

import os
import pathlib
import time

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

issuer = os.environ["ISSUER"]
client_id = os.environ["CLIENT_ID"]
secret = os.environ["CLIENT_SECRET"]
key = ECKey.import_key(pathlib.Path(os.environ["KEY_FILE"]).read_text())

metadata = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
token_endpoint = metadata["token_endpoint"]
keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
# Made for one token: its claims are fixed when it is made. Authlib's own expiry is an hour, and the
# gateway takes five minutes at most.
assertion = PrivateKeyJWT(
    token_endpoint,
    claims={"exp": int(time.time()) + 60},
    headers={"kid": os.environ["KEY_ID"]},
    alg="ES256",
)

for name, credential, method in [
    ("client_secret_basic", secret, "client_secret_basic"),
    ("client_secret_post", secret, "client_secret_post"),
    ("private_key_jwt", key, assertion),
]:
    session = OAuth2Session(
        client_id, credential, token_endpoint_auth_method=method, scope="role:HC purpose:P-HR"
    )
    token = session.fetch_token(token_endpoint, grant_type="client_credentials")

    claims = jwt.decode(token["access_token"], keys, algorithms=["ES256"]).claims
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": "migrant-gateway"},
    )
    rules.validate(claims)
    assert claims["client_id"] == client_id

    query = {"query": "{ persons(first: 1) { nodes { name } } }"}
    answer = session.post(f"{issuer}/graphql", json=query, timeout=10).json()
    assert answer["data"]["persons"]["nodes"][0]["name"], answer
    print(f"{name}: ok")
