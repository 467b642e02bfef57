export { Fragment, h, render } from "preact";
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => any;
