// Publishes one event through JoinedUp's HTTP gateway, and asks what became of it.
// Node 18 or later, no package. NODE_EXTRA_CA_CERTS names the operator's ca.pem, for https.
const {
  JOINEDUP_GATEWAY_URL: gateway = "http://127.0.0.1:8322",
  JOINEDUP_GATEWAY_CLIENT_ID: id,
  JOINEDUP_GATEWAY_CLIENT_SECRET: secret,
} = process.env;

const answer = await fetch(`${gateway}/token`, {
  method: "POST",
  body: new URLSearchParams({ grant_type: "client_credentials", client_id: id, client_secret: secret }),
});
if (!answer.ok) throw new Error(`No token: ${answer.status} ${await answer.text()}`);
const { access_token: token } = await answer.json();
const headers = { Authorization: `Bearer ${token}` };

const event = {
  type: "ApReviewHeld",
  source_record_id: "placement/17/review/1", // your own key of the record
  revision: 1, // its version; a correction has a higher one
  identifiers: [{ scheme: "UPN", value: "K330400125001" }],
  held_on: "2026-10-16",
};

// Sending again is always safe: what had arrived is recognised.
async function publish(event, attempts = 5) {
  const sent = await fetch(`${gateway}/events`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify(event),
  });
  if (sent.status === 202) return (await sent.json()).events[0].event_id;
  const problem = await sent.json(); // RFC 9457: detail says what to do, errors which fields
  if (![429, 503].includes(sent.status) || attempts === 1) throw new Error(JSON.stringify(problem));
  const seconds = Number(sent.headers.get("retry-after") ?? 5);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return publish(event, attempts - 1);
}

const eventId = await publish(event);
console.log(`accepted ${eventId}`);
const receipt = await fetch(`${gateway}/events/${eventId}`, { headers });
if (receipt.ok) console.log((await receipt.json()).meaning);
