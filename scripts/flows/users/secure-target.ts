import { configProblem } from '../../core/config-file.js'
import { counted } from '../../core/contents.js'
import { isSet } from '../../core/inputs.js'
import { isAuthOn } from '../../core/project.js'
import { type Finding, type StageTemplate, securityFindings } from '../../core/security-findings.js'
import { type PoolUser, isTestUser, nameOf } from '../../core/users.js'
import { DeployError } from '../../errors.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { listUsers } from './list-users.js'
import { type StackPool, findStackPool } from './stack-pool.js'
import { configKey, readStoredConfig, readableConfig } from '../config/target-config.js'

export interface Secured {
  /** Addresses of the test users that were removed. */
  removed: string[]
  findings: Finding[]
}

/**
 * Removes the test users, once that is confirmed, and tells whatever else does not belong in production. With CHECK=true
 * it changes nothing and throws Different where there is anything to tell.
 */
export async function secureTarget(context: TargetContext): Promise<Secured> {
  const { report, ports, inputs, target } = context
  const where = `ENV=${target.env} ORG=${target.org}`
  const { pool, testUsers, findings } = await report.step('Look', async (step) => {
    const pool = await findStackPool(context)
    const { testUsers, findings } = await examine(pool, where, context)
    for (const user of testUsers) step.line('removed', `test user ${nameOf(user)}`)
    for (const { what, fix } of findings) step.line('failed', `${what}: ${fix}`)
    step.say(`${counted(testUsers.length, 'test user')}, ${counted(findings.length, 'other finding')}`)
    return { pool, testUsers, findings }
  })
  if (isSet(inputs, 'CHECK')) throwWhereDifferent(testUsers, findings, where, context)
  if (testUsers.length > 0) {
    const what = `removing ${counted(testUsers.length, 'test user')} from ${target.env}/${target.org}`
    await confirmTyped({ what, yesSkips: true }, context)
    await report.step('Remove', async (step) => {
      for (const { username } of testUsers) await ports.userPools.removeUser(pool.poolId, username)
      step.say(`${counted(testUsers.length, 'test user')} removed`)
    })
  }
  return { removed: testUsers.map(nameOf), findings }
}

async function examine(
  pool: StackPool,
  where: string,
  context: TargetContext,
): Promise<{ testUsers: PoolUser[]; findings: Finding[] }> {
  const { ports, names, project } = context
  const { stack, poolId, clientId } = pool
  const [users, settings, policy, config, template] = await Promise.all([
    listUsers(poolId, ports.userPools),
    ports.userPools.settings(poolId, clientId),
    ports.userPools.passwordPolicy(poolId),
    readStoredConfig(context),
    ports.stacks.template(names.stack),
  ])
  const broken =
    config === undefined ? undefined : configProblem(config.text, `s3://${names.buckets.lambda}/${configKey}`)
  const found = securityFindings({
    where,
    authOn: isAuthOn(stack.parameters, project),
    settings,
    policy,
    groupless: users.filter((user) => user.groups.length === 0 && !isTestUser(user)),
    origins: originsOf(config?.text),
    template: JSON.parse(template) as StageTemplate,
  })
  const unread = broken === undefined ? [] : [{ what: broken, fix: `make rs-update-config ${where}` }]
  const findings = [...unread, ...found]
  return { testUsers: users.filter(isTestUser), findings }
}

function originsOf(text: string | undefined): string[] {
  const { cors } = readableConfig(text) as { cors?: { allowOrigins?: unknown } }
  return Array.isArray(cors?.allowOrigins) ? cors.allowOrigins.map(String) : []
}

function throwWhereDifferent(
  testUsers: readonly PoolUser[],
  findings: readonly Finding[],
  where: string,
  { target }: TargetContext,
): void {
  if (testUsers.length + findings.length === 0) return
  const facts = [
    ...testUsers.map((user) => ({ label: 'Test user', text: `${nameOf(user)}: make rs-secure-prod ${where}` })),
    ...findings.map(({ what, fix }) => ({ label: 'Finding', text: `${what}: ${fix}` })),
  ]
  throw new DeployError('Different', `${target.env}/${target.org} has ${counted(facts.length, 'finding')}`, {
    facts,
    hint: `make rs-secure-prod ${where} removes test users; the fix of each other stands beside it`,
  })
}
