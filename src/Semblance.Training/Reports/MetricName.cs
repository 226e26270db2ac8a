using System.Text.RegularExpressions;

namespace Semblance.Training;

/// <summary>Represents the parts of a metric's name: <c>sts-dev_spearman_cosine</c> is <c>spearman_cosine</c> on <c>sts-dev</c>.</summary>
/// <param name="Evaluator">The name of the evaluator; empty if there is none.</param>
/// <param name="Metric">The name of the metric.</param>
internal sealed partial record MetricName(string Evaluator, string Metric)
{
    /// <summary>Gets the task of the metric, with the name in sentence-transformers.</summary>
    public string Task => Metric switch
    {
        _ when Metric.StartsWith("pearson", StringComparison.Ordinal) || Metric.StartsWith("spearman", StringComparison.Ordinal) =>
            "semantic-similarity",
        "negative_mse" => "knowledge-distillation",
        "map" or "average_precision" or "f1" or "precision" or "recall" or "threshold" =>
            Metric == "map" ? "reranking" : "paraphrase-mining",
        "ap" or "mcc" or "accuracy_threshold" or "f1_threshold" => "binary-classification",
        "v_measure" or "homogeneity" or "completeness" or "nmi" or "ari" => "clustering",
        "f1_macro" or "f1_micro" or "f1_weighted" or "accuracy" or "dev_accuracy" => "text-classification",
        _ when Metric.EndsWith("2src_accuracy", StringComparison.Ordinal) || Metric is "src2trg_accuracy" or "mean_accuracy" =>
            "translation",
        _ when Metric.Contains('@', StringComparison.Ordinal) => Similarity().IsMatch(Metric) ? "information-retrieval" : "reranking",
        _ when Similarity().IsMatch(Metric) => Metric.EndsWith("_accuracy", StringComparison.Ordinal) ? "triplet" : "binary-classification",
        _ => "sentence-similarity",
    };

    /// <summary>Parses a name; an unknown name is a metric without an evaluator.</summary>
    public static MetricName Parse(string name) =>
        Parts().Match(name) is { Success: true } match ? new(match.Groups["evaluator"].Value, match.Groups["metric"].Value) : new("", name);

    // The evaluator's part is as short as possible, so that the name of the metric is complete.
    [GeneratedRegex(
        """
        ^((?<evaluator>.+?)_)??(?<metric>
          (pearson|spearman)(_(cosine|dot|euclidean|manhattan|max))?
          | (cosine|dot|euclidean|manhattan|max)_(accuracy|f1)(_threshold)?
          | (cosine|dot|euclidean|manhattan|max)_(precision|recall|ap|mcc)
          | ((cosine|dot|euclidean|manhattan|max|maxsim|meanmaxsim)_)?(accuracy|precision|recall|ndcg|mrr|map)@\d+
          | (src2trg|trg2src|mean)_accuracy
          | (accuracy|f1)_threshold | ap | mcc | f1_(macro|micro|weighted) | dev_accuracy
          | v_measure | homogeneity | completeness | nmi | ari
          | accuracy | negative_mse | map | average_precision | f1 | precision | recall | threshold | sequential_score
        )$
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parts();

    [GeneratedRegex(
        "^(cosine|dot|euclidean|manhattan|max|maxsim|meanmaxsim)_", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Similarity();
}
