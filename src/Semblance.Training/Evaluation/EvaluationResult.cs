namespace Semblance.Training;

/// <summary>What an evaluator measured.</summary>
public sealed record EvaluationResult
{
    /// <summary>Metrics by name, as <c>sts-dev_spearman_cosine</c>, in the order that they are reported in.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="primaryMetric">The name of the one that models are compared by.</param>
    /// <exception cref="ArgumentException">The primary metric is not among them.</exception>
    public EvaluationResult(IReadOnlyDictionary<string, double> metrics, string primaryMetric)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        Metrics = metrics;
        PrimaryMetric = metrics.ContainsKey(primaryMetric)
            ? primaryMetric
            : throw new ArgumentException($"There is no metric '{primaryMetric}'; there are {string.Join(", ", metrics.Keys)}.", nameof(primaryMetric));
    }

    /// <summary>Metrics by name, as <c>sts-dev_spearman_cosine</c>, in the order that they are reported in.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>The name of the metric that models are compared by; larger is better.</summary>
    public string PrimaryMetric { get; }

    /// <summary>The value that models are compared by; larger is better.</summary>
    public double PrimaryScore => Metrics[PrimaryMetric];
}
