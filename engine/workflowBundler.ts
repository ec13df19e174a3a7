/** The process that bundles the workflows for an engine. */
import { answerParent } from '../std/inChild.ts';
import { bundleWorkflows } from './workflowBundle.ts';

answerParent(async () => (await bundleWorkflows()).code);
