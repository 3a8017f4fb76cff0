import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from './adapters/clock.js'
import { connect } from './adapters/connect.js'
import { childEnvironment, ciRunOf, userName } from './adapters/environment.js'
import { listenForInterrupts } from './adapters/interrupts.js'
import { machinePorts } from './adapters/machine-ports.js'
import { keepOutOfGit } from './adapters/own-folders.js'
import { readEnvironment, readProject } from './adapters/project.js'
import { explainAwsError } from './adapters/aws/explain.js'
import { type Command, callablesOf, verifyTaken } from './commands/command.js'
import { commands } from './commands/index.js'
import { parseCommandLine } from './commands/parse.js'
import { runCommand } from './commands/run.js'
import { argvWarning } from './core/argv-warning.js'
import { type Inputs, givenInputs, isSet, namesGiven, readInputs } from './core/inputs.js'
import { type Typed, nextCommand } from './core/next-command.js'
import { variableNames, variables } from './core/variables.js'
import { DeployError } from './errors.js'
import type { CloudContext, Context } from './flows/context.js'
import { type LogFile, openLogFile } from './report/log-file.js'
import { type Report, makeReport } from './report/report.js'
import { cleanerOf } from './report/redact.js'
import { type ScreenOptions, listenersFor } from './report/screen.js'
import { withWholeCommands } from './report/whole-commands.js'

/** Reads the command line and the environment, makes everything and runs one command. Returns the exit code. */
async function main(): Promise<number> {
  const started = systemClock.now()
  outliveReaders()
  const environment = { ...process.env }
  const makeNames = (environment['RS_MAKE_VARIABLES'] ?? '').split(' ').filter((name) => name !== '')
  const screen = screenOptions(environment, isJson(environment, makeNames))
  const secrets = new Set<string>()
  let report = makeReport(listenersFor(screen, secrets), systemClock, secrets)
  let log: LogFile | undefined
  let typed: Typed | undefined
  const table = callablesOf(commands)
  const place = { local: false }
  try {
    const parsed = await parseCommandLine(process.argv.slice(2), commands)
    if (parsed === undefined) return 0
    const given = { environment, makeNames, flags: parsed.flags }
    typed = { command: parsed.command.name, inputs: givenInputs(given) }
    const inputs = readInputs(given)
    verifyTaken(parsed.command, namesGiven(given))
    forgetSecrets()
    // The SDK's note about Node's age is for those who maintain this tool, not for those who deploy with it.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
    // Help may be asked for in any folder; it leaves nothing there.
    const projectFolder = folderOf(inputs.PROJECT_DIR)
    if (parsed.command.group !== 'Help') {
      keepOutOfGit(projectFolder, '.rs')
      log = openLogFile(projectFolder, parsed.command.name, systemClock.now)
    }
    const json = screen.json || isSet(inputs, 'JSON')
    for (const secret of secretsOf(inputs)) secrets.add(secret)
    const say = (error: unknown): string => explain(error, place.local).message
    const listeners = listenersFor({ ...screen, json }, secrets, log)
    const whole = listeners.map((listener) => withWholeCommands(inputs, table, listener))
    report = makeReport(whole, systemClock, secrets, say)
    const warning = argvWarning(makeNames)
    if (warning !== undefined) report.emit({ type: 'warning', ...warning })
    const leave = (): never => {
      log?.close(leftAtOnce, 'Interrupted', elapsed(started))
      process.exit(leftAtOnce)
    }
    await run(parsed.command, inputs, { environment, started, report, place, projectFolder, leave })
    log?.close(0, 'Done', elapsed(started))
    return 0
  } catch (error) {
    const failure = explain(error, place.local)
    const next = failure.code === 'Bug' ? {} : { next: nextCommand(failure.hint ?? '', typed, table) }
    report.emit({ type: 'failure', error: failure, step: report.failedStep(), log: log?.path, ...next })
    if (failure.code === 'Bug' && failure.cause instanceof Error)
      log?.detail(cleanerOf(secrets)(failure.cause.stack ?? ''))
    log?.close(failure.exitCode, failure.code, elapsed(started))
    return failure.exitCode
  }
}

interface Run {
  environment: Readonly<Record<string, string | undefined>>
  started: Date
  report: Report
  /** Told as soon as it is known: what a lost connection means depends on it. */
  place: { local: boolean }
  projectFolder: string
  /** Ends the process at once; the log file is closed. */
  leave: () => never
}

/** As Node has it for a module that waits for what never comes. */
const neverEnded = 13

/** As a shell has it: 128 and the number of SIGINT. */
const leftAtOnce = 130

