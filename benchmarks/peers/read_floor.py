"""The floor: every byte of the files read once, into one buffer, and nothing computed.

python read_floor.py PRED TARGET [MODULE ...], modules being imported and not used.
"""

import importlib
import os
import sys

for module in sys.argv[3:]:
    importlib.import_module(module)

buffer = bytearray(1 << 20)
for path in sys.argv[1:3]:
    descriptor = os.open(path, os.O_RDONLY)
    while os.readv(descriptor, [buffer]):
        pass
    os.close(descriptor)
