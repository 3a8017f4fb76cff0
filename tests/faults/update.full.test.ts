import { holdCutMatrix } from './support/cut-matrix.js'

await holdCutMatrix('an update of code, configuration and parameters', 'update')
