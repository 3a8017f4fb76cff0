import { randomUUID } from 'node:crypto'
import { ledgerKeys } from '../../core/names.js'
import { type Shift, shiftSchema } from '../../core/shift.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'

/** The journal of a shift as it was last read or written; the ETag keeps two from writing over each other. */
export interface Journal {
  shift: Shift
  etag: string
}

/** The shift that is under way, or was left half way. Throws StackState where its journal cannot be read. */
export async function readShift({ ports, names, target }: TargetContext): Promise<Journal | undefined> {
  const key = ledgerKeys.shift(names.stack)
  const stored = await ports.buckets.read(names.deploymentsBucket, key)
  if (stored === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(stored.text)
  } catch {
    value = undefined
  }
  const parsed = shiftSchema.safeParse(value)
  if (parsed.success) return { shift: parsed.data, etag: stored.etag }
  const place = `ENV=${target.env} ORG=${target.org}`
  throw new DeployError(
    'StackState',
    `the journal of a shift, s3://${names.deploymentsBucket}/${key}, cannot be read`,
    {
      hint: `make check-rs ${place} shows what serves; remove the object, then make rs-rollback ${place}`,
    },
  )
}

/** What marks a journal as this run's. */
export function ownership({ who, pid, command }: TargetContext): Pick<Shift, 'owner' | 'who' | 'pid' | 'command'> {
  return { owner: randomUUID(), who, pid, command }
}

/** Begins a journal. Throws Refused where there is one. */
export async function openShift(shift: Shift, context: TargetContext): Promise<Journal> {
  const { ports, names } = context
  const etag = await ports.buckets.putNew(names.deploymentsBucket, ledgerKeys.shift(names.stack), textOf(shift))
  if (etag !== undefined) return { shift, etag }
  const found = await readShift(context)
  if (found?.shift.owner === shift.owner) return found
  throw new DeployError('Refused', 'another shift began at the same moment', { hint: 'the same command again' })
}

/** The journal with `changed` in it; undefined where somebody else wrote it meanwhile: read it again. */
export async function writeShift(
  { shift, etag }: Journal,
  changed: Partial<Shift>,
  context: TargetContext,
): Promise<Journal | undefined> {
  const { ports, names } = context
  const next = { ...shift, ...changed }
  const text = textOf(next)
  const key = ledgerKeys.shift(names.stack)
  const written = await ports.buckets.replace(names.deploymentsBucket, key, text, etag)
  if (written !== undefined) return { shift: next, etag: written }
  // After a lost answer the object may hold this very write.
  const present = await ports.buckets.read(names.deploymentsBucket, key)
  return present?.text === text ? { shift: next, etag: present.etag } : undefined
}

/** Removes the journal while it has the same owner, whatever anybody wished meanwhile. */
export async function closeShift(journal: Journal, context: TargetContext): Promise<void> {
  const { ports, names } = context
  let found: Journal | undefined = journal
  while (found?.shift.owner === journal.shift.owner) {
    if (await ports.buckets.removeIf(names.deploymentsBucket, ledgerKeys.shift(names.stack), found.etag)) return
    found = await readShift(context)
  }
}

/** The journal as it is now. Throws Interrupted once it is somebody else's: nothing more may be written. */
export async function ours({ owner }: Pick<Shift, 'owner'>, context: TargetContext): Promise<Journal> {
  const found = await readShift(context)
  if (found?.shift.owner === owner) return found
  throw takenOver(found?.shift, context)
}

/**
 * The shift that its run left, as this run's own; what is to change of it may hang on what was asked of it meanwhile.
 * Throws Interrupted where somebody else ended it, or began to.
 */
export async function adoptShift(
  left: Pick<Shift, 'owner'>,
  changed: (now: Shift) => Partial<Shift>,
  context: TargetContext,
): Promise<Journal> {
  const mine = ownership(context)
  for (;;) {
    const found = await ours(left, context)
    const taken = await writeShift(found, { ...changed(found.shift), ...mine }, context)
    if (taken !== undefined) return taken
  }
}

/** Somebody else ended the shift, or is about to. */
export function takenOver(by: Shift | undefined, { target }: TargetContext): DeployError {
  const who = by === undefined ? 'somebody else ended this shift' : `${(by.taken ?? by).who} took this shift over`
  return new DeployError('Interrupted', `${who}: this run ends and leaves it to them`, {
    hint: `make check-rs ENV=${target.env} ORG=${target.org} shows what serves`,
  })
}

function textOf(shift: Shift): string {
  return `${JSON.stringify(shift, null, 2)}\n`
}
