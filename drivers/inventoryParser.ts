/** The process that parses a large BMC inventory for another one. */
import { parseBmcInventory } from '../schemas/config/bmcInventory.ts';
import { answerParent } from '../std/inChild.ts';

answerParent((path = '', text = '') => parseBmcInventory({ path, text }));
