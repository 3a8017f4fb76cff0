import { type PoolUser, nameOf, parseUserName, stateOf } from '../core/users.js'
import type { VariableName } from '../core/variables.js'
import type { TargetContext } from '../flows/context.js'
import type { ListedUser } from '../flows/users/list-users.js'
import type { UserChange } from '../flows/users/users.js'
import type { Command } from './command.js'

const common = { group: 'Users', acts: 'target' } as const
const passwords: VariableName[] = ['PASSWORD', 'PASSWORD_FILE']
const asked = 'The password comes from PASSWORD, PASSWORD_FILE or a hidden prompt. In prod it asks first.'

export const userCommands: Command[] = [
  {
    ...common,
    name: 'rs-list-users',
    summary: 'Every user with groups, state and day of creation',
    details: 'Pages to the end; the groups of all users cost one listing per group.',
    example: 'make rs-list-users ENV=stage ORG=myorg',
    variables: [],
    run: list,
  },
  {
    ...common,
    name: 'rs-show-user',
    summary: 'One user: name, groups, state, day of creation',
    details: 'Found by the exact e-mail address.',
    example: 'make rs-show-user ENV=stage ORG=myorg USER_NAME=bob@myorg.com',
    variables: ['USER_NAME'],
    run: show,
  },
  {
    ...common,
    name: 'rs-list-groups',
    summary: 'The groups, the strongest first, with the number of their members',
    details: 'What each of them may do: docs/users.md.',
    example: 'make rs-list-groups ENV=stage ORG=myorg',
    variables: [],
    run: listGroups,
  },
  {
    ...common,
    name: 'rs-add-user',
    summary: 'Add a user to the pool, with password and group; what is already so stays',
    details: `No mail is sent. Who is disabled is enabled again. The password of a user who has one is left alone: rs-set-password changes it. ${asked}`,
    example: 'make rs-add-user ENV=stage ORG=myorg USER_NAME=bob@myorg.com GROUP=RESEARCHERS',
    variables: ['USER_NAME', 'GROUP', 'NAME', ...passwords, 'YES'],
    run: async (context: TargetContext) =>
      changed(await (await import('../flows/users/users.js')).addUser(context), context),
  },
  {
    ...common,
    name: 'rs-set-password',
    summary: 'Set a user’s password, for good',
    details: `The user need not change it; who is signed in stays so. ${asked}`,
    example: 'make rs-set-password ENV=stage ORG=myorg USER_NAME=bob@myorg.com',
    variables: ['USER_NAME', ...passwords, 'YES'],
    run: async (context: TargetContext) =>
      changed(await (await import('../flows/users/users.js')).setPassword(context), context),
  },
  {
    ...common,
    name: 'rs-set-group',
    summary: 'Put a user into exactly this group, or into exactly these',
    details: 'GROUP is one group or several by comma; out of all others he goes. In prod it asks first.',
    example: 'make rs-set-group ENV=stage ORG=myorg USER_NAME=bob@myorg.com GROUP=LAB_MANAGERS',
    variables: ['USER_NAME', 'GROUP', 'YES'],
    run: async (context: TargetContext) =>
      changed(await (await import('../flows/users/users.js')).setGroups(context), context),
  },
  {
    ...common,
    name: 'rs-remove-user',
    summary: 'Remove one user from the pool; what he stored stays',
    details: 'Has env/org typed; YES=true answers.',
    example: 'make rs-remove-user ENV=stage ORG=myorg USER_NAME=bob@myorg.com',
    variables: ['USER_NAME', 'YES'],
    destroys: true,
    run: async (context: TargetContext) =>
      changed(await (await import('../flows/users/users.js')).removeUser(context), context, 'is not there'),
  },
  {
    ...common,
    name: 'rs-create-test-users',
    summary: 'One test user in each group, all with one password; never in prod',
    details:
      'Their addresses end with test-users.invalid, a domain that nobody can own. A password that is given is set.',
    example: 'make rs-create-test-users ENV=dev ORG=demo',
    variables: passwords,
    run: createTests,
  },
  {
    ...common,
    name: 'rs-list-test-users',
    summary: 'The test users that are there',
    details: 'Every user whose address ends with test-users.invalid. Refused in prod: rs-secure-prod does it there.',
    example: 'make rs-list-test-users ENV=dev ORG=demo',
    variables: [],
    async run(context: TargetContext) {
      const { findTestUsers } = await import('../flows/users/test-users.js')
      await listed(await findTestUsers(context), 'no test user yet: make rs-create-test-users', context)
    },
  },
  {
    ...common,
    name: 'rs-remove-test-users',
    summary: 'Remove every test user',
    details: 'Has env/org typed; YES=true answers. Refused in prod: rs-secure-prod does it there.',
    example: 'make rs-remove-test-users ENV=dev ORG=demo',
    variables: ['YES'],
    async run(context: TargetContext) {
      const changes = await (await import('../flows/users/test-users.js')).removeTestUsers(context)
      const text = changes.map(({ user }) => `${user} removed`).join('\n') || 'there is no test user'
      context.report.emit({ type: 'result', text, data: { users: changes } })
    },
  },
  {
    ...common,
    name: 'rs-secure-prod',
    summary: 'Remove test users, and tell what else does not belong in production',
    details:
      'Users outside groups, weak settings of pool and client, open CORS, logged request data: each with its fix. Has ' +
      'env/org typed before it removes; YES=true answers. CHECK=true removes nothing and ends with exit code 7 where ' +
      'there is a finding. Works in every environment.',
    example: 'make rs-secure-prod ENV=prod ORG=myorg CHECK=true',
    variables: ['CHECK', 'YES'],
    run: secure,
  },
]

