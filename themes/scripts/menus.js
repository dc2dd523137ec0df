// Menus are <details>: here they also close by a click elsewhere and by Escape.
const open = () => document.querySelectorAll("details[data-menu][open]");

function shut(event) {
  for (const menu of open()) {
    if (event.type === "keydown") menu.querySelector("summary")?.focus();
    else if (menu.contains(event.target)) continue;
    menu.open = false;
  }
}

export function start() {
  document.addEventListener("click", shut);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut(event);
  });
}
