/** The local stack: real servers as child processes. */
export { endStack } from './dataDir.ts';
export { StackFailure } from './failure.ts';
export { isFree } from './ports.ts';
export { startStack, type Stack, type StackOptions } from './stack.ts';
