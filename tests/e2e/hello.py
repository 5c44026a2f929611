# SPDX-License-Identifier: GPL-2.0-or-later
"""hello.py - writes and reads the bytes of TLS handshakes by hand (RFC 5246, RFC 6066).

TLS libraries refuse to send the server names that an attacker would send, and do not show the random value of their own
ClientHello. build() makes a TLS 1.2 ClientHello with any SNI bytes. In TLS 1.2 the server's certificate is sent in clear, and
leaf() finds it. Knows nothing about proxies. Python 3, standard library only.
"""
import struct

HANDSHAKE = 22
CLIENT_HELLO = 1
CERTIFICATE = 11
CIPHERS = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0x009C, 0x002F)
SIGNATURES = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0601)


def _vector(size, data):
    return len(data).to_bytes(size, "big") + data


def _shorts(values):
    return b"".join(struct.pack(">H", v) for v in values)


def _extension(number, data):
    return struct.pack(">H", number) + _vector(2, data)


def build(sni, random):
    """One TLS record with a ClientHello. `sni` is any bytes, or None for no SNI extension."""
    extensions = b""
    if sni is not None:
        extensions += _extension(0, _vector(2, b"\0" + _vector(2, sni)))
    extensions += _extension(10, _vector(2, _shorts((29, 23, 24))))
    extensions += _extension(11, _vector(1, b"\0"))
    extensions += _extension(13, _vector(2, _shorts(SIGNATURES)))
    body = b"\3\3" + random + _vector(1, b"") + _vector(2, _shorts(CIPHERS)) + _vector(1, b"\0") + _vector(2, extensions)
    return b"\x16\3\1" + _vector(2, b"\1" + _vector(3, body))


def _messages(data):
    """(type, body) of the handshake messages in the records of `data`, without a truncated last message."""
    stream = b""
    while len(data) >= 5 and data[0] == HANDSHAKE:
        size = int.from_bytes(data[3:5], "big")
        stream += data[5:5 + size]
        data = data[5 + size:]
    while len(stream) >= 4:
        size = int.from_bytes(stream[1:4], "big")
        if len(stream) < 4 + size:
            return
        yield stream[0], stream[4:4 + size]
        stream = stream[4 + size:]


def is_complete(data):
    """Is the first message complete, or is this not TLS at all?"""
    return (len(data) >= 5 and data[0] != HANDSHAKE) or any(True for _ in _messages(data))


def parse(data):
    """(random, SNI) of the ClientHello at the beginning of `data`. Empty bytes for what is missing."""
    for kind, body in _messages(data):
        if kind == CLIENT_HELLO:
            return body[2:34], _sni(body)
        break
    return b"", b""


def _sni(body):
    at = 34
    at += 1 + body[at]
    at += 2 + int.from_bytes(body[at:at + 2], "big")
    at += 1 + body[at]
    at += 2
    while at + 4 <= len(body):
        number, size = struct.unpack(">HH", body[at:at + 4])
        if number == 0:
            return body[at + 9:at + 4 + size]
        at += 4 + size
    return b""


def leaf(data):
    """The first certificate (DER) that a TLS 1.2 server sent in `data`, or None if it is not there yet."""
    for kind, body in _messages(data):
        if kind == CERTIFICATE:
            size = int.from_bytes(body[3:6], "big")
            return body[6:6 + size]
    return None
