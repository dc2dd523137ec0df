// Does to a page what a reader might: every event at up to 300 elements (those with handlers first), then a click. A link is followed only where
// it would run script: to lead elsewhere is what links are for. (Interactive outputs are left to drawn.js.) Says what stands in the page that sanitising
// should have taken out.
(() => {
  const most = 300;
  const events = `abort animationend animationstart auxclick beforeinput beforetoggle blur change click contextmenu copy cut dblclick dragstart drop
    error focus focusin input keydown keyup load mousedown mouseenter mouseover mouseup paste pointerdown scroll submit toggle touchstart wheel`.split(/\s+/);
  const all = [...Document.prototype.querySelectorAll.call(document, "body, body *")].filter((element) => !element.matches?.("button.run"));
  const of = (element) => [...(Element.prototype.getAttributeNames.call(element) ?? [])].map((name) => [name, Element.prototype.getAttribute.call(element, name)]);
  const handlers = (element) => of(element).some(([name, value]) => /^on|^style$/i.test(name) || /script:/i.test(value));
  const address = (element) => Element.prototype.getAttribute.call(element, "href") ?? Element.prototype.getAttribute.call(element, "xlink:href") ?? "";
  const harmless = (url) => { try { return new URL(url, document.baseURI).protocol !== "javascript:"; } catch { return true; } };
  addEventListener("click", (event) => {
    const link = event.composedPath().find((element) => element instanceof Element && /^(a|area)$/i.test(element.localName));
    if (link && harmless(address(link))) event.preventDefault();
  }, true);
  const act = (element, names) => {
    for (const name of names) EventTarget.prototype.dispatchEvent.call(element, new Event(name, { bubbles: true, cancelable: true }));
    EventTarget.prototype.dispatchEvent.call(element, new MouseEvent("click", { bubbles: true, cancelable: true, composed: true }));
  };
  const active = all.filter(handlers);
  for (const element of active.slice(0, most)) act(element, events);
  for (const element of all.filter((each) => !active.includes(each)).slice(0, most - active.length)) act(element, ["keydown", "mouseover"]);
  const ours = (element) => element.localName === "iframe" && ((element.getAttribute("sandbox") === "allow-scripts" && /\/assets\/frame-[0-9a-f]+\.html$/.test(element.src)) || /^[\w.-]+\.pdf$/.test(element.getAttribute("src")));
  const left = [];
  for (const element of all) {
    for (const [name, value] of of(element)) {
      const url = /^(href|src|action|formaction|data|poster|xlink:href|srcdoc|background|ping|srcset)$/i.test(name) ? value.replace(/[\u0000-\u0020]/g, "") : "";
      if (/^on/i.test(name) || /^(?!https?:|mailto:|data:image\/)[a-z][a-z0-9+.-]*:/i.test(url) || /^(srcdoc|action|formaction|ping)$/i.test(name)) {
        left.push(`<${element.localName} ${name}="${value.slice(0, 60)}">`);
      }
    }
    if (/^(script|style|iframe|object|embed|base|meta|link|form|svg|annotation-xml|maction|mglyph|template|frame|frameset)$/i.test(element.localName) && !ours(element)) left.push(`<${element.localName}>`);
  }
  return left.slice(0, 5);
})();
