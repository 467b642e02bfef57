/** Who works by keyboard goes on where the work is: on a new page in its content, beside what is gone, on what was busy. */

/** @type {HTMLElement | null} what had the focus last and did not leave it by itself */
let last = null;
/** @type {Element[]} what `last` stood in, from the inside out */
let around = [];

const nowhere = () => document.activeElement === document.body && !document.querySelector("dialog[open]");

/** Go to the content of a page that was just opened, unless it has sent the focus somewhere itself. */
export function toContent() {
  const main = document.getElementById("main");
  if (!main?.contains(document.activeElement) && !document.querySelector("dialog[open]")) main?.focus({ preventScroll: true });
}

/** The heading of what is left around the last; of a page, its content. */
function toWhatIsLeft() {
  const left = around.find((each) => each.isConnected && each !== document.body);
  const main = document.getElementById("main");
  const heading = main?.contains(left ?? null) && left !== main ? left?.querySelector("h1, h2, h3, h4") : null;
  if (heading instanceof HTMLElement && !heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  (heading instanceof HTMLElement ? heading : main)?.focus({ preventScroll: true });
}

/** Watch over it from now on: browsers drop the focus to nowhere where its element goes, or is disabled while something runs. */
export function keepFocus() {
  addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    [last, around] = [target, []];
    for (let each = target.parentElement; each; each = each.parentElement) around.push(each);
  });
  addEventListener("focusout", () => queueMicrotask(() => { // what goes or is disabled is so by then
    if (nowhere() && last?.isConnected && !last.matches(":disabled")) last = null;
  }));
  new MutationObserver(() => {
    if (!last || !nowhere()) return;
    if (!last.isConnected) toWhatIsLeft();
    else if (!last.matches(":disabled")) last.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
}
