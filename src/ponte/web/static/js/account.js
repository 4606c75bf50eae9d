// Passkeys at sign-in, as second factor and when they are made; links that are copied.
(() => {
  "use strict";
  const form = document.querySelector("[data-passkey]");
  if (form && window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
    const flaw = form.querySelector("[data-passkey-flaw]");
    form.hidden = false;
    form.querySelector("[data-passkey-go]").addEventListener("click", async () => {
      flaw.hidden = true;
      try {
        const credential = await ask(form);
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        flaw.hidden = false;
      }
    });
  }

  async function ask(form) {
    if (form.dataset.passkey === "create") return create(kept().creation_options.publicKey);
    const options = form.dataset.passkey === "login" ? await fetched(form.action) : kept();
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.request_options.publicKey) });
  }

  function create(options) {
    options.authenticatorSelection = { ...options.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }

  function kept() {
    return JSON.parse(document.getElementById("passkey-options").textContent);
  }

  async function fetched(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy-from]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copyFrom);
    field.select();
    navigator.clipboard?.writeText(field.value).then(() => button.classList.add("done"));
  });
})();
