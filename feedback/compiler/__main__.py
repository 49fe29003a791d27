"""`python -m feedback.compiler`: one JSON document on standard input, its summary on standard output."""

import json
import sys

from feedback.compiler import compile_notes, dumps


def main() -> int:
    """Compile standard input; 2 if it is not a document, with the reason on standard error."""
    try:
        result = compile_notes(json.loads(sys.stdin.buffer.read()))
    except (ValueError, AttributeError) as error:
        sys.stderr.write(f"feedback.compiler: {error}\n")
        return 2
    sys.stdout.buffer.write(dumps(result).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
