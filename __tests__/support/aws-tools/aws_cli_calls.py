"""The AWS CLI, version 1, as one process: each line of standard input is the words of a command, as a JSON list; each line of
standard output says what the command printed. To load the CLI takes most of the time of a command."""

import io
import json
import sys

from awscli.clidriver import create_clidriver

driver = create_clidriver()
answers = sys.stdout

for line in sys.stdin:
    # The CLI writes some answers as bytes, so that text alone will not do.
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    try:
        code = driver.main(json.loads(line))
    except SystemExit as end:
        code = end.code
    output = {"code": code}
    for name, stream in (("stdout", sys.stdout), ("stderr", sys.stderr)):
        stream.flush()
        output[name] = stream.buffer.getvalue().decode()
    print(json.dumps(output), file=answers, flush=True)