async function run(command: Command, inputs: Inputs, given: Run): Promise<void> {
  const { environment, started, report, place, projectFolder } = given
  const toolFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
  const project = await readProject(projectFolder, toolFolder, command.acts !== 'machine')
  const tell = (text: string): void => report.emit({ type: 'note', text })
  const interrupts = listenForInterrupts(tell, given.leave)
  const ports = machinePorts({
    toolFolder,
    projectFolder,
    environment,
    terminal: {
      input: process.stdin,
      output: process.stderr,
      interactive: process.stdin.isTTY && process.stderr.isTTY && !isSet(inputs, 'JSON'),
    },
    tell,
    clock: systemClock,
    signal: interrupts.signal,
  })
  const context: Context = {
    ports,
    report,
    inputs,
    project,
    signal: interrupts.signal,
    toolFolder,
    projectFolder,
    nodeProgram: process.execPath,
    nodeVersion: process.versions.node,
    childEnv: childEnvironment(environment),
    who: `${userName(environment)}@${hostname()}`,
    pid: process.pid,
    ciRun: ciRunOf(environment),
    started,
    command: command.name,
    async connect(options) {
      const found = await connectContext(context, environment, options)
      if (options.env === undefined) place.local = found?.cloud.kind === 'local'
      return found
    },
  }
  try {
    await runCommand(command, context)
  } finally {
    interrupts.close()
  }
}

async function connectContext(
  context: Context,
  environment: Run['environment'],
  { startEmulator, env }: Parameters<Context['connect']>[0],
): Promise<CloudContext | undefined> {
  const { ports, project, projectFolder, report, who } = context
  const inputs = env === undefined ? context.inputs : { ...context.inputs, ENV: env }
  const forbidInstance = (): void => {
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true'
  }
  const place = await readEnvironment(projectFolder, inputs.ENV)
  const facts = {
    inputs,
    project,
    place,
    who,
    environment,
    emulator: ports.emulator,
    clock: ports.clock,
    forbidInstance,
  }
  const connection = await connect(facts, startEmulator)
  if (connection === undefined) return undefined
  if (connection.banner !== undefined && env === undefined) report.emit({ type: 'banner', text: connection.banner })
  const { cloud, cloudEnv } = connection
  return { ...context, inputs, cloud, cloudEnv, ports: { ...ports, ...connection.ports } }
}

/** The project's folder: where make runs, or what PROJECT_DIR names. Throws Usage when that is no folder. */
function folderOf(given: string | undefined): string {
  const folder = path.resolve(given ?? '.')
  if (given === undefined || statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder
  throw new DeployError('Usage', `PROJECT_DIR=${given} is not a folder`, {
    hint: `PROJECT_DIR=${path.dirname(folder)}`,
  })
}

function explain(error: unknown, local: boolean): DeployError {
  if (error instanceof DeployError) return error
  const explained = explainAwsError(error, local)
  if (explained !== undefined) return explained
  return new DeployError('Bug', `this is a mistake of the tool itself: ${(error as Error)?.message ?? String(error)}`, {
    hint: 'please report it with the log file',
    cause: error,
  })
}

function secretsOf(inputs: Inputs): string[] {
  return variableNames.flatMap((name) => (variables[name].kind === 'secret' ? (inputs[name] ?? []) : []))
}

/** A password must not be inherited by anything that is started from here. */
function forgetSecrets(): void {
  for (const name of variableNames) if (variables[name].kind === 'secret') Reflect.deleteProperty(process.env, name)
}

function isJson(environment: Readonly<Record<string, string | undefined>>, makeNames: readonly string[]): boolean {
  const asked = makeNames.includes('JSON') && environment['JSON'] === 'true'
  return asked || environment['RS_JSON'] === 'true' || process.argv.includes('--json')
}

/** Colour as no-color.org and Node have it; animation only where a person looks. */
function screenOptions(environment: Run['environment'], json: boolean): ScreenOptions {
  const terminal = process.stderr.isTTY && environment['TERM'] !== 'dumb'
  const plain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
  const forced = (environment['FORCE_COLOR'] ?? '0') !== '0'
  const inCi = !['', 'false'].includes(environment['CI'] ?? '')
  return {
    json,
    colour: !plain && (forced || (terminal && !inCi)),
    animated: terminal && !inCi,
    columns: process.stderr.columns ?? 100,
    screen: {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      redraws: process.stdout.isTTY,
    },
  }
}

/** A reader that has gone away (`| head`) or a closed terminal must not end a deployment: the log goes on. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

function elapsed(since: Date): number {
  return systemClock.now().getTime() - since.getTime()
}

// A run that nothing keeps alive, though its work never ended, must not pass for a good one.
process.exitCode = neverEnded
process.once('exit', (code) => {
  if (code === neverEnded)
    process.stderr.write('this run ended before its work did: please report it with the log file\n')
})
void main().then((code) => (process.exitCode = code))