/** One line about a user: what was done, or why nothing had to be. */
function changed(change: UserChange, { report }: TargetContext, otherwise = 'unchanged'): void {
  const { user, done } = change
  const outcome = done.length === 0 ? 'unchanged' : 'changed'
  report.emit({ type: 'result', text: `${user} ${done.join(', ') || otherwise}`, data: { outcome, ...change } })
}

async function list(context: TargetContext): Promise<void> {
  const { findStackPool } = await import('../flows/users/stack-pool.js')
  const { listUsers } = await import('../flows/users/list-users.js')
  const { poolId } = await findStackPool(context)
  const users = await listUsers(poolId, context.ports.userPools)
  await listed(users, 'no user yet: make rs-add-user', context)
}

async function listed(users: readonly ListedUser[], none: string, { report, target }: TargetContext): Promise<void> {
  const { columns } = await import('../report/ledger-text.js')
  if (users.length === 0) report.emit({ type: 'note', text: `${none} ENV=${target.env} ORG=${target.org}` })
  const rows = users.map((user) => [
    nameOf(user),
    user.name ?? '-',
    user.groups.join(',') || '-',
    stateOf(user),
    user.createdAt?.slice(0, 10) ?? '-',
  ])
  const text = users.length === 0 ? '' : columns([['user', 'name', 'groups', 'state', 'created'], ...rows]).join('\n')
  report.emit({ type: 'result', text, data: users.map(dataOf) })
}

function dataOf(user: PoolUser & { groups: string[] }): unknown {
  const { username, email, name, groups, enabled, status, createdAt } = user
  return { user: nameOf(user), username, email, name, groups, enabled, status, createdAt }
}

async function show(context: TargetContext): Promise<void> {
  const { findStackPool } = await import('../flows/users/stack-pool.js')
  const { existingUser } = await import('../flows/users/users.js')
  const { columns } = await import('../report/ledger-text.js')
  const email = parseUserName(context.inputs.USER_NAME)
  const { poolId } = await findStackPool(context)
  const user = await existingUser(poolId, email, context)
  const groups = await context.ports.userPools.groupsOf(poolId, user.username)
  const rows = [
    ['user', nameOf(user)],
    ['name', user.name ?? '-'],
    ['groups', groups.join(', ') || '- (may do nothing: make rs-set-group)'],
    ['state', stateOf(user)],
    ['created', user.createdAt ?? '-'],
    ['id', user.username],
  ]
  context.report.emit({ type: 'result', text: columns(rows).join('\n'), data: dataOf({ ...user, groups }) })
}

async function listGroups(context: TargetContext): Promise<void> {
  const { findStackPool } = await import('../flows/users/stack-pool.js')
  const { listMembers } = await import('../flows/users/list-users.js')
  const { columns } = await import('../report/ledger-text.js')
  const { poolId } = await findStackPool(context)
  const members = await listMembers(poolId, context.ports.userPools)
  const rows = members.map(({ group, usernames }) => [group.name, String(usernames.size), group.description ?? ''])
  context.report.emit({
    type: 'result',
    text: columns([['group', 'members', 'description'], ...rows]).join('\n'),
    data: members.map(({ group, usernames }) => ({ ...group, members: usernames.size })),
  })
}

async function createTests(context: TargetContext): Promise<void> {
  const changes = await (await import('../flows/users/test-users.js')).createTestUsers(context)
  const text = changes.map(({ user, done }) => `${user} ${done.join(', ') || 'unchanged'}`).join('\n')
  context.report.emit({ type: 'result', text, data: { users: changes } })
}

async function secure(context: TargetContext): Promise<void> {
  const secured = await (await import('../flows/users/secure-target.js')).secureTarget(context)
  const lines = [
    ...secured.removed.map((user) => `removed test user ${user}`),
    ...secured.findings.map(({ what, fix }) => `${what}: ${fix}`),
  ]
  context.report.emit({ type: 'result', text: lines.join('\n') || 'nothing to find', data: secured })
}
