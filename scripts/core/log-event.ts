/** What Lambda itself writes around every call. */
const platformLine = /^(START|END|REPORT|INIT_START|INIT_REPORT|EXTENSION) /

/** What an event of a function's log is. */
export type LogReading =
  /** What the platform writes around every call, and nobody looks for. */
  | { kind: 'noise' }
  /** The platform's closing report of a call. */
  | { kind: 'report'; text: string }
  | { kind: 'line'; level: string | undefined; text: string }

/** Reads one event: Lambda's own lines are told from the function's, and JSON becomes a line for people. */
export function readLogEvent(message: string): LogReading {
  if (message.trim() === '') return { kind: 'noise' }
  if (message.startsWith('REPORT ')) return { kind: 'report', text: describeReport(message) }
  if (platformLine.test(message)) return { kind: 'noise' }
  const fields = readObject(message)
  if (fields === undefined) return { kind: 'line', level: undefined, text: message }
  return readPlatformRecord(fields) ?? { kind: 'line', ...describeFields(fields) }
}

/** The last lines that a function wrote, for people: JSON made readable, of a traceback only the project's own frames. */
export function readableLines(lines: readonly string[], most: number): string[] {
  const texts = lines.flatMap((line) => {
    const reading = readLogEvent(line)
    return reading.kind === 'line' ? reading.text.split('\n') : []
  })
  return ownFrames(texts)
    .filter((text) => text.trim() !== '')
    .slice(-most)
}

/** Python's own frames, and those of packages: `/var/lang` and `/opt` are the runtime's and the layers' on Lambda. */
const foreignFile = /^<|^\/(opt|var\/lang|var\/runtime)\/|\/(site|dist)-packages\/|\/lib\/python\d|\/node_modules\//

/** Without the frames of other people's code, and what is quoted beneath them. */
function ownFrames(lines: readonly string[]): string[] {
  let foreign = false
  return lines.filter((line) => {
    const file = /^\s+File "([^"]+)"/.exec(line)?.[1] ?? /^\s+(\S+):\d+ in /.exec(line)?.[1]
    if (file !== undefined) foreign = foreignFile.test(file)
    else if (!/^\s/.test(line)) foreign = false
    return !foreign
  })
}

function readObject(message: string): Record<string, unknown> | undefined {
  if (!message.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(message)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** `12.3 ms, 64 of 512 MB, cold start 220 ms`. */
function describeReport(message: string): string {
  const value = (name: string): string | undefined => new RegExp(`\\t${name}: ([\\d.]+)`).exec(message)?.[1]
  return reportText({
    duration: value('Duration'),
    used: value('Max Memory Used'),
    memory: value('Memory Size'),
    init: value('Init Duration'),
    // `Status: timeout`, `Status: error`; only where it did not go well.
    status: /\tStatus: (\S+)/.exec(message)?.[1],
  })
}

interface ReportFacts {
  duration: unknown
  used: unknown
  memory: unknown
  init: unknown
  status: unknown
}

function reportText({ duration, used, memory, init, status }: ReportFacts): string {
  return [
    ...(duration === undefined ? [] : [`${duration} ms`]),
    ...(used === undefined ? [] : [`${used} of ${memory} MB`]),
    ...(init === undefined ? [] : [`cold start ${init} ms`]),
    ...(status === undefined || status === 'success' ? [] : [String(status)]),
  ].join(', ')
}

/** Lambda's JSON format: `{"type": "platform.report", "record": {"metrics": …}}`. */
function readPlatformRecord({ type, record }: Record<string, unknown>): LogReading | undefined {
  if (typeof type !== 'string' || !type.startsWith('platform.')) return undefined
  if (type !== 'platform.report') return { kind: 'noise' }
  const { metrics = {}, status } = (record ?? {}) as { metrics?: Record<string, unknown>; status?: unknown }
  const { durationMs: duration, maxMemoryUsedMB: used, memorySizeMB: memory, initDurationMs: init } = metrics
  return { kind: 'report', text: reportText({ duration, used, memory, init, status }) }
}

const levelNames = ['level', 'severity', 'levelname', 'log_level']
const textNames = ['event', 'message', 'msg']
/** The event carries its own time, and the platform's line before it the request. */
const leftOut = ['timestamp', 'time', 'requestId', 'request_id', 'function_request_id']

/** The words first, then `key=value`; lists of texts (frames of a traceback) beneath, one in a line. */
function describeFields(fields: Readonly<Record<string, unknown>>): { level: string | undefined; text: string } {
  const first = (names: readonly string[]): string | undefined => names.find((name) => typeof fields[name] === 'string')
  const [levelName, textName] = [first(levelNames), first(textNames)]
  const rest = Object.entries(fields).filter(
    ([name, value]) => name !== levelName && name !== textName && !leftOut.includes(name) && value !== null,
  )
  const lists = rest.filter(([, value]) => isListOfTexts(value))
  const pairs = rest.filter(([, value]) => !isListOfTexts(value)).map(([name, value]) => `${name}=${shown(value)}`)
  const head = [...(textName === undefined ? [] : [String(fields[textName])]), ...pairs].join(' ')
  const beneath = lists.flatMap(([name, list]) => [
    `  ${name}`,
    ...(list as string[]).map((one) => `    ${one.trim()}`),
  ])
  const level = levelName === undefined ? undefined : String(fields[levelName]).toLowerCase()
  return { level, text: [head, ...beneath].join('\n') }
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
}

function shown(value: unknown): string {
  if (typeof value === 'string' && /^[^\s="]+$/.test(value)) return value
  return JSON.stringify(value)
}
