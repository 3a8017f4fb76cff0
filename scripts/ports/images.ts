import type { ImageReference } from '../core/image.js'

/** Every method is a read. */
export interface Images {
  /**
   * `sha256:…` of an image; undefined where the repository has no such tag or digest. Throws StackState where there is no
   * such repository, Refused where it may not be read.
   */
  digest(image: ImageReference): Promise<string | undefined>
}
