// The pages work without this. It says that script runs, as GOV.UK Frontend asks, and starts its parts.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
  const { initAll } = await import(document.body.dataset.frontend);
  initAll();
}
