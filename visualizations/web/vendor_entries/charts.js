// Only the charts that pages draw, and SVG only: it prints, and screen readers reach its text.
import { LineChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([AriaComponent, GridComponent, LegendComponent, LineChart, MarkLineComponent, SankeyChart, SVGRenderer, TooltipComponent]);
export { init };
