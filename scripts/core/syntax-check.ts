import type { CommandLine } from './command-line.js'

/** Compiles each file in memory, writes nothing, and prints one JSON object for each that is not Python. */
const program = `
import json, sys
for name in sys.argv[1:]:
    try:
        with open(name, "rb") as file:
            compile(file.read(), name, "exec")
    except (SyntaxError, ValueError) as error:
        print(json.dumps({"file": name, "line": getattr(error, "lineno", None) or 1,
                          "problem": getattr(error, "msg", None) or str(error),
                          "text": (getattr(error, "text", None) or "").strip()}))
`

export interface SyntaxProblem {
  file: string
  line: number
  problem: string
  /** The line itself; empty where it is not known. */
  text: string
}

/** Neither the user's site packages nor any module beside the files is looked at. */
export function syntaxCheck(
  place: { python: string; folder: string; env: Readonly<Record<string, string>> },
  files: readonly string[],
): CommandLine {
  return { program: place.python, args: ['-I', '-S', '-c', program, ...files], cwd: place.folder, env: place.env }
}

export function readSyntaxProblems(output: string): SyntaxProblem[] {
  return output.split('\n').flatMap((line) => (line.startsWith('{') ? (JSON.parse(line) as SyntaxProblem) : []))
}
