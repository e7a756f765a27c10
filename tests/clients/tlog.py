"""A transparency log, its verifier and a witness, written from the standards alone and without any
package: RFC 6962 (trees and proofs), RFC 8032 (Ed25519), and C2SP's signed notes, checkpoints,
cosignatures, proofs and witness protocol. The tests set it against the gateway's.

    tlog.py verify PROOF KEY RECEIPT [WITNESS_KEY]   an inclusion proof of a receipt, and who cosigned
    tlog.py consistent PROOF KEY OLDER_CHECKPOINT    a consistency proof, from a checkpoint kept before
    tlog.py witness PORT KEY                         a witness of the log with this key, on this port
    tlog.py submit URL WITNESS_KEY                   a log that grows, and then forks, before a witness
    tlog.py key NAME TYPE                            the key of this file's own log (1) or witness (4)
"""

import base64
import hashlib
import http.server
import sys
import time
import urllib.error
import urllib.request

# Ed25519, by the definitions of RFC 8032 §5.1 and slow as they are.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = x[1] - x[0], z - t, z + t, x[1] + x[0]
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, point):
    product = (0, 1, 1, 0)
    while n:
        if n & 1:
            product = add(product, point)
        point, n = add(point, point), n >> 1
    return product


def root_of(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return x if x & 1 == sign else P - x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (root_of(BASE_Y, 0), BASE_Y, 1, root_of(BASE_Y, 0) * BASE_Y % P)


def pack(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def unpack(text):
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = root_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


class Key:
    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.a = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
        self.prefix = digest[32:]
        self.public = pack(times(self.a, BASE))

    def sign(self, message):
        r = number(self.prefix, message)
        point = pack(times(r, BASE))
        s = (r + number(point, self.public, message) * self.a) % L
        return point + s.to_bytes(32, "little")


def verifies(public, message, signature):
    a, r = unpack(public), unpack(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or len(signature) != 64:
        return False
    k = number(signature[:32], public, message)
    return pack(times(s, BASE)) == pack(add(r, times(k, a)))


# Trees, as RFC 6962 §2.1 defines them.


def sha(data):
    return hashlib.sha256(data).digest()


def leaf(data):
    return sha(b"\0" + data)


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    k = split(len(leaves))
    return sha(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def subproof(m, leaves, whole):
    n = len(leaves)
    if m == n:
        return [] if whole else [mth(leaves)]
    k = split(n)
    if m <= k:
        return subproof(m, leaves[:k], whole) + [mth(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [mth(leaves[:k])]


def consistency(m, leaves):
    return subproof(m, leaves, True) if 0 < m < len(leaves) else []


def root_by_path(index, size, hash, path):
    """The root that a path leads to, going down from the root and back up."""
    if size == 1:
        if path:
            raise ValueError("the path is too long")
        return hash
    if not path:
        raise ValueError("the path is too short")
    k = split(size)
    if index < k:
        return sha(b"\1" + root_by_path(index, k, hash, path[:-1]) + path[-1])
    return sha(b"\1" + path[-1] + root_by_path(index - k, size - k, hash, path[:-1]))


def roots_by_consistency(m, n, proof, whole, first):
    """Both roots that a consistency proof leads to, by the recursion that makes the proof."""
    if m == n:
        if whole:
            return (first, first) if not proof else (None, None)
        return (proof[0], proof[0]) if len(proof) == 1 else (None, None)
    if not proof:
        return None, None
    k, last = split(n), proof[-1]
    if m <= k:
        old, new = roots_by_consistency(m, k, proof[:-1], whole, first)
        return (old, sha(b"\1" + new + last)) if new else (None, None)
    old, new = roots_by_consistency(m - k, n - k, proof[:-1], False, first)
    return (sha(b"\1" + last + old), sha(b"\1" + last + new)) if new else (None, None)


def is_consistent(m, first, n, second, proof):
    if m > n:
        return False
    if m == 0:
        return not proof
    return roots_by_consistency(m, n, proof, True, first) == (first, second)


# Notes and checkpoints.


def b64(data):
    return base64.b64encode(data).decode()


def key_id(name, kind, public):
    return sha(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def vkey(name, kind, public):
    return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def read_vkey(text):
    name, id, key = text.strip().split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key_id(name, key[0], key[1:]).hex() == id, "the key is not the one of its id"
    return name, key[0], key[1:]


def cosigned(text, at):
    return f"cosignature/v1\ntime {at}\n{text}"


def signature_line(name, kind, key, text, at=None):
    timed = kind == 4
    message = cosigned(text, at) if timed else text
    stamp = at.to_bytes(8, "big") if timed else b""
    signature = key_id(name, kind, key.public) + stamp + key.sign(message.encode())
    return f"— {name} {b64(signature)}\n"


def signed_by(note, vkey_text):
    """When a key signed a note, or True where it does not say; None where it has not."""
    name, kind, public = read_vkey(vkey_text)
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        dash, by, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if dash != "—" or by != name or data[:4] != key_id(name, kind, public):
            continue
        at, signature, message = True, data[4:], text
        if kind == 4:
            at, signature = int.from_bytes(data[4:12], "big"), data[12:]
            message = cosigned(text, at)
        assert verifies(public, message.encode(), signature), "a signature does not verify"
        return at
    return None


def read_checkpoint(note):
    origin, size, root = note.split("\n")[:3]
    return origin, int(size), base64.b64decode(root, validate=True)


def read_proof(text):
    head, note = text.split("\n\n", 1)
    return head.split("\n"), note


def verify(file, key, receipt, witness=None):
    lines, note = read_proof(open(file, encoding="utf-8").read())
    assert lines[0] == "c2sp.org/tlog-proof@v1", lines[0]
    held = base64.urlsafe_b64decode(receipt.removeprefix("r") + "=")
    assert base64.b64decode(lines[1].removeprefix("extra ")) == held, "another receipt"
    index = int(lines[2].removeprefix("index "))
    path = [base64.b64decode(line, validate=True) for line in lines[3:]]
    assert signed_by(note, key), "not signed by the log"
    origin, size, root = read_checkpoint(note)
    assert origin == read_vkey(key)[0], "another log"
    assert root_by_path(index, size, leaf(held[:32]), path) == root, "not included"
    if witness:
        at = signed_by(note, witness)
        assert at and abs(at - time.time()) < 3600, "not cosigned"
    print(f"proven: record {index + 1} of {size}")


def consistent(file, key, older):
    lines, note = read_proof(open(file, encoding="utf-8").read())
    older = open(older, encoding="utf-8").read()
    assert signed_by(note, key) and signed_by(older, key), "not signed by the log"
    m = int(lines[0].removeprefix("old "))
    _, size, first = read_checkpoint(older)
    assert size == m, "another older checkpoint"
    _, n, second = read_checkpoint(note)
    path = [base64.b64decode(line, validate=True) for line in lines[1:]]
    assert is_consistent(m, first, n, second, path), "not consistent"
    print(f"proven: {n} records begin with {m}")


WITNESS = "witness.example/python", Key(bytes([4]) * 32)
LOG = "log.example/python", Key(bytes([1]) * 32)


def witness(port, log):
    known = {"size": 0, "root": sha(b"")}
    log_name = read_vkey(log)[0]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, kind, text = self.judge(body) if self.path == "/add-checkpoint" else (404, "", "")
            self.send_response(status)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def judge(self, body):
            lines, note = read_proof(body)
            origin, size, root = read_checkpoint(note)
            if origin != log_name:
                return 404, "", ""
            try:
                if not signed_by(note, log):
                    return 403, "", ""
            except AssertionError:
                return 403, "", ""
            old = int(lines[0].removeprefix("old "))
            if old > size:
                return 400, "", ""
            if old != known["size"] or (old == size and root != known["root"]):
                return 409, "text/x.tlog.size", f"{known['size']}\n"
            path = [base64.b64decode(line, validate=True) for line in lines[1:]]
            if not is_consistent(old, known["root"], size, root, path):
                return 422, "", ""
            known.update(size=size, root=root)
            text = note.rpartition("\n\n")[0] + "\n"
            return 200, "", signature_line(WITNESS[0], 4, WITNESS[1], text, int(time.time()))

        def log_message(self, *_):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()


def submit(url, witness_key):
    def ask(old, leaves, honest=None, key=LOG[1], name=LOG[0]):
        text = f"{name}\n{len(leaves)}\n{b64(mth(leaves))}\n"
        note = text + "\n" + signature_line(name, 1, key, text)
        path = "".join(b64(hash) + "\n" for hash in consistency(old, honest or leaves))
        request = urllib.request.Request(
            url + "/add-checkpoint", f"old {old}\n{path}\n{note}".encode(), method="POST")
        try:
            with urllib.request.urlopen(request) as response:
                line = response.read().decode()
                assert signed_by(note + line, witness_key), "not cosigned"
                return 200, ""
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode() if error.code == 409 else ""

    def leaves(size, fork=None):
        forked = lambda n: fork is not None and n >= fork
        return [leaf(f"{n} {'forked' if forked(n) else ''}".encode()) for n in range(size)]

    steps = [
        ("a log it never saw", ask(0, leaves(5)), (200, "")),
        ("the same again", ask(5, leaves(5)), (200, "")),
        ("one larger", ask(5, leaves(6)), (200, "")),
        ("much larger", ask(6, leaves(100)), (200, "")),
        ("by an old size", ask(6, leaves(120)), (409, "100\n")),
        ("from nothing", ask(0, leaves(120)), (409, "100\n")),
        ("cut off", ask(50, leaves(60)), (409, "100\n")),
        ("an old size above the new", ask(100, leaves(60)), (400, "")),
        ("forked at the size", ask(100, leaves(100, 40)), (409, "100\n")),
        ("forked below", ask(100, leaves(130, 40)), (422, "")),
        ("with a proof of another log", ask(100, leaves(130, 40), leaves(130)), (422, "")),
        ("of another key", ask(100, leaves(130), key=WITNESS[1]), (403, "")),
        ("of another name", ask(100, leaves(130), name="other.example"), (404, "")),
        ("and on", ask(100, leaves(130)), (200, "")),
    ]
    for size in range(131, 200):
        steps.append((f"to {size}", ask(size - 1, leaves(size)), (200, "")))
    for what, got, wanted in steps:
        assert got == wanted, f"{what}: {got} and not {wanted}"
    print(f"{len(steps)} answers are those of a witness")


def key(name, kind):
    owner = LOG if kind == "1" else WITNESS
    print(vkey(owner[0] if name == "-" else name, int(kind), owner[1].public))


if __name__ == "__main__":
    commands = {f.__name__: f for f in (verify, consistent, witness, submit, key)}
    commands[sys.argv[1]](*sys.argv[2:])
