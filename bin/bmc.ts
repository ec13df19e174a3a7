import { readFileSync } from 'node:fs';
import { serveHardware } from '../embedded/hardware/simulator.ts';
import { parseSimulatorConfig } from '../schemas/local/hardware.ts';

const [, , configFile = ''] = process.argv;
serveHardware(parseSimulatorConfig(readFileSync(configFile, 'utf8')));
