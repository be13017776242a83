"""Cross-signing for matrix-nio, which has none: three ed25519 keys, made with PyNaCl, and one signature on the device.

https://spec.matrix.org/v1.16/client-server-api/#cross-signing
"""

import base64
import json
from typing import Any

from nacl.signing import SigningKey


def sign_own_device(request, user_id: str, device_id: str, password: str) -> None:
    """Makes the person's cross-signing keys and signs the device. `request(method, path, body)` returns (status, JSON)."""
    master, self_signing, user_signing = SigningKey.generate(), SigningKey.generate(), SigningKey.generate()
    keys = {
        "master_key": _public(user_id, "master", master),
        "self_signing_key": _signed(_public(user_id, "self_signing", self_signing), user_id, master),
        "user_signing_key": _signed(_public(user_id, "user_signing", user_signing), user_id, master),
    }
    _upload_keys(request, user_id, password, keys)
    status, answer = request("POST", "/_matrix/client/v3/keys/query", {"device_keys": {user_id: [device_id]}})
    device = answer["device_keys"][user_id][device_id]
    device.pop("unsigned", None)
    device.pop("signatures")
    body = {user_id: {device_id: _signed(device, user_id, self_signing)}}
    status, answer = request("POST", "/_matrix/client/v3/keys/signatures/upload", body)
    if status != 200 or answer.get("failures"):
        raise RuntimeError(f"the homeserver refused the device's signature: {status} {answer}")


def _upload_keys(request, user_id: str, password: str, keys: dict[str, Any]) -> None:
    path = "/_matrix/client/v3/keys/device_signing/upload"
    status, answer = request("POST", path, keys)
    if status == 401 and "session" in answer:
        auth = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": password,
            "session": answer["session"],
        }
        status, answer = request("POST", path, {**keys, "auth": auth})
    if status != 200:
        raise RuntimeError(f"the homeserver refused the cross-signing keys: {status} {answer}")


def _public(user_id: str, usage: str, key: SigningKey) -> dict[str, Any]:
    public = _base64(bytes(key.verify_key))
    return {"user_id": user_id, "usage": [usage], "keys": {f"ed25519:{public}": public}}


def _signed(payload: dict[str, Any], user_id: str, key: SigningKey) -> dict[str, Any]:
    canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    signature = _base64(key.sign(canonical.encode()).signature)
    return {**payload, "signatures": {user_id: {f"ed25519:{_base64(bytes(key.verify_key))}": signature}}}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
