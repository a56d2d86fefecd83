"""The decoder of replies refuses everything that an honest worker does not send."""

from __future__ import annotations

import contextlib
import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from checker.sandbox.replies import HEADER_LIMIT, End, Imported, MalformedError, Ready, Replies, Step, decode

LIMIT = 1 << 16
GOOD = ["ndarray", "float64", [2, 3], "<f8", ""]


def outputs(*values: Any, names: Any = None, changed: Any = (), aliases: Any = None) -> bytes:
    """Header of a step."""
    names = [f"y{i}" for i in range(len(values))] if names is None else names
    return json.dumps(["outputs", names, values, changed, aliases or {}]).encode()


def test_good_replies_are_read() -> None:
    assert decode(b'["ready",["f"]]', b"", LIMIT) == Ready(["f"])
    assert decode(b'["imported",null]', b"", LIMIT) == Imported(None)
    assert decode(b'["end",null,true]', b"", LIMIT) == End(None, True)
    step = decode(outputs(GOOD, ["list", "", [], "", ""], ["int", "", [], "<i8", ""]), bytes(56), LIMIT)
    assert isinstance(step, Step)
    assert [value.type for value in step.values] == ["ndarray", "list", "int"]
    np.testing.assert_array_equal(step.values[0].array, np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (outputs(GOOD), 47),
        (outputs(GOOD), 49),
        (outputs(GOOD), 0),
        (outputs(["ndarray", "float64", [-1], "<f8", ""]), 0),
        (outputs(["ndarray", "float64", [-2, -3], "<f8", ""]), 48),
        (outputs(["ndarray", "float64", [2.0], "<f8", ""]), 16),
        (outputs(["ndarray", "float64", [True], "<f8", ""]), 8),
        (outputs(["ndarray", "float64", [1 << 62, 4], "<f8", ""]), 0),
        (outputs(["ndarray", "float64", [1 << 64], "<f8", ""]), 0),
        (outputs(["ndarray", "float64", [0, 1 << 62, 1 << 62], "<f8", ""]), 0),
        (outputs(["ndarray", "float64", [1] * 65, "<f8", ""]), 8),
        (outputs(["ndarray", "float64", [LIMIT], "<f8", ""]), 8 * LIMIT),
        (outputs(["ndarray", "float64", [1], ">f8", ""]), 8),
        (outputs(["ndarray", "float64", [1], "float64", ""]), 8),
        (outputs(["ndarray", "float64", [1], "O", ""]), 8),
        (outputs(["ndarray", "object", [1], "|O", ""]), 8),
        (outputs(["ndarray", "float64", [1], "<f4", ""]), 4),
        (outputs(["ndarray", "void64", [1], "|V8", ""]), 8),
        (outputs(["float", "", [1], "<f8", ""]), 8),
        (outputs(["list", "", [1], "", ""]), 0),
        (outputs(["ndarray", "float64", [1], "<f8", "note"]), 8),
        (outputs(["nd array", "float64", [1], "<f8", ""]), 8),
        (outputs(["\x1b[31m", "", [], "", ""]), 0),
        (outputs(["list\n", "", [], "", ""]), 0),
        (outputs(["x" * 61, "", [], "", ""]), 0),
        (outputs(["list", "", [], "", "x" * 101]), 0),
        (outputs(["list", "", [], "", "", ""]), 0),
        (outputs(["list", "", []]), 0),
        (outputs(GOOD, names=[]), 48),
        (outputs(GOOD, names=["a", "b"]), 48),
        (outputs(GOOD, GOOD, names=["a", "a"]), 96),
        (outputs(GOOD, names=[""]), 48),
        (outputs(GOOD, names="a"), 48),
        (outputs(GOOD, changed=[1]), 48),
        (outputs(GOOD, aliases={"y0": 1}), 48),
        (b'["outputs",[],[],[],{}]', 0),
        (b'["end",null,true]', 1),
        (b'["end",null,1]', 0),
        (b'["end",["odd","","","",""],false]', 0),
        (b'["end",["raised","' + b"x" * 2000 + b'","","",""],false]', 0),
        (b'["end",null,true,1]', 0),
        (b'["unknown"]', 0),
        (b'{"outputs":1}', 0),
        (b"[" * 100_000, 0),
        (b"", 0),
        (b"null", 0),
        (b"\xff\xfe", 0),
        (b'["ready",["\xff"]]', 0),
        (b'["imported",null]x', 0),
        (b'["imported",NaN]', 0),
    ],
)  # fmt: skip
def test_bad_replies_are_refused(header: bytes, body: int) -> None:
    with pytest.raises(MalformedError):
        decode(header, bytes(body), LIMIT)


def test_forged_faults_of_the_grader_are_refused() -> None:
    reply = decode(b'["end",["timeout","","","",""],false]', b"", LIMIT)
    assert isinstance(reply, End) and reply.fault is not None
    with pytest.raises(MalformedError):
        reply.fault.fault(importing=False)


def test_forged_bools_are_bools() -> None:
    step = decode(outputs(["ndarray", "bool", [3], "|b1", ""]), b"\x00\x02\xff", LIMIT)
    assert isinstance(step, Step)
    array = step.values[0].array
    assert array is not None and array.tobytes() == b"\x00\x01\x01"


def test_frames_may_arrive_in_pieces() -> None:
    header = outputs(GOOD)
    data = (struct.pack("<IQ", len(header), 48) + header + bytes(48)) * 2
    replies = Replies(LIMIT)
    got = []
    for i in range(len(data)):
        replies.feed(data[i : i + 1])
        if (reply := replies.take()) is not None:
            got.append(reply)
    assert len(got) == 2 and replies.empty


@pytest.mark.parametrize(("header", "body"), [(HEADER_LIMIT + 1, 0), (2, 1 << 40), (0xFFFFFFFF, (1 << 64) - 1)])
def test_oversized_frames_are_refused_before_they_arrive(header: int, body: int) -> None:
    replies = Replies(LIMIT)
    replies.feed(struct.pack("<IQ", header, body))
    with pytest.raises(MalformedError):
        replies.take()


def test_all_replies_together_have_a_limit() -> None:
    replies = Replies(1 << 20)
    header = outputs(["ndarray", "uint8", [1 << 20], "|u1", ""])
    frame = struct.pack("<IQ", len(header), 1 << 20) + header + bytes(1 << 20)
    with pytest.raises(MalformedError):
        for _ in range(20):
            replies.feed(frame)
            replies.take()
    replies = Replies(1 << 20)
    for _ in range(20):
        replies.restart()
        replies.feed(frame)
        assert replies.take() is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@seed(0)
@settings(database=None, deadline=None, max_examples=100)
@given(
    st.sampled_from(["ready", "imported", "outputs", "end"]), st.lists(json_values, max_size=5), st.binary(max_size=64)
)
def test_any_json_is_read_or_refused(tag: str, rest: list[Any], body: bytes) -> None:
    with contextlib.suppress(MalformedError):
        decode(json.dumps([tag, *rest]).encode(), body, LIMIT)


@seed(0)
@settings(database=None, deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    replies = Replies(LIMIT)
    replies.feed(data)
    with contextlib.suppress(MalformedError):
        while replies.take() is not None:
            pass
