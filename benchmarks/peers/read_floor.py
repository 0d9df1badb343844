"""The floor: every byte of the files read once, into one buffer, and nothing computed."""

import os
import sys

buffer = bytearray(1 << 20)
for path in sys.argv[1:3]:
    descriptor = os.open(path, os.O_RDONLY)
    while os.readv(descriptor, [buffer]):
        pass
    os.close(descriptor)
