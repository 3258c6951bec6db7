#!/usr/bin/env python3
"""Recreates every input of the conformance set, byte for byte (Python 3.8+, standard library only).

usage: generate.py OUTDIR     (writes OUTDIR/inputs/... ; then prints sha256  size  name of each file)

All pseudo-random bytes come from SHA-256 in counter mode, so any language can recreate them:
stream(label) = SHA256(label + ":0") || SHA256(label + ":1") || ...      (label and counter in ASCII, decimal)
"""
import hashlib
import os
import sys

def stream(label, n):
    out = bytearray()
    i = 0
    while len(out) < n:
        out += hashlib.sha256(("%s:%d" % (label, i)).encode()).digest()
        i += 1
    return bytes(out[:n])

def words():
    cons, vow = "bcdfghjklmnprstvz", "aeiou"
    r = stream("words", 6 * 2048)
    w = []
    for i in range(2048):
        b = r[6 * i:6 * i + 6]
        s = "".join(cons[b[k] % 17] + vow[b[k + 1] % 5] for k in (0, 2, 4))
        w.append(s[:3 + b[5] % 4])
    return w

def text(label, n):
    """word soup, compressible like prose; lines of at most 80 bytes, ASCII, LF"""
    w, r, out, line, i = words(), stream(label, n), [], "", 0
    size = 0
    while size < n:
        k = (r[i % n] | r[(i + 1) % n] << 8)
        i += 2
        x = w[k % 2048] if k & 0x8000 else w[(k % 2048) % 96]
        if len(line) + 1 + len(x) > 79:
            out.append(line + "\n")
            size += len(line) + 1
            line = x
        else:
            line = (line + " " + x) if line else x
    return "".join(out).encode()[:n]

def edited(a, label):
    """insert 137 bytes at 10 %, drop 5000 bytes at 40 %, overwrite 64 bytes at 70 %, append 1000 bytes"""
    n = len(a)
    p10, p40, p70 = n // 10, 4 * n // 10, 7 * n // 10
    return (a[:p10] + stream(label + "-ins", 137) + a[p10:p40] + a[p40 + 5000:p70]
            + stream(label + "-ovw", 64) + a[p70 + 64:] + stream(label + "-app", 1000))

# 48 bytes for which the rolling hash h satisfies h mod 49535 == 49534 (found by search)
HIT = bytes.fromhex("c7734d52185e3cbcb48a90881ee4b19e3fa082ab76b28d4c695c8de66a7deca94f56d6811d7944d2f0308cf88fa4750e")

def blobs():
    t = text("text", 400000)
    r = stream("random", 200000)
    yield "empty.bin", b""
    yield "one-byte.bin", b"\x2a"
    yield "tiny-1000.bin", stream("tiny", 1000)
    yield "exact-min-16384.bin", stream("exact-min", 16384)
    yield "min-plus-1-16385.bin", stream("min-plus-1", 16385)
    yield "zeros-2m.bin", bytes(2 * 1024 * 1024)
    yield "text.txt", t
    yield "text-edited.txt", edited(t, "text")
    yield "random.bin", r
    yield "random-edited.bin", edited(r, "random")
    # the cut test hits with exactly 16384 bytes in the chunk: casync cuts there, desync does not
    yield "boundary-at-min.bin", stream("bam-head", 16384 - 48) + HIT + stream("bam-tail", 90000)
    # the same hit one byte later: both cut there (16385 is the smallest non-final chunk desync can make)
    yield "boundary-at-min-plus-1.bin", stream("bam1-head", 16385 - 48) + HIT + stream("bam1-tail", 40000)

T0 = 1700000000  # 2023-11-14T22:13:20Z

def tree(root):
    """a directory tree with fixed modes and nanosecond mtimes; owner is whoever runs this"""
    t = text("tree", 100000)
    items = [  # path, kind, mode, data, mtime offset (s), mtime nanoseconds
        ("B-upper.txt", "f", 0o644, b"upper case sorts before lower case\n", 1, 0),
        ("a.txt", "f", 0o644, b"a\n", 2, 1),
        ("a", "d", 0o755, None, 3, 999999999),
        ("a/b", "d", 0o700, None, 4, 123456789),
        ("a/b/c", "d", 0o755, None, 5, 0),
        ("a/b/c/deep.txt", "f", 0o600, b"deep\n", 6, 500000000),
        ("a/b/empty-dir", "d", 0o755, None, 7, 0),
        ("a-dash", "f", 0o640, b"sorts after a, before a.txt\n", 8, 0),
        ("bin", "d", 0o755, None, 9, 0),
        ("bin/run.sh", "f", 0o755, b"#!/bin/sh\nexit 0\n", 10, 0),
        ("bin/run-link", "l", 0o777, "run.sh", 11, 0),
        ("bin/dangling", "l", 0o777, "../no/such/file", 12, 0),
        ("data", "d", 0o755, None, 13, 0),
        ("data/big.txt", "f", 0o644, t, 14, 0),
        ("data/big-copy.txt", "f", 0o644, t, 15, 0),
        ("data/empty", "f", 0o644, b"", 16, 0),
        ("data/random.bin", "f", 0o444, stream("tree-random", 40000), 17, 0),
        ("data/" + "n" * 200, "f", 0o644, b"long name\n", 18, 0),
        ("na\u00efve-caf\u00e9.txt", "f", 0o644, "d\u00e9j\u00e0 vu\n".encode(), 19, 0),
        ("\u65e5\u672c\u8a9e", "d", 0o755, None, 20, 0),
        ("\u65e5\u672c\u8a9e/\u30c6\u30b9\u30c8.txt", "f", 0o644, "\u30c6\u30b9\u30c8\n".encode(), 21, 0),
        ("\U0001f3ae game.txt", "f", 0o644, b"astral plane and a space\n", 22, 0),
    ]
    os.makedirs(root)
    for p, k, mode, data, _, _ in items:
        q = os.path.join(root, p)
        if k == "d":
            os.mkdir(q)
        elif k == "l":
            os.symlink(data, q)
        else:
            with open(q, "wb") as f:
                f.write(data)
    for p, k, mode, data, s, ns in sorted(items, key=lambda x: -x[0].count("/")):  # children before parents
        q = os.path.join(root, p)
        if k != "l":
            os.chmod(q, mode)
        m = (T0 + s) * 10**9 + ns
        os.utime(q, ns=(m, m), follow_symlinks=False)
    os.chmod(root, 0o755)
    os.utime(root, ns=(T0 * 10**9, T0 * 10**9))

def main():
    d = os.path.join(sys.argv[1], "inputs")
    os.makedirs(d)
    for name, data in blobs():
        with open(os.path.join(d, name), "wb") as f:
            f.write(data)
        print(hashlib.sha256(data).hexdigest(), len(data), name)
    tree(os.path.join(d, "tree"))

if __name__ == "__main__":
    os.umask(0o022)
    main()
