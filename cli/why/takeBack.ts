/** How a person takes a node back without any part of Slipway: plain kubectl, in the order that is safe. */
import { marks } from '../../domain/vocabulary/marks.ts';
import { quote } from '../text/quote.ts';

/** The hold comes first: from then on nothing of Slipway touches the node, whatever runs or does not run. */
export function takeBackCommands(node: string, kubectl: string): string[] {
  const name = quote(node);
  const keys = [marks.isolation, marks.handedOver].map((key) => `${key}-`).join(' ');
  return [
    `${kubectl} annotate node ${name} --overwrite ${marks.hold}=${quote('taken back by hand')}`,
    `${kubectl} uncordon ${name}`,
    `${kubectl} annotate node ${name} ${keys}`,
    `${kubectl} label pods -A --field-selector ${quote(`spec.nodeName=${node}`)} ${marks.repair}-`,
  ];
}
