/** `slipway doctor`: whether everything is as it must be for Slipway to keep its promises. */
import { checkInventory, type InventoryReport } from '../../drivers/inventoryCheck.ts';
import { inspectHub, type HubFacts } from '../../event-hub/index.ts';
import { listNodes } from '../../kube/index.ts';
import { failure, isFailure, showFailure, type Failure } from '../failure.ts';
import { hubFailure } from '../hubFailure.ts';
import { fromHub, readHeader } from '../reads.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { readNotices } from '../../views/notices.ts';
import { readLetters } from '../../views/dead.ts';
import { withSources } from '../perform.ts';
import { readLag } from '../../views/lag.ts';
import { readLedger, readRecords } from '../../views/records.ts';
import { show, tell } from '../show.ts';
import { inTime, type Sources } from '../sources.ts';
import { sentence } from '../text/sentence.ts';
import { renderDoctor } from './render.ts';
import { findings, type DoctorView } from './view.ts';
import { inventoryFindings } from './inventoryFindings.ts';

export type DoctorOptions = { readonly bmcInventory?: string };

export async function run(invocation: Invocation, options: DoctorOptions = {}): Promise<Exit> {
  return withSources(invocation, { hub: true, temporal: true }, async (sources) => {
    const inventory = options.bmcInventory ?? sources.places.local?.bmc?.inventory;
    const [examined, report] = await Promise.all([
      examine(sources, invocation.io.now()),
      examineInventory(sources, invocation, inventory),
    ]);
    const all = [...examined.findings, ...inventoryFindings(report)];
    const view: DoctorView = { ...examined, findings: all };
    show(invocation, view, renderDoctor);
    const bad = view.findings.filter(({ grade }) => grade === 'bad').length;
    if (bad === 0) return exits.done;
    return showFailure(invocation, failure('unhealthy', `${bad} of the findings are bad.`));
  });
}

async function examine(sources: Sources, asOf: number): Promise<DoctorView> {
  const [head, hub, ledger, lag, letters, notices, temporal, records] = await Promise.all([
    readHeader(sources, asOf),
    hubFacts(sources),
    fromHub(sources, readLedger),
    fromHub(sources, readLag),
    fromHub(sources, readLetters),
    fromHub(sources, readNotices),
    temporalTrouble(sources),
    fromHub(sources, readRecords),
  ]);
  const seen = {
    header: head.header,
    engine: head.engine,
    kube: isFailure(sources.kube) ? sources.kube : undefined,
    temporal,
    hub,
    ledger: isFailure(ledger) ? ledger : undefined,
    unreadable: isFailure(records) ? records : records.unreadable,
    lag,
    notices,
    dead: isFailure(letters) ? letters : letters.length,
    isLocal: sources.places.local !== undefined,
  };
  return {
    kind: 'Examination',
    version: 1,
    header: head.header,
    findings: findings(seen),
  };
}

const tellEveryMs = 2_000;

/** Without the nodes nobody can tell whose BMCs they are; that they could not be read is a finding by itself. */
async function examineInventory(
  { kube }: Sources,
  { io }: Invocation,
  inventoryFile: string | undefined,
): Promise<InventoryReport | undefined> {
  if (inventoryFile === undefined || isFailure(kube)) return undefined;
  const listed = await listNodes(kube);
  if (!listed.ok) return { kind: 'unreadable', why: listed.refusal.message };
  let tellAt = io.now() + tellEveryMs;
  return checkInventory({
    inventoryFile,
    nodes: listed.value,
    clock: io.now,
    signal: io.interrupted,
    onAsked: (asked, of) => {
      if (!io.screen.live || io.now() < tellAt) return;
      tellAt = io.now() + tellEveryMs;
      tell(io, `${asked} of ${of} BMCs asked`);
    },
  });
}

async function hubFacts({ hub }: Sources): Promise<HubFacts | Failure> {
  if (isFailure(hub)) return hub;
  const facts = await inspectHub(hub);
  return facts.kind === 'facts' ? facts : hubFailure('The hub could not be examined', facts);
}

/** A list from visibility proves namespace and search attributes. */
async function temporalTrouble({ temporal, cluster }: Sources): Promise<Failure | undefined> {
  if (isFailure(temporal)) return temporal;
  if (isFailure(cluster)) return cluster;
  const { listRepairs } = await import('../../temporal/index.ts');
  const listed = await inTime(temporal, () =>
    listRepairs(temporal, { cluster: cluster.id, limit: 1 }),
  );
  if (listed.kind === 'listed') return undefined;
  return failure('temporalFailed', sentence(`Repairs could not be listed: ${listed.why}`));
}
