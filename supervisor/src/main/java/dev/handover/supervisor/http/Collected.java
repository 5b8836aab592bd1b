package dev.handover.supervisor.http;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures as they are put together for one reader. Nothing of it is kept, so no label ever used takes memory. */
final class Collected {
    private final Map<Metric, List<GaugeDataPointSnapshot>> gauges = new LinkedHashMap<>();
    private final Map<Metric, List<CounterDataPointSnapshot>> counters = new LinkedHashMap<>();
    private final Map<Metric, List<SummaryDataPointSnapshot>> summaries = new LinkedHashMap<>();
    private final Map<Metric, List<InfoDataPointSnapshot>> infos = new LinkedHashMap<>();

    /**
     * Prometheus knows doubles alone: above 2^53 a count is not told to the last unit.
     *
     * @param labels names and values, in turn, as with the methods below
     */
    void gauge(Metric metric, long value, String... labels) {
        gauge(metric, (double) value, labels);
    }

    void gauge(Metric metric, double value, String... labels) {
        gauges.computeIfAbsent(metric, first -> new ArrayList<>())
                .add(GaugeDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of(labels))
                        .build());
    }

    /** As for a {@linkplain #gauge(Metric, long, String...) gauge}. */
    void counter(Metric metric, long value, String... labels) {
        counter(metric, (double) value, labels);
    }

    void counter(Metric metric, double value, String... labels) {
        counters.computeIfAbsent(metric, first -> new ArrayList<>())
                .add(CounterDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of(labels))
                        .build());
    }

    void summary(Metric metric, long count, double sum, String... labels) {
        summaries
                .computeIfAbsent(metric, first -> new ArrayList<>())
                .add(SummaryDataPointSnapshot.builder()
                        .count(count)
                        .sum(sum)
                        .labels(Labels.of(labels))
                        .build());
    }

    void info(Metric metric, String... labels) {
        infos.computeIfAbsent(metric, first -> new ArrayList<>())
                .add(InfoDataPointSnapshot.builder().labels(Labels.of(labels)).build());
    }

    MetricSnapshots all() {
        List<MetricSnapshot> all = new ArrayList<>();
        gauges.forEach((metric, points) -> all.add(new GaugeSnapshot(metadata(metric), points)));
        counters.forEach((metric, points) -> all.add(new CounterSnapshot(metadata(metric), points)));
        summaries.forEach((metric, points) -> all.add(new SummarySnapshot(metadata(metric), points)));
        infos.forEach((metric, points) -> all.add(new InfoSnapshot(metadata(metric), points)));
        return new MetricSnapshots(all);
    }

    private static MetricMetadata metadata(Metric metric) {
        return new MetricMetadata(metric.base(), metric.help());
    }
}
