"use strict";

const part = (id) => document.getElementById(id);

// What kind of device this is, as far as its browser says.
function deviceName() {
  const agent = navigator.userAgent;
  const system = ["iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux"]
    .find((name) => agent.includes(name)) ?? "Unknown";
  const browser = ["Firefox", "Edg", "Chrome", "Safari"].find((name) => agent.includes(name));
  return `${browser ?? "Browser"} on ${system}`;
}

async function confirm(event) {
  event.preventDefault();
  const button = event.submitter ?? part("confirm").querySelector("button");
  const failure = part("failure");
  button.disabled = true;
  failure.hidden = true;
  try {
    const response = await fetch("/api/v1/pairings:confirm", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code: part("code").value, deviceName: part("device").value }),
    });
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.error.message);
    }
    part("token").textContent = answer.secret;
    part("confirm").hidden = true;
    part("paired").hidden = false;
  } catch (error) {
    failure.textContent = error.message;
    failure.hidden = false;
    button.disabled = false;
  }
}

async function copy() {
  const token = part("token");
  try {
    await navigator.clipboard.writeText(token.textContent);
    part("copy").textContent = "Copied";
  } catch {
    // Without TLS a page may not: what is selected can be copied by hand.
    getSelection().selectAllChildren(token);
  }
}

part("host").textContent = location.host;
part("code").value = decodeURIComponent(location.hash.slice(1)).toUpperCase();
part("device").value = deviceName();
part("confirm").addEventListener("submit", confirm);
part("copy").addEventListener("click", copy);
// The code stays out of the history.
history.replaceState(null, "", location.pathname);
