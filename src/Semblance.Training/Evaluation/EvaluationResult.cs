namespace Semblance.Training;

/// <summary>Represents the result of an evaluation.</summary>
public sealed record EvaluationResult
{
    /// <summary>Initializes a new instance of the <see cref="EvaluationResult"/> class.</summary>
    /// <param name="metrics">The metrics by name.</param>
    /// <param name="primaryMetric">The name of the metric by which models are compared.</param>
    /// <exception cref="ArgumentException"><paramref name="primaryMetric"/> is not among the metrics.</exception>
    public EvaluationResult(IReadOnlyDictionary<string, double> metrics, string primaryMetric)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        Metrics = metrics;
        PrimaryMetric = metrics.ContainsKey(primaryMetric)
            ? primaryMetric
            : throw new ArgumentException(
                $"There is no metric '{primaryMetric}'; the metrics are {string.Join(", ", metrics.Keys)}.", nameof(primaryMetric));
    }

    /// <summary>Gets the metrics by name, such as <c>sts-dev_spearman_cosine</c>, in the order of the report.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>Gets the name of the metric by which models are compared; larger values are better.</summary>
    public string PrimaryMetric { get; }

    /// <summary>Gets the value of the primary metric; larger values are better.</summary>
    public double PrimaryScore => Metrics[PrimaryMetric];
}
