"""Where the C library is, and how its functions are called."""

import ctypes
import os
import threading
from pathlib import Path

import numpy as np

_lock = threading.Lock()
_open = None


class EclipticError(ValueError):
    """What the arguments have wrong, in words."""


def _candidates():
    named = os.environ.get("ECLIPTIC_LIBRARY")
    if named:
        return [Path(named)]
    here = Path(__file__).resolve()
    return [here.parent / "libEclipticC.so"] + [
        folder / ".build" / "release" / "libEclipticC.so" for folder in here.parents
    ]


def _ephemerides():
    """The folder of kernels: what the environment names, else that of the source tree."""
    if os.environ.get("ECLIPTIC_EPHEMERIDES"):
        return None
    for folder in Path(__file__).resolve().parents:
        if (folder / "Ephemerides").is_dir():
            return str(folder / "Ephemerides").encode()
    return None


def library():
    """The C library and its handle, loaded once."""
    global _open
    with _lock:
        if _open is None:
            for path in _candidates():
                if path.exists():
                    break
            else:
                raise EclipticError(
                    "libEclipticC.so is not there: run `swift build -c release`, or set "
                    "ECLIPTIC_LIBRARY to it"
                )
            functions = ctypes.CDLL(str(path))
            functions.ecliptic_open.restype = ctypes.c_void_p
            for name in ("propagate", "ephemeris", "fit", "link"):
                getattr(functions, "ecliptic_" + name).restype = ctypes.c_ssize_t
            error = ctypes.create_string_buffer(1000)
            handle = functions.ecliptic_open(
                ctypes.c_char_p(_ephemerides()), error, ctypes.c_ssize_t(len(error))
            )
            if not handle:
                raise EclipticError(error.value.decode(errors="replace"))
            _open = functions, ctypes.c_void_p(handle)
        return _open


def call(name, *arguments):
    """Calls a function: numpy arrays become pointers, whole numbers C's, None a null pointer."""
    functions, handle = library()
    error = ctypes.create_string_buffer(2000)
    values = [handle]
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            values.append(argument.ctypes.data_as(ctypes.c_void_p))
        elif isinstance(argument, float):
            values.append(ctypes.c_double(argument))
        elif isinstance(argument, int):
            values.append(ctypes.c_ssize_t(argument))
        elif isinstance(argument, bytes):
            values.append(ctypes.c_char_p(argument))
        else:
            values.append(ctypes.c_void_p(None))
    result = getattr(functions, "ecliptic_" + name)(*values, error, ctypes.c_ssize_t(len(error)))
    if result < 0:
        raise EclipticError(error.value.decode(errors="replace"))
    return result


def doubles(values, shape, name):
    """A contiguous array of doubles of a shape; one value stands for all; None stays None."""
    if values is None:
        return None
    array = np.asarray(values, dtype=np.float64)
    try:
        return np.ascontiguousarray(np.broadcast_to(array, shape))
    except ValueError:
        raise EclipticError(f"{name}: shape {array.shape} does not go with {shape}") from None
