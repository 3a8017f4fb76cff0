import { addressesOf } from '../core/addresses.js'
import { underOurNames } from '../core/project.js'
import type { Stack } from '../ports.js'
import { type Admin, ensureAdmin } from './admin-user.js'
import type { TargetContext } from './context.js'
import { type Health, countSops, probeHealth, verifyAccess } from './verify-live.js'

/** What a stack's outputs and parameters say about asking it. */
function apiOf(stack: Stack, { names, cloud, project }: TargetContext): { api: string | undefined; authOn: boolean } {
  const { api } = addressesOf(stack.outputs, names.apiStage, cloud)
  const { EnableAuth } = underOurNames(stack.parameters, project.parameters)
  return { api, authOn: EnableAuth === 'true' }
}

/** Asks the API over HTTP until the version answers healthy, and whether it guards what it must. */
export function verifyTarget(stack: Stack, version: string, context: TargetContext): Promise<Health | undefined> {
  return context.report.step('Verify', async (step) => {
    const { api, authOn } = apiOf(stack, context)
    if (api === undefined) {
      step.skip('the stack has no output ApiEndpoint')
      return undefined
    }
    const health = await probeHealth(api, version, step, context)
    await verifyAccess(api, authOn, context)
    const access = authOn ? 'guarded paths refuse without a token' : 'auth is off, every path is open'
    step.say(`healthy, answered by version ${version}; ${access}`)
    return health
  })
}

/** Ensures the administrator, when one is given, and has the SOPs listed. Returns the administrator's e-mail. */
export async function verifySignIn(
  admin: Admin | undefined,
  stack: Stack,
  context: TargetContext,
): Promise<string | undefined> {
  const { report } = context
  const pool = {
    poolId: stack.outputs['CognitoUserPoolId'] ?? '',
    clientId: stack.outputs['CognitoClientId'] ?? '',
  }
  const token = admin && (await report.step('Admin', (step) => ensureAdmin(admin, pool, step, context)))
  await report.step('SOPs', async (step) => {
    const { api, authOn } = apiOf(stack, context)
    if (api === undefined || (authOn && token === undefined)) {
      return step.skip('asked only with a sign-in: ADMIN_USERNAME and ADMIN_PASSWORD')
    }
    step.say(`found ${await countSops(api, token, context)} SOPs`)
  })
  return token === undefined ? undefined : admin?.email
}
