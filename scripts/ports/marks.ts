import type { Account } from './account.js'
import type { Buckets, Functions, Logs, Stacks, UserPools } from './cloud.js'
import type { Shell } from './machine.js'
import type { Cdn } from './page.js'
import type { Images } from './images.js'
import type { Metrics } from './metrics.js'
import type { Tables } from './tables.js'

/** Whether a call only looks, or changes something: what may be written is guarded at this boundary, and only here. */
type Marks<Port> = Record<keyof Port, 'read' | 'write'>

export interface GuardedPorts {
  account: Account
  buckets: Buckets
  cdn: Cdn
  functions: Functions
  images: Images
  logs: Logs
  metrics: Metrics
  shell: Shell
  stacks: Stacks
  tables: Tables
  userPools: UserPools
}

/** Every method of every port that reaches the cloud; a new one does not compile until it is marked. */
export const portMarks: { [Name in keyof GuardedPorts]: Marks<GuardedPorts[Name]> } = {
  account: { caller: 'read', apiGatewayLogRole: 'read', quotas: 'read', setApiGatewayLogRole: 'write' },
  buckets: {
    presence: 'read',
    read: 'read',
    readVersion: 'read',
    readDated: 'read',
    etag: 'read',
    keys: 'read',
    policy: 'read',
    kmsKey: 'read',
    isPrivate: 'read',
    expiresLocks: 'read',
    createPrivate: 'write',
    expireLocks: 'write',
    put: 'write',
    upload: 'write',
    putNew: 'write',
    replace: 'write',
    removeIf: 'write',
    versions: 'read',
    removeVersions: 'write',
    removeBucket: 'write',
    etags: 'read',
    hasVersion: 'read',
    putFile: 'write',
    restoreFile: 'write',
    removeFiles: 'write',
  },
  cdn: { pathPatterns: 'read', invalidate: 'write', isInvalidated: 'read' },
  functions: {
    state: 'read',
    alias: 'read',
    invoke: 'read',
    versions: 'read',
    code: 'read',
    image: 'read',
    deleteVersion: 'write',
    updateCode: 'write',
    publish: 'write',
    moveAlias: 'write',
  },
  images: { digest: 'read' },
  logs: { lastLines: 'read', events: 'read', hasGroup: 'read', removeGroup: 'write' },
  metrics: { figures: 'read', alarmsOn: 'read' },
  shell: { run: 'write' },
  stacks: {
    describe: 'read',
    list: 'read',
    resources: 'read',
    eventsSince: 'read',
    eventsBackTo: 'read',
    validationErrors: 'read',
    changeSetErrors: 'read',
    lastEventId: 'read',
    changeSetArns: 'read',
    changeSet: 'read',
    template: 'read',
    originalTemplate: 'read',
    detectDrift: 'read',
    driftDetection: 'read',
    resourceDrifts: 'read',
    createChangeSet: 'write',
    createImportSet: 'write',
    executeImport: 'write',
    executeChangeSet: 'write',
    updateParameters: 'write',
    continueRollback: 'write',
    rollBack: 'write',
    deleteChangeSet: 'write',
    deleteStack: 'write',
    protectFromTermination: 'write',
    allowTermination: 'write',
  },
  tables: { countItems: 'read' },
  userPools: {
    passwordPolicy: 'read',
    user: 'read',
    groupsOf: 'read',
    group: 'read',
    users: 'read',
    groups: 'read',
    members: 'read',
    settings: 'read',
    signIn: 'read',
    createUser: 'write',
    createGroup: 'write',
    addToGroup: 'write',
    removeFromGroup: 'write',
    setName: 'write',
    enableUser: 'write',
    setPassword: 'write',
    findByName: 'read',
    clientsByName: 'read',
    look: 'read',
    usernames: 'read',
    countUsers: 'read',
    liftProtection: 'write',
    removeUser: 'write',
    removeDomain: 'write',
    removePool: 'write',
  },
}
