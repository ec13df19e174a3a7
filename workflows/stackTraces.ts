/**
 * Loaded into the workflow's world before Temporal freezes it. Temporal notes a stack trace for every promise of a
 * workflow: in full they were a third of what a repair's decisions cost. One line still tells where an error was thrown.
 */
Error.stackTraceLimit = 1;
