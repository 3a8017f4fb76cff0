import path from 'node:path'

/**
 * The file of the page that a path names. As CloudFront has it (the template's viewer-request function), a path whose last
 * part holds no dot is a place inside the page, which routes by itself; one that is written as %2E is part of such a place.
 * Undefined for hidden files and for what lies outside the folder: they are nobody's.
 * @param {string} pathname of a URL, not decoded @param {string} folder @returns {string | undefined}
 */
export function fileOf(pathname, folder) {
  const isWellKnown = pathname.startsWith('/.well-known/')
  if (!isWellKnown && !pathname.split('/').pop()?.includes('.')) return path.join(folder, 'index.html')
  const name = path.normalize(pathname)
  const isHidden = name.split('/').some((part) => part.startsWith('.') && part !== '.well-known')
  return isHidden || /[%\\]/.test(name) ? undefined : path.join(folder, name)
}
