import { DeployError } from '../errors.js'
import type { Inputs } from './inputs.js'

/** A pool and its client that an earlier stack of the target left behind. */
export interface KeptPool {
  poolId: string
  clientId: string
}

export interface PoolFacts {
  inputs: Inputs
  /** Values of the stack's parameters, when there is a stack. */
  stack: Readonly<Record<string, string>> | undefined
  /** Whether the stack manages a user pool of its own. */
  managed: boolean
  kept?: KeptPool | undefined
}

/**
 * Whether the stack has a user pool of its own (template parameters ManageUserPool and UserPoolProtection): a pool that
 * it manages stays managed whatever is passed, a fresh stack without auth makes none, and one that an earlier stack left
 * behind is used again. A pool that is about to be created starts unprotected, or a failed creation could not be rolled
 * back.
 */
export function planUserPool({ inputs, stack, managed, kept }: PoolFacts): Record<string, string> {
  const outside = inputs.COGNITO_USER_POOL_ID ?? stack?.['CognitoUserPoolId'] ?? ''
  if (managed) {
    if (inputs.COGNITO_USER_POOL_ID !== undefined) {
      throw new DeployError(
        'Refused',
        `COGNITO_USER_POOL_ID=${outside}: the stack manages a user pool of its own, whose users would be cut off`,
        {
          hint: 'COGNITO_USER_POOL_ID= leaves it out',
        },
      )
    }
    return { ManageUserPool: 'true', UserPoolProtection: 'ACTIVE' }
  }
  if (kept !== undefined && outside === '') {
    const { poolId: CognitoUserPoolId, clientId: CognitoClientId } = kept
    return { ManageUserPool: 'false', UserPoolProtection: 'INACTIVE', CognitoUserPoolId, CognitoClientId }
  }
  const auth = inputs.ENABLE_AUTH ?? stack?.['EnableAuth'] ?? 'true'
  const create = auth === 'true' && outside === ''
  return { ManageUserPool: String(create), UserPoolProtection: 'INACTIVE' }
}

/** Throws Usage unless both or none of each pair are given. */
export function verifyPairs(inputs: Inputs): void {
  const pairs = [
    ['DOMAIN_NAME', 'CERTIFICATE_ARN'],
    ['COGNITO_USER_POOL_ID', 'COGNITO_CLIENT_ID'],
  ] as const
  for (const [one, other] of pairs) {
    if ((inputs[one] === undefined) === (inputs[other] === undefined)) continue
    const missing = inputs[one] === undefined ? one : other
    throw new DeployError('Usage', `${one} and ${other} are given together or not at all; ${missing} is missing`, {
      hint: `${missing}=…`,
    })
  }
}
