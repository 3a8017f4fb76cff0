/** CloudFront takes a path with a dot for a file, which would not be found: a dot in an id is written in code. */
const segment = (id) => encodeURIComponent(id).replaceAll('.', '%2E')

export const procedurePath = (id) => `/sops/${segment(id)}`
export const draftPath = (id) => `/drafts/${segment(id)}`
