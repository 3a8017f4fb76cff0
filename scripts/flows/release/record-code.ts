import path from 'node:path'
import { liveAlias } from '../../core/functions.js'
import { canonicalJson, sha256 } from '../../core/hash.js'
import { inputOfFile } from '../../core/input-changes.js'
import { dependencyFiles } from '../../core/packaging.js'
import type { Receipt } from '../../core/receipt.js'
import { type Template, codeFolders } from '../../core/template.js'
import type { Stack } from '../../ports.js'
import { type Sources, readWhole } from '../build/build-target.js'
import type { CodeFacts } from './code-facts.js'
import type { TargetContext } from '../context.js'
import type { Health } from './health-gate.js'
import { pastGuard, writeReceipt, writeReceiptAfter } from '../ledger/ledger.js'
import { messageOf } from '../../errors.js'
import {
  type LiveFacts,
  causePart,
  commonPart,
  configPart,
  functionsPart,
  proofPart,
  shiftFailurePart,
  shiftPart,
} from '../ledger/record-release.js'
import { standingParts } from '../ledger/standing-parts.js'
import type { Released } from './release-code.js'
import type { Proof } from '../deploy/verify-target.js'

/** Writes the receipt of a release of code alone: what it did not bring is as the last good release had it. */
export async function recordCode(
  sources: Sources,
  { live, newest }: CodeFacts,
  released: readonly Released[],
  health: Health | undefined,
  context: TargetContext,
): Promise<number> {
  const receipt: Omit<Receipt, 'release'> = {
    ...carried(live),
    ...(await commonPart(context)),
    outcome: 'live',
    ...codePart(sources, live, released),
    ...servingPart(live, released),
    ...shiftPart(released),
    ...(health === undefined ? {} : { health }),
  }
  return (await writeReceiptAfter(receipt, newest, context)).release
}

/** Writes the receipt of a way back: the functions' code is that release's, all else as the last good release had it. */
export async function recordRollback(
  { live, newest }: CodeFacts,
  goal: Receipt,
  released: readonly Released[],
  health: Health | undefined,
  context: TargetContext,
): Promise<number> {
  const { functions } = functionsPart(released)
  const only = goal.function ?? live.function
  const receipt: Omit<Receipt, 'release'> = {
    ...carried({ ...live, files: undefined }),
    ...(await commonPart(context)),
    outcome: 'live',
    ...(await wayBackPart(live, goal, released, context)),
    ...(only === undefined ? {} : { function: only }),
    functions: { ...otherFunctions(live, released), ...functions },
    rolledBackTo: goal.release,
    ...(health === undefined ? {} : { health }),
  }
  return (await writeReceiptAfter(receipt, newest, context)).release
}

/** Writes the receipt of a whole way back: all of it is as that release had it. */
export async function recordWhole(
  { newest }: CodeFacts,
  goal: Receipt,
  { stack, released, health, config }: Pick<LiveFacts, 'stack' | 'released' | 'health' | 'config'>,
  context: TargetContext,
): Promise<number> {
  const receipt: Omit<Receipt, 'release'> = {
    ...carried(goal),
    ...(await commonPart(context)),
    outcome: 'live',
    inputs: { ...goal.inputs, parameters: { ...stack.parameters } },
    stack: { arn: stack.arn, changedAt: stack.changedAt },
    ...configPart(config, context),
    ...servingPart(goal, released),
    rolledBackTo: goal.release,
    ...(health === undefined ? {} : { health }),
  }
  return (await writeReceiptAfter(receipt, newest, context)).release
}

/**
 * Writes the receipt of a shift that was finished in the place of its run. What its code was made of, nobody here knows;
 * stack and configuration are as they stand, for that run may have changed them.
 */
export async function recordFinished(
  { stack, live, newest }: CodeFacts,
  released: readonly Released[],
  health: Health | undefined,
  context: TargetContext,
): Promise<number> {
  const { functions } = functionsPart(released)
  const standing = await standingParts(stack, live, context)
  const receipt: Omit<Receipt, 'release'> = {
    ...standing,
    ...(await commonPart(context)),
    outcome: 'live',
    inputs: { ...standing.inputs, code: sha256(`finished ${canonicalJson(functions)}`) },
    ...servingPart(live, released),
    ...shiftPart(released),
    ...(health === undefined ? {} : { health }),
  }
  return (await writeReceipt(receipt, newest, context)).release
}

/** What a release of code, or a way back, has left when it failed. */
interface CodeFailure extends Pick<CodeFacts, 'live' | 'newest'> {
  /** Where the stack was changed too: as it is now. */
  stackNow?: Stack | undefined
  configRestored?: boolean | undefined
}

