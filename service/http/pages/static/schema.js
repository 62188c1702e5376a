// The viewer follows the system's light or dark, as the pages do.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  url: "schema/openapi.json",
  dom_id: "#viewer",
  validatorUrl: null,
  // The page has a main part already.
  onComplete: () => document.querySelector("#viewer main")?.setAttribute("role", "presentation"),
});
