"""Makes file permissions apply to the tests' own user, even if that is root."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

# Linux, <linux/capability.h>: a header, and two sets of three masks of 32 bits.
_VERSION_3 = 0x20080522
_EFFECTIVE_MASKS = (0, 3)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Drop the capabilities of this thread, and of the threads that it starts meanwhile.

    Root without CAP_DAC_OVERRIDE may do what the permission bits allow. Other users have none to
    drop.
    """
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    kept = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, kept) == 0
    masks = [0 if number in _EFFECTIVE_MASKS else mask for number, mask in enumerate(kept)]
    dropped = (ctypes.c_uint32 * 6)(*masks)
    assert libc.capset(header, dropped) == 0
    try:
        yield
    finally:
        assert libc.capset(header, kept) == 0
