/* Passkeys: asks the server what to sign, has the browser sign it, sends the answer. Where a browser cannot do
   that, what needs it stays hidden. No eval and nothing inline. */
(() => {
  "use strict";
  const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON && PublicKeyCredential.parseCreationOptionsFromJSON && PublicKeyCredential.prototype.toJSON;
  if (!able) return;
  const ways = {
    use: async (publicKey) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) }),
    make: async (publicKey) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) }),
  };
  const ask = async (address, body) => {
    const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (answer.redirected) { location.assign(answer.url); return new Promise(() => {}); } // sign in first
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.problem || "");
    return said;
  };
  const go = async (part, way) => {
    const options = await ask(part.dataset.options, {});
    const credential = await ways[way](options);
    const name = part.querySelector("input");
    const said = await ask(part.dataset.answer, { credential: credential.toJSON(), back: part.dataset.back, name: name ? name.value : undefined });
    location.assign(said.location);
  };
  for (const part of document.querySelectorAll("[data-passkey]")) {
    const way = part.dataset.passkey;
    part.hidden = !ways[way];
    if (!ways[way]) continue;
    const button = part.querySelector("button"), problem = part.querySelector(".problem"), said = problem.textContent;
    button.addEventListener("click", async () => {
      button.disabled = true;
      problem.hidden = true;
      try {
        await go(part, way);
      } catch (error) {
        problem.textContent = (error.name === "Error" && error.message) || said; // the browser's own words are not for people
        problem.hidden = false;
      }
      button.disabled = false;
    });
  }
})();
