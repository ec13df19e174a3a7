/** Addresses of servers as people give them; the answer is what is wrong, undefined if nothing is. */

const highestPort = 65_535;

/** One URL or host:port, or several with commas between them. */
export function natsMistake(text: string): string | undefined {
  const isRight = text.split(',').every(isNatsUrl);
  return isRight ? undefined : 'It must be a URL such as nats://127.0.0.1:4222.';
}

function isNatsUrl(text: string): boolean {
  const url = text.includes('://') ? text : `nats://${text}`;
  if (!/^(nats|tls|wss?):\/\/[^\s/]/.test(url) || !URL.canParse(url)) return false;
  const { hostname, port } = new URL(url);
  return hostname !== '' && port !== '0';
}

export function temporalMistake(text: string): string | undefined {
  const [, host = '', port = ''] = /^(\[[\dA-Fa-f:.]+\]|[\w.-]+):(\d{1,5})$/.exec(text) ?? [];
  const isRight = host !== '' && Number(port) >= 1 && Number(port) <= highestPort;
  return isRight ? undefined : 'It must be host:port, such as 127.0.0.1:7233.';
}
