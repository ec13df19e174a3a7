/** The engine: everything that heals, in one process. */
export { EngineFailure } from './options.ts';
export { runEngine } from './run.ts';
