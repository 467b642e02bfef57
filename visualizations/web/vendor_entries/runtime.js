// The one copy of Preact that every module shares: two copies would not know each other's hooks.
import { h } from "preact";
import htm from "htm";

export { Fragment, h, render } from "preact";
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal } from "@preact/signals";
export const html = htm.bind(h);
