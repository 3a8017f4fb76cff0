/** How one property of a resource is, against what the template says. */
export interface PropertyDrift {
  /** JSON pointer: `/Environment/Variables/LEVEL`. */
  path: string
  expected: string
  actual: string
}

export interface ResourceDrift {
  logicalId: string
  type: string
  /** CloudFormation's word: IN_SYNC, MODIFIED, DELETED, NOT_CHECKED, UNKNOWN, UNSUPPORTED. */
  status: string
  differences: PropertyDrift[]
}

export interface DriftReport {
  /** Changed past CloudFormation by somebody else, without what we do there ourselves. */
  drifted: ResourceDrift[]
  /** How many differ only by what this tool itself does past CloudFormation. */
  ours: number
  inSync: number
  /** Types, with their number, that were not compared. */
  unchecked: Readonly<Record<string, number>>
}

/**
 * What this tool changes past the template on purpose: `live` moves with each release, and code that was deployed alone
 * is newer than the stack's.
 */
const ownDifferences: readonly { type: string; path: RegExp }[] = [
  { type: 'AWS::Lambda::Alias', path: /^\/(FunctionVersion|RoutingConfig)(\/|$)/ },
  { type: 'AWS::Lambda::Function', path: /^\/Code(\/|$)/ },
]

/** Sorts what drift detection found; `all` are the stack's resources, of which some may not have been compared. */
export function reportDrift(
  found: readonly ResourceDrift[],
  all: readonly { logicalId: string; type: string }[],
): DriftReport {
  const foreign = found.map((one) => ({
    ...one,
    differences: one.differences.filter(({ path }) => !isOwn(one.type, path)),
  }))
  const drifted = foreign.filter(
    ({ status, differences }) => status === 'DELETED' || (status === 'MODIFIED' && differences.length > 0),
  )
  const checked = new Set(
    found.filter(({ status }) => ['IN_SYNC', 'MODIFIED', 'DELETED'].includes(status)).map(({ logicalId }) => logicalId),
  )
  const unchecked: Record<string, number> = {}
  for (const { logicalId, type } of all) if (!checked.has(logicalId)) unchecked[type] = (unchecked[type] ?? 0) + 1
  return {
    drifted,
    ours: foreign.filter(({ status, differences }) => status === 'MODIFIED' && differences.length === 0).length,
    inSync: found.filter(({ status }) => status === 'IN_SYNC').length,
    unchecked,
  }
}

function isOwn(type: string, path: string): boolean {
  return ownDifferences.some((one) => one.type === type && one.path.test(path))
}
