/** The version of this code. */
import manifest from '../package.json' with { type: 'json' };

export const codeVersion = manifest.version;
