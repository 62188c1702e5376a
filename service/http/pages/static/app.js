// What pages gain by JavaScript. All of them work without it.
const announcement = () => document.getElementById("announcement");

function announce(text) {
  announcement().textContent = "";
  setTimeout(() => { announcement().textContent = text; }, 50); // a change that assistive technology notices
}

async function copy(button) {
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch { // not over plain HTTP
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
  announce("The id was copied.");
}

document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

// An answer that is no page, such as one of a load balancer, leaves the page and what was typed into it as they are.
document.addEventListener("htmx:beforeSwap", (event) => {
  const type = event.detail.xhr.getResponseHeader("content-type") ?? "";
  if (type.startsWith("text/html") && event.detail.xhr.responseText.includes('id="main"')) return;
  event.detail.shouldSwap = false;
  fail();
});
document.addEventListener("htmx:sendError", fail);

function fail() {
  const text = "The service did not answer. Nothing on this page has changed; try again.";
  let alert = document.getElementById("unanswered");
  if (!alert) {
    alert = document.createElement("p");
    alert.id = "unanswered";
    alert.className = "alert";
    document.querySelector("h1").after(alert);
  }
  alert.textContent = text;
  announce(text);
}

document.addEventListener("htmx:afterSettle", () => {
  const news = document.querySelector("[data-announce]");
  if (news) announce(news.innerText);
  if (document.activeElement === document.body) document.getElementById("list")?.focus();
});
