/** What a bucket, or the part of it below a prefix, holds. `bytes` is that of all versions together. */
export interface Contents {
  objects: number
  /** Versions that are not the newest of their key. */
  olderVersions: number
  deleteMarkers: number
  bytes: number
  /** False: counting ended early, there is more. */
  complete: boolean
}

export const noContents: Contents = { objects: 0, olderVersions: 0, deleteMarkers: 0, bytes: 0, complete: true }

/** One entry of a versioned listing. */
export interface StoredVersion {
  key: string
  versionId: string
  bytes: number
  latest: boolean
  deleteMarker: boolean
  /** By S3's clock. */
  modifiedAt?: Date | undefined
}

/** `contents` with these versions counted in. */
export function withVersions(contents: Contents, versions: readonly StoredVersion[]): Contents {
  const markers = versions.filter(({ deleteMarker }) => deleteMarker).length
  const newest = versions.filter(({ latest, deleteMarker }) => latest && !deleteMarker).length
  return {
    ...contents,
    objects: contents.objects + newest,
    olderVersions: contents.olderVersions + versions.length - markers - newest,
    deleteMarkers: contents.deleteMarkers + markers,
    bytes: versions.reduce((sum, { bytes }) => sum + bytes, contents.bytes),
  }
}

/** What several buckets hold together. */
export function sumContents(all: readonly Contents[]): Contents {
  return all.reduce(
    (sum, one) => ({
      objects: sum.objects + one.objects,
      olderVersions: sum.olderVersions + one.olderVersions,
      deleteMarkers: sum.deleteMarkers + one.deleteMarkers,
      bytes: sum.bytes + one.bytes,
      complete: sum.complete && one.complete,
    }),
    noContents,
  )
}

export function isEmpty({ objects, olderVersions, deleteMarkers }: Contents): boolean {
  return objects + olderVersions + deleteMarkers === 0
}

/** `12 objects, 3 older versions, 1 delete marker, 3.4 MB`. */
export function describeContents(contents: Contents): string {
  if (isEmpty(contents)) return 'empty'
  const { objects, olderVersions, deleteMarkers, bytes, complete } = contents
  const parts = [
    counted(objects, 'object'),
    ...(olderVersions === 0 ? [] : [counted(olderVersions, 'older version')]),
    ...(deleteMarkers === 0 ? [] : [counted(deleteMarkers, 'delete marker')]),
    describeBytes(bytes),
  ]
  return `${complete ? '' : 'more than '}${parts.join(', ')}`
}

/** `1 user`, `2 users`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** `512 bytes`, `3.4 MB`. */
export function describeBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return power === 0 ? counted(bytes, 'byte') : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}
