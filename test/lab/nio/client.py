"""A family member on matrix-nio, driven by JSON lines: a Matrix client that shares no code with the bot.

Each line on standard input is a command, {"id": 1, "verb": "say", ...}; the answer is {"id": 1, "result": ...} or
{"id": 1, "error": "..."}. Room events come between the answers as {"event": {...}} in the shape of SeenEvent
(test/lab/conversation.ts). The program ends when standard input ends.
"""

import asyncio
import base64
import io
import json
import sys
import urllib.error
import urllib.request
from typing import Any

from nio import AsyncClient, AsyncClientConfig, Event, MegolmEvent, RoomPreset
from nio.crypto.attachments import decrypt_attachment
from nio.exceptions import EncryptionError
from nio.store import SqliteMemoryStore

from cross_signing import sign_own_device

ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
SYNC_FILTER = {"room": {"timeline": {"limit": 100}}}


class NioMember:
    """One device of one person."""

    def __init__(self) -> None:
        self.client: AsyncClient
        self.undecrypted: dict[str, MegolmEvent] = {}
        self.upkeep_lock = asyncio.Lock()
        self.sync_task: asyncio.Task[None] | None = None

    async def login(self, homeserver: str, user: str, password: str, crossSigned: bool) -> dict[str, str]:
        config = AsyncClientConfig(store=SqliteMemoryStore, encryption_enabled=True)
        self.client = AsyncClient(homeserver, user, config=config)
        checked(await self.client.login(password, device_name="nio"))
        self.client.add_event_callback(self.on_event, Event)
        checked(await self.client.sync(timeout=0, full_state=True, sync_filter=SYNC_FILTER))
        await self.upkeep()
        if crossSigned:
            user_id, device_id = self.client.user_id, self.client.device_id
            await asyncio.to_thread(sign_own_device, self.request, user_id, device_id, password)
        self.sync_task = asyncio.create_task(self.sync_forever())
        return {"userId": self.client.user_id, "deviceId": self.client.device_id}

    async def openChat(self, user: str) -> str:
        answer = checked(
            await self.client.room_create(
                preset=RoomPreset.trusted_private_chat, is_direct=True, invite=[user], initial_state=[ENCRYPTION]
            )
        )
        return answer.room_id

    async def join(self, roomId: str) -> None:
        checked(await self.client.join(roomId))

    async def invites(self) -> list[str]:
        return list(self.client.invited_rooms)

    async def members(self, roomId: str) -> list[str]:
        room = self.client.rooms.get(roomId)
        return [user.user_id for user in room.users.values() if not user.invited] if room else []

    async def send(self, roomId: str, content: dict[str, Any]) -> str:
        await self.known_encrypted_room(roomId)
        await self.upkeep()
        answer = await self.client.room_send(roomId, "m.room.message", content, ignore_unverified_devices=True)
        return checked(answer).event_id

    async def sendFile(self, roomId: str, name: str, mime: str, data: str, caption: str | None) -> str:
        content = base64.b64decode(data)
        answer, keys = await self.client.upload(
            io.BytesIO(content), content_type=mime, filename=name, encrypt=True, filesize=len(content)
        )
        file = {**keys, "url": checked(answer).content_uri}
        info = {"mimetype": mime, "size": len(content)}
        message = {"msgtype": "m.file", "body": caption or name, "filename": name, "file": file, "info": info}
        return await self.send(roomId, message)

    async def download(self, file: dict[str, Any]) -> str:
        answer = checked(await self.client.download(file["url"]))
        plain = decrypt_attachment(answer.body, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
        return base64.b64encode(plain).decode()

    async def known_encrypted_room(self, room_id: str) -> None:
        """nio would send plain text into a room whose encryption event has not come down the sync yet."""
        for _ in range(500):
            room = self.client.rooms.get(room_id)
            if room is not None and room.encrypted:
                return
            await asyncio.sleep(0.02)
        raise RuntimeError(f"{room_id} is not an encrypted room that this client has joined")

    async def sync_forever(self) -> None:
        while True:
            try:
                checked(await self.client.sync(timeout=30_000, sync_filter=SYNC_FILTER))
                await self.upkeep()
                self.retry_undecrypted()
            except Exception as error:  # noqa: BLE001: the homeserver may be restarting; whoever waits has a time limit
                emit({"complaint": f"{type(error).__name__}: {error}"})
                await asyncio.sleep(0.5)

    async def upkeep(self) -> None:
        """What keeps the encryption going between syncs: own keys, other people's devices, pending to-device messages."""
        async with self.upkeep_lock:
            if self.client.should_upload_keys:
                checked(await self.client.keys_upload())
            if self.client.should_query_keys:
                checked(await self.client.keys_query())
            if self.client.should_claim_keys:
                await self.client.keys_claim(self.client.get_users_for_key_claiming())
            await self.client.send_to_device_messages()

    async def on_event(self, room: Any, event: Event) -> None:
        if isinstance(event, MegolmEvent):
            event.room_id = room.room_id
            self.undecrypted[event.event_id] = event
        emit({"event": seen_event(room.room_id, event)})

    def retry_undecrypted(self) -> None:
        for event_id, event in list(self.undecrypted.items()):
            try:
                decrypted = self.client.decrypt_event(event)
            except EncryptionError:
                continue
            del self.undecrypted[event_id]
            emit({"event": seen_event(event.room_id, decrypted)})

    def request(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.client.access_token}", "Content-Type": "application/json"}
        url = self.client.homeserver + path
        request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")


def seen_event(room_id: str, event: Event) -> dict[str, Any]:
    source = event.source
    failed = isinstance(event, MegolmEvent)
    relation = source["content"].get("m.relates_to")
    content = ({"m.relates_to": relation} if relation else {}) if failed else source["content"]
    seen = {
        "roomId": room_id,
        "eventId": event.event_id,
        "sender": event.sender,
        "type": source["type"],
        "content": content,
        "encrypted": failed or event.decrypted,
        "at": event.server_timestamp,
    }
    redacts = source.get("redacts") or source["content"].get("redacts")
    if redacts:
        seen["redacts"] = redacts
    if failed:
        seen["undecryptable"] = "no room key"
    return seen


def checked(answer: Any) -> Any:
    """nio returns failures as values."""
    if type(answer).__name__.endswith("Error"):
        raise RuntimeError(str(answer))
    return answer


def emit(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def run_command(member: NioMember, command: dict[str, Any]) -> None:
    number, verb = command.pop("id"), command.pop("verb")
    try:
        emit({"id": number, "result": await getattr(member, verb)(**command)})
    except Exception as error:  # noqa: BLE001: whoever asked gets the failure
        emit({"id": number, "error": f"{verb}: {type(error).__name__}: {error}"})


async def main() -> None:
    member = NioMember()
    running: set[asyncio.Task[None]] = set()
    reader = asyncio.StreamReader(limit=256 * 1024 * 1024)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        task = asyncio.create_task(run_command(member, json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)


asyncio.run(main())
