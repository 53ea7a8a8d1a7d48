// The stream of events. The browser reconnects and says its last id; where it gives up, a new stream goes on from there.

const AGAIN = 3000;

export function stream(handlers) {
  let last = '';
  const connect = () => {
    const source = new EventSource(last ? `/api/events?after=${encodeURIComponent(last)}` : '/api/events');
    const on = (name, handle) => source.addEventListener(name, (event) => {
      last = event.lastEventId;
      handle(JSON.parse(event.data));
    });
    on('hello', () => handlers.open());
    on('reset', () => handlers.open());
    on('alert', handlers.alert);
    on('incident', handlers.incident);
    source.addEventListener('error', () => {
      handlers.lost();
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN);
    });
  };
  connect();
}

// True if the first decimal version is the newer one; versions are longer than a Number is exact.
export function newer(one, other) {
  return other === undefined || BigInt(one) > BigInt(other);
}
