import { beginsOperation } from '../../core/operations.js'
import type { Stack, StackEvent } from '../../ports.js'
import type { TargetContext } from '../context.js'

/** A resource that the newest operation of a stack left failed. */
export interface Stuck {
  /** As SKIP takes it: `Queue`, `Inner.Queue` for one of the nested stack that is the resource Inner. */
  name: string
  /** As CloudFormation takes it: a nested stack goes by its own name there, not by its logical id. */
  awsName: string
  type: string
  reason: string
}

const nestedStack = 'AWS::CloudFormation::Stack'
/** CloudFormation takes only what failed by itself, not what was cancelled because of it. */
const cancelled = /cancelled/i

/** The resources, also of nested stacks, whose last event in the newest operation is a failure of their own. */
export async function findStuck({ arn, status }: Stack, context: TargetContext): Promise<Stuck[]> {
  // In a rollback, what could not be created is not there to be rolled back.
  const failed = ['UPDATE_FAILED', 'DELETE_FAILED', ...(status === 'UPDATE_FAILED' ? ['CREATE_FAILED'] : [])]
  return stuckIn({ arn, path: [], awsPath: '' }, failed, context)
}

interface Place {
  arn: string
  path: string[]
  awsPath: string
}

async function stuckIn(place: Place, failed: readonly string[], context: TargetContext): Promise<Stuck[]> {
  const events = await context.ports.stacks.eventsBackTo(place.arn, beginsOperation(place.arn))
  const all = await Promise.all(
    lastOfEach(events, place.arn)
      .filter(({ status, reason }) => failed.includes(status) && !cancelled.test(reason ?? ''))
      .map(async ({ logicalId, physicalId, type, reason = 'no reason is told' }): Promise<Stuck[]> => {
        const path = [...place.path, logicalId]
        if (type === nestedStack && physicalId?.startsWith('arn:') === true) {
          const inner = await stuckIn({ arn: physicalId, path, awsPath: `${nameOf(physicalId)}.` }, failed, context)
          // What a nested stack says of itself only repeats what happened inside.
          if (inner.length > 0) return inner
        }
        return [{ name: path.join('.'), awsName: `${place.awsPath}${logicalId}`, type, reason }]
      }),
  )
  return all.flat()
}

/** The newest event of every resource, the stack itself left out. */
function lastOfEach(events: readonly StackEvent[], stackArn: string): StackEvent[] {
  const own = events.filter(({ physicalId }) => physicalId !== stackArn)
  return [...new Map(own.map((event) => [event.logicalId, event])).values()]
}

/** `arn:aws:cloudformation:eu-west-1:1:stack/parent-Inner-ABC/uuid` is called parent-Inner-ABC. */
function nameOf(stackArn: string): string {
  return stackArn.split('/')[1] ?? stackArn
}
