"""Styles for QGIS: lines as wide as their flow, coloured by its change as in the report; places by their kind."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from straits.export.features import Layer
from straits.report.drawing.legend import FLOW, IDLE
from straits.report.drawing.svg import BLUE, INK, VERMILION

#: Share of the largest flow below which a change is drawn as none, as on the maps of the report.
_NOTABLE = 0.005


def qml(layer: Layer) -> str:
    """Return the style of a layer as a QML document."""
    symbol = _line(layer) if layer.kind == "LineString" else _marker()
    labels = _labels("name") if layer.kind == "Point" else ""
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.28" styleCategories="Symbology|Labeling" labelsEnabled="{int(bool(labels))}">\n'
        f' <renderer-v2 type="singleSymbol" enableorderby="0">\n  <symbols>\n{symbol}  </symbols>\n </renderer-v2>\n'
        f"{labels}</qgis>\n"
    )


def _line(layer: Layer) -> str:
    # Each beside the largest flow of its own commodity: tonnes and containers have no common scale.
    largest = 'maximum("flow", group_by:="commodity")'
    width = f'if("flow" > 0, scale_linear("flow", 0, {largest}, 0.4, 4), 0.25)'
    colour = f"if(\"flow\" > 0, '{FLOW}', '{IDLE}')"
    if "change" in layer.frame:
        notable = f"{_NOTABLE} * {largest}"
        colour = (
            f"case when \"change\" < -{notable} then '{VERMILION}' when \"change\" > {notable} then '{BLUE}' "
            f"else {colour} end"
        )
    return _symbol("line", "SimpleLine", {"line_color": FLOW, "line_width": "0.6", "line_width_unit": "MM", "capstyle": "round"},
                   {"outlineWidth": width, "outlineColor": colour})  # fmt: skip


def _marker() -> str:
    shape = "case when \"kind\" in ('port','terminal') then 'square' when \"kind\"='refinery' then 'diamond' else 'circle' end"
    fill = f"if(\"kind\" in ('market','city'), '#ffffff', '{INK}')"
    fixed = {"name": "circle", "color": INK, "outline_color": INK, "size": "1.8", "size_unit": "MM"}
    return _symbol("marker", "SimpleMarker", fixed,
                   {"name": shape, "fillColor": fill})  # fmt: skip


def _symbol(kind: str, layer: str, fixed: dict[str, str], by_field: dict[str, str]) -> str:
    options = "".join(
        f'      <Option name={quoteattr(k)} type="QString" value={quoteattr(v)}/>\n' for k, v in fixed.items()
    )
    properties = "".join(
        f'        <Option name={quoteattr(name)} type="Map"><Option name="active" type="bool" value="true"/>'
        f'<Option name="expression" type="QString" value={quoteattr(text)}/><Option name="type" type="int" value="3"/></Option>\n'
        for name, text in by_field.items()
    )
    return (
        f'   <symbol name="0" type="{kind}" alpha="1">\n    <layer class="{layer}" enabled="1" pass="0" locked="0">\n'
        f'     <Option type="Map">\n{options}     </Option>\n'
        f'     <data_defined_properties>\n      <Option type="Map">\n       <Option name="name" type="QString" value=""/>\n'
        f'       <Option name="properties" type="Map">\n{properties}       </Option>\n'
        '       <Option name="type" type="QString" value="collection"/>\n      </Option>\n     </data_defined_properties>\n'
        "    </layer>\n   </symbol>\n"
    )


def _labels(field: str) -> str:
    return (
        ' <labeling type="simple">\n  <settings calloutType="simple">\n'
        f'   <text-style fieldName={quoteattr(field)} fontSize="8" textColor="27,31,36,255" isExpression="0"/>\n'
        '   <placement placement="6" dist="1"/>\n  </settings>\n </labeling>\n'
    )
