package dev.handover.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** Bars on a logarithmic scale, as SVG: what is 0 has none. */
final class BarChart {
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 720;
    private static final int LABEL_ANGLE = 90;
    private static final Font FONT = new Font("SansSerif", Font.PLAIN, 13);

    private final CategoryChart chart;

    /** @param least what the scale begins with */
    BarChart(String title, String unit, double least) {
        System.setProperty("java.awt.headless", "true");
        chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(unit)
                .build();
        chart.getStyler()
                .setYAxisLogarithmic(true)
                .setYAxisMin(least)
                .setXAxisLabelRotation(LABEL_ANGLE)
                .setXAxisLabelAlignmentVertical(AxesChartStyler.TextAlignment.Right)
                .setAxisTickLabelsFont(FONT)
                .setPlotGridVerticalLinesVisible(false)
                // Each dash of the usual ones would be drawn by itself.
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setChartBackgroundColor(Color.WHITE);
    }

    /** Bars of one colour, a name below each. */
    void add(String series, List<String> names, List<Double> values) {
        List<@Nullable Double> bars = new ArrayList<>();
        values.forEach(value -> bars.add(value > 0 ? value : null));
        chart.addSeries(series, names, bars);
    }

    void write(Path file) throws IOException {
        try {
            SVGGraphics2D graphics = new SVGGraphics2D(DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument("http://www.w3.org/2000/svg", "svg", null));
            graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
            chart.paint(graphics, WIDTH, HEIGHT);
            try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
                graphics.stream(out, true);
            }
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }
}
