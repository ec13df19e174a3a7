/** The version of the code that decides, for the journal. */
import manifest from '../package.json' with { type: 'json' };

export const codeVersion = manifest.version;
