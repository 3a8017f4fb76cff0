const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** How long ago a time in ISO 8601 is, in its largest unit: `45 s`, `3 h`, `12 d`. */
export function describeAge(iso: string, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(iso).getTime()) / 1000))
  const unit = units.find(([, length]) => seconds >= length)
  return unit === undefined ? `${seconds} s` : `${Math.floor(seconds / unit[1])} ${unit[0]}`
}
