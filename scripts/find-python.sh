#!/bin/sh
# Prints a Python of version 3.11 or newer. PYTHON in the environment comes first.
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python /usr/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$candidate"
        exit 0
    fi
done
# Printed in place of a command: make shows the line, and the shell that runs it says that it does not exist.
echo "LinkBridge needs Python 3.11 or newer; install it or name it with PYTHON=/path/to/python3." >&2
echo "python-3.11-is-missing"
exit 1
