import { ourParameters } from '../../core/project.js'
import { issuerOf, signInPlace } from '../../core/sign-in-place.js'
import { DeployError } from '../../errors.js'
import { namesOf } from '../../core/names.js'
import type { FilesContext, TargetContext } from '../context.js'

export interface LocalSignIn {
  /** What the page is told; undefined where the target has no user pool. */
  place: Readonly<Record<string, string>> | undefined
  /** What the local backend is told beside its configuration. */
  env: Readonly<Record<string, string>>
}

/**
 * Whether the app on this machine wants a sign-in, and with which pool: as ENABLE_AUTH says, else as the stack does it.
 * Without a stack the files decide. Throws NotDeployed where a sign-in is wanted and there is no pool.
 */
export async function localSignIn({
  ports,
  names,
  target,
  inputs,
  cloud,
  project,
}: TargetContext): Promise<LocalSignIn> {
  const stack = await ports.stacks.describe(names.stack)
  const place = signInPlace(stack?.outputs ?? {}, cloud)
  const required = inputs.ENABLE_AUTH ?? ourParameters(stack?.parameters ?? {}, project)['EnableAuth']
  if (inputs.ENABLE_AUTH === 'true' && place === undefined) {
    throw new DeployError('NotDeployed', `${target.env}/${target.org} has no user pool to sign in to`, {
      hint: `make rs-deploy ENV=${target.env} ORG=${target.org}, or the same command without ENABLE_AUTH`,
    })
  }
  const { userPoolId = '', clientId = '', region = '' } = place ?? {}
  const pool = { ...issuerOf(userPoolId, cloud), clientId }
  return {
    place,
    env: {
      ...(required === undefined ? {} : { ENABLE_AUTH: required }),
      ...(place === undefined ? {} : { COGNITO_REGION: region, COGNITO_USER_POOL_ID: userPoolId }),
      ...(place === undefined ? {} : { COGNITO_CLIENT_ID: clientId, LOCAL_POOL: JSON.stringify(pool) }),
    },
  }
}

/** The page's place of sign-in for a run that needs no cloud: with CLOUD=local, a local AWS that runs is asked. */
export async function runningSignIn(context: FilesContext): Promise<LocalSignIn['place']> {
  if (context.inputs.CLOUD !== 'local') return undefined
  const connected = await context.connect({ startEmulator: false })
  if (connected === undefined) return undefined
  const { target, project } = context
  const names = namesOf(target, connected.cloud.account, project)
  return (await localSignIn({ ...connected, target, names })).place
}
