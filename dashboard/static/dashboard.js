// The pages work without this. It says that script runs, as GOV.UK Frontend asks, and starts its parts.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
  const { initAll } = await import(document.body.dataset.frontend);
  initAll();
}

// The queue asks whether anything new was told, and takes the new list in. Without script there is "Look again".
const list = document.getElementById("alerts");
const EVERY = 20000;

async function takeIn() {
  const asked = await fetch(list.dataset.news, { headers: { Accept: "application/json" } });
  if (!asked.ok) return asked.status < 500; // signed out: nothing more to ask
  const { told } = await asked.json();
  // Nothing moves under somebody who is in the list.
  if (told === list.dataset.told || list.contains(document.activeElement)) return false;
  const answer = await fetch(location.href);
  const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("alerts");
  if (!fresh) return true;
  list.replaceChildren(...fresh.childNodes);
  list.dataset.told = fresh.dataset.told;
  document.getElementById("news").textContent = "The list has changed, and is up to date again.";
  return false;
}

if (list) {
  const again = () => setTimeout(async () => { if (!(await takeIn().catch(() => false))) again(); }, EVERY);
  again();
}

// A page that is left open shows nothing once its session has ended, wherever that was; asking prolongs no session.
// Nor does it where nobody answered for half an hour.
const MINUTE = 60000;
const UNANSWERED = 30 * MINUTE;

if (document.body.dataset.session !== undefined) {
  let answered = Date.now();
  const leave = () => { document.body.replaceChildren(); location.replace("/sign-in"); };
  const ask = async () => {
    const headers = { Accept: "application/json", "X-Asked-By": "page" };
    const asked = await fetch(document.body.dataset.session, { headers }).catch(() => null);
    if (asked?.status === 401) return leave();
    if (asked?.ok) answered = Date.now();
    else if (Date.now() > answered + UNANSWERED) leave();
  };
  setInterval(ask, MINUTE);
  addEventListener("pageshow", (shown) => { if (shown.persisted) ask(); });
}
