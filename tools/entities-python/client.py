"""Two sessions of vsekai.nebula.entities.v1 in Python: one moves entities, the other must see them.

Knows nothing of the contract but its .proto file. Prints what the second one saw, as JSON, one entity a line, and the entities' owner.

usage: client.py PROTO_FOLDER HOST:PORT ZONE TOKEN
"""

import json
import pathlib
import queue
import random
import sys
import tempfile
import time
import uuid

import grpc
from grpc_tools import protoc

CONTRACT = "vsekai/nebula/entities/v1/entities.proto"
PATIENCE_SECONDS = 30
ENTITIES = 40
ROUNDS = 60


def contract(folder):
    """The modules that protoc makes of the .proto file."""
    out = tempfile.mkdtemp()
    well_known = pathlib.Path(protoc.__file__).parent / "_proto"
    arguments = ["protoc", f"-I{folder}", f"-I{well_known}", f"--python_out={out}", f"--grpc_python_out={out}", CONTRACT]
    if protoc.main(arguments) != 0:
        sys.exit("protoc failed")
    sys.path.insert(0, out)
    from vsekai.nebula.entities.v1 import entities_pb2, entities_pb2_grpc

    return entities_pb2, entities_pb2_grpc


class View:
    """What a session sees, by the words of the contract."""

    def __init__(self):
        self.open = set()
        self.entities = {}

    def apply(self, frame):
        self.open.update(frame.opened)
        for cell in frame.closed:
            self.open.discard(cell)
            self._drop(cell)
        for update in frame.cells:
            self._apply(update)

    def _drop(self, cell):
        self.entities = {handle: e for handle, e in self.entities.items() if e["cell"] != cell}

    def _apply(self, update):
        if update.reset:
            self._drop(update.cell)
        for state in update.entered:
            self.entities[state.handle] = {
                "cell": update.cell,
                "id": str(uuid.UUID(bytes=state.id)),
                "owner": state.owner,
                "position": [state.x, state.y, state.z],
                "rotation": state.rotation,
            }
        for group in update.settled:
            self._move(group, False)
        for group in update.moved:
            self._move(group, True)
        for change in update.owners:
            self.entities[change.handle]["owner"] = change.owner
        for departure in update.departed:
            entity = self.entities.get(departure.handle)
            if entity and entity["cell"] == update.cell:
                entity["cell"] = departure.to - 1
                if entity["cell"] not in self.open:
                    del self.entities[departure.handle]

    def _move(self, group, differences):
        handle = 0
        for i, step in enumerate(group.handles):
            handle += step
            entity = self.entities[handle]
            if group.positions:
                told = group.positions[3 * i : 3 * i + 3]
                before = entity["position"] if differences else [0, 0, 0]
                entity["position"] = [a + b for a, b in zip(before, told)]
            if group.rotations:
                entity["rotation"] = group.rotations[i]


class Session:
    def __init__(self, pb, stub, zone, ticket, area):
        self.view = View()
        self.created = {}
        self._out = queue.Queue()
        self.send(pb.ClientFrame(join=pb.Join(zone=zone, ticket=ticket, interest=area)))
        self._frames = stub.Session(iter(self._out.get, None))
        self.welcome = next(self._frames).welcome

    def send(self, frame):
        self._out.put(frame)

    def read_until(self, holds):
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > end:
                sys.exit("gave up waiting")
            frame = next(self._frames)
            self.view.apply(frame)
            self.created.update({made.request: made.handle for made in frame.created})

    def leave(self):
        self._out.put(None)
        for _ in self._frames:
            pass


def movements(pb, positions, rotations):
    """One group, its handles ascending and told as differences."""
    group = pb.Movements()
    before = 0
    for handle in sorted(positions):
        group.handles.append(handle - before)
        before = handle
        group.positions.extend(positions[handle])
        group.rotations.append(rotations[handle])
    return group


def main(proto_folder, address, zone, token):
    pb, rpc = contract(proto_folder)
    channel = grpc.insecure_channel(address)
    bearer = [("authorization", "Bearer " + token)]

    def join(role):
        answer = rpc.TicketsStub(channel).IssueTicket(
            pb.IssueTicketRequest(zone=zone, role=role, subject="python"), metadata=bearer
        )
        area = pb.AreaOfInterest(x=100_000, z=100_000, radius=50_000)
        return Session(pb, rpc.EntitiesStub(channel), zone, answer.ticket, area)

    mover = join(pb.SESSION_ROLE_PLAYER)
    watcher = join(pb.SESSION_ROLE_OBSERVER)
    chance = random.Random(1)
    places = {n: [100_000 + chance.randrange(-20_000, 20_000) for _ in range(3)] for n in range(1, ENTITIES + 1)}
    mover.send(
        pb.ClientFrame(create=[pb.CreateEntity(request=n, x=p[0], y=p[1], z=p[2]) for n, p in places.items()])
    )
    mover.read_until(lambda: len(mover.created) == ENTITIES)
    positions = {mover.created[n]: place for n, place in places.items()}
    rotations = {handle: 0 for handle in positions}
    for _ in range(ROUNDS):
        for handle, position in positions.items():
            positions[handle] = [c + chance.randrange(-800, 801) for c in position]
            rotations[handle] = chance.randrange(1, 1 << 32)
        mover.send(pb.ClientFrame(movements=[movements(pb, positions, rotations)]))
        time.sleep(0.02)

    def sees_all():
        seen = watcher.view.entities
        return len(seen) == ENTITIES and all(
            handle in seen and seen[handle]["position"] == list(position) and seen[handle]["rotation"] == rotations[handle]
            for handle, position in positions.items()
        )

    watcher.read_until(sees_all)
    for handle in sorted(watcher.view.entities):
        print(json.dumps({"handle": handle, **watcher.view.entities[handle]}))
    print(json.dumps({"session": mover.welcome.session}), flush=True)
    sys.stdin.readline()
    mover.leave()
    watcher.leave()


if __name__ == "__main__":
    main(*sys.argv[1:])
