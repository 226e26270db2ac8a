using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Semblance.Server.Observability;

/// <summary>Collects the measurements of a meter and writes them in the text format of Prometheus (version 0.0.4).</summary>
internal sealed class PrometheusText : IDisposable
{
    /// <summary>The content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Returns all measurements.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
        {
            foreach (var (name, family) in _families.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                text.Append("# HELP ").Append(name).Append(' ').Append(family.Instrument.Description).Append('\n');
                text.Append("# TYPE ").Append(name).Append(' ').Append(family.Kind).Append('\n');
                foreach (var (labels, series) in family.Series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    series.Write(text, name, labels, family.Buckets);
                }
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        lock (_gate)
        {
            var kind = instrument switch
            {
                Counter<long> => "counter",
                Histogram<long> or Histogram<double> => "histogram",
                _ => "gauge",
            };
            var name = NameOf(instrument, kind);
            if (!_families.TryGetValue(name, out var family))
            {
                _families[name] = family = new Family(instrument, kind, Buckets(instrument), new(StringComparer.Ordinal));
            }

            if (!family.Series.TryGetValue(labels, out var series))
            {
                family.Series[labels] = series = new Series(kind == "histogram" ? new long[family.Buckets.Length] : null);
            }

            series.Add(value, kind == "gauge", family.Buckets);
        }
    }

    // Prometheus names have the unit at the end, and counters "_total".
    private static string NameOf(Instrument instrument, string kind)
    {
        var name = instrument.Name.Replace('.', '_');
        return kind == "counter" ? name + "_total" : instrument.Unit == "s" ? name + "_seconds" : instrument.Unit == "By" ? name + "_bytes" : name;
    }

    private static double[] Buckets(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } doubles } => [.. doubles],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } longs } => [.. longs.Select(bound => (double)bound)],
        _ => [],
    };

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(key.Replace('.', '_')).Append("=\"");
            text.Append(Convert.ToString(value, CultureInfo.InvariantCulture)?
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal));
            text.Append('"');
        }

        return text.ToString();
    }

    private sealed record Family(Instrument Instrument, string Kind, double[] Buckets, Dictionary<string, Series> Series);

    private sealed class Series(long[]? counts)
    {
        private long _count;
        private double _sum;

        public void Add(double value, bool isReplaced, double[] buckets)
        {
            _count++;
            _sum = isReplaced ? value : _sum + value;
            for (var i = 0; counts is not null && i < buckets.Length; i++)
            {
                counts[i] += value <= buckets[i] ? 1 : 0;
            }
        }

        public void Write(StringBuilder text, string name, string labels, double[] buckets)
        {
            if (counts is null)
            {
                Line(text, name, labels, _sum);
                return;
            }

            var more = labels.Length == 0 ? "" : labels + ",";
            for (var i = 0; i < buckets.Length; i++)
            {
                Line(text, name + "_bucket", string.Create(CultureInfo.InvariantCulture, $"{more}le=\"{buckets[i]}\""), counts[i]);
            }

            Line(text, name + "_bucket", more + "le=\"+Inf\"", _count);
            Line(text, name + "_sum", labels, _sum);
            Line(text, name + "_count", labels, _count);
        }

        private static void Line(StringBuilder text, string name, string labels, double value)
        {
            text.Append(name);
            if (labels.Length > 0)
            {
                text.Append('{').Append(labels).Append('}');
            }

            text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }
}
