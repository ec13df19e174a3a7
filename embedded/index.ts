/** The local stack: real servers as child processes. */
export { startStack, type Stack, type StackOptions } from './stack.ts';