/** A release of code that failed, however, leaves a receipt too; where requests reached it, with what became of the way back. */
export async function recordCodeFailure(
  { live, newest, stackNow, configRestored }: CodeFailure,
  error: unknown,
  proof: Proof | undefined,
  context: TargetContext,
): Promise<number | undefined> {
  const receipt: Omit<Receipt, 'release'> = {
    ...(await commonPart(context)),
    outcome: 'failed',
    failure: messageOf(error),
    inputs: live.inputs,
    stack: stackNow === undefined ? live.stack : { arn: stackNow.arn, changedAt: stackNow.changedAt },
    ...causePart(error),
    ...shiftFailurePart(error),
    ...proofPart(proof),
    ...(configRestored === undefined ? {} : { configRestored }),
  }
  const written = await writeReceiptAfter(receipt, newest, pastGuard(context)).catch((problem: unknown) => {
    const text = messageOf(problem)
    context.report.emit({ type: 'warning', text: `the failed release could not be recorded: ${text}` })
  })
  return written?.release
}

/** What a release of code does not touch. */
function carried({ inputs, files, artifacts, packaged, stack, config }: Receipt): Pick<Receipt, 'inputs' | 'stack'> {
  return {
    inputs,
    stack,
    ...(files === undefined ? {} : { files }),
    ...(artifacts === undefined ? {} : { artifacts }),
    ...(packaged === undefined ? {} : { packaged }),
    ...(config === undefined ? {} : { config }),
  }
}

/** What serves after the release: its functions, those that it left alone, and the one that answers the health path. */
function servingPart(live: Receipt, released: readonly Released[]): Pick<Receipt, 'function' | 'functions'> {
  const { function: only, functions } = functionsPart(released)
  const answering = released.some(({ answersHealth }) => answersHealth !== undefined)
  const kept = answering || live.function === undefined ? only : live.function
  return {
    ...(kept === undefined ? {} : { function: kept }),
    functions: { ...otherFunctions(live, released), ...functions },
  }
}

/** The functions that this release left alone; an older receipt knows one, and that without its logical id. */
function otherFunctions(live: Receipt, released: readonly Released[]): NonNullable<Receipt['functions']> {
  const { functions, function: only } = live
  const known = functions ?? (only === undefined ? {} : { [only.name]: { ...only, alias: liveAlias } })
  const names = new Set(released.map(({ name }) => name))
  return Object.fromEntries(Object.entries(known).filter(([, { name }]) => !names.has(name)))
}

/** What code a template's functions are brought: its files, and the hash of all code, layers included. */
interface Brought {
  whole: Template
  files: Readonly<Record<string, string>>
  codeHash: string
}

/** The files of the released functions as they are now, all others as they were; equal to the source only when all are. */
function codePart(
  { whole, files: now, codeHash }: Brought,
  live: Receipt,
  released: readonly Released[],
  stays: (file: string) => boolean = () => false,
): Pick<Receipt, 'inputs' | 'files'> {
  const ids = new Set(released.map(({ logicalId }) => logicalId))
  const folders = codeFolders(whole)
  const brought = folders.filter(({ kind, logicalId }) => kind === 'function' && ids.has(logicalId))
  const isIn = (file: string, some: typeof folders): boolean =>
    some.some(({ folder }) => !path.relative(folder, file).startsWith('..'))
  const isBrought = (file: string): boolean => isIn(file, brought) && !stays(file)
  const left = Object.entries(live.files ?? {}).filter(([file]) => !isBrought(file))
  const taken = Object.entries(now).filter(([file]) => isBrought(file))
  const files = Object.fromEntries([...left, ...taken])
  const code = (all: Readonly<Record<string, string>>): string =>
    canonicalJson(Object.fromEntries(Object.entries(all).filter(([file]) => isIn(file, folders))))
  const equal = live.files !== undefined && code(files) === code(now)
  return {
    inputs: { ...live.inputs, code: equal ? codeHash : sha256(`partly ${code(files)}`) },
    ...(live.files === undefined ? {} : { files }),
  }
}

/**
 * The aliases alone went back: layers and what else is installed stay in the stack, and under the next code, as the last
 * good release brought them. Where the folders of the functions are not known, no file is: what comes next looks anew.
 */
async function wayBackPart(
  live: Receipt,
  { files, inputs }: Receipt,
  released: readonly Released[],
  context: TargetContext,
): Promise<Pick<Receipt, 'inputs' | 'files'>> {
  const whole = await readWhole(context).catch(() => undefined)
  if (whole === undefined || files === undefined || live.files === undefined) {
    return { inputs: { ...live.inputs, code: sha256(`back ${canonicalJson([live.inputs.code, inputs.code])}`) } }
  }
  const dependencies = new Set(dependencyFiles(whole, Object.keys({ ...files, ...live.files })))
  const stays = (file: string): boolean => dependencies.has(file) || inputOfFile(file) !== 'code'
  return codePart({ whole, files, codeHash: inputs.code }, live, released, stays)
}
