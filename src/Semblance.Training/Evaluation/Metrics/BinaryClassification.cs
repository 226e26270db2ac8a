namespace Semblance.Training;

/// <summary>Computes the metrics of classifying pairs as positive or negative with one threshold on a score.</summary>
public static class BinaryClassification
{
    /// <summary>Finds the threshold with the highest accuracy.</summary>
    /// <remarks>Thresholds lie between two adjacent scores that differ: at least one pair is on either side.</remarks>
    /// <param name="scores">The score of each pair; positive pairs have larger scores.</param>
    /// <param name="labels">The labels: <see langword="true"/> for positive pairs.</param>
    /// <returns>The accuracy and the threshold; if all scores are equal, the fraction of positives and the score.</returns>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, or a score is NaN.</exception>
    public static (double Accuracy, double Threshold) BestAccuracy(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var best = (Accuracy: -1.0, Threshold: 0.0);
        foreach (var cut in Cuts(scores, labels))
        {
            var accuracy = (double)(cut.TruePositives + cut.TrueNegatives) / scores.Length;
            best = accuracy > best.Accuracy ? (accuracy, cut.Threshold) : best;
        }

        return best;
    }

    /// <summary>Finds the threshold with the highest F1, the harmonic mean of precision and recall.</summary>
    /// <inheritdoc cref="BestAccuracy"/>
    /// <returns>F1, precision, recall and the threshold; all zero if there are no positive pairs.</returns>
    public static (double F1, double Precision, double Recall, double Threshold) BestF1(
        ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var best = (F1: 0.0, Precision: 0.0, Recall: 0.0, Threshold: 0.0);
        foreach (var cut in Cuts(scores, labels).Where(cut => cut.TruePositives > 0))
        {
            var precision = (double)cut.TruePositives / (cut.TruePositives + cut.FalsePositives);
            var recall = (double)cut.TruePositives / (cut.TruePositives + cut.FalseNegatives);
            var f1 = 2 * precision * recall / (precision + recall);
            best = f1 > best.F1 ? (f1, precision, recall, cut.Threshold) : best;
        }

        return best;
    }

    /// <summary>Computes the average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over all thresholds (as in scikit-learn).</summary>
    /// <remarks>Equal scores are one threshold, so their order does not matter.</remarks>
    /// <inheritdoc cref="BestAccuracy"/>
    /// <returns>The average precision; 0 if there are no positive pairs.</returns>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var (area, recalled) = (0.0, 0);
        var positives = labels.Count(true);
        foreach (var cut in Cuts(scores, labels, withLast: true))
        {
            area += (double)(cut.TruePositives - recalled) / Math.Max(1, positives)
                * cut.TruePositives / (cut.TruePositives + cut.FalsePositives);
            recalled = cut.TruePositives;
        }

        return area;
    }

    /// <summary>
    /// Computes the Matthews correlation coefficient: 1 all correct, 0 no better than chance, −1 all wrong (Matthews 1975).
    /// </summary>
    /// <param name="scores">The score of each pair; positive pairs have larger scores.</param>
    /// <param name="labels">The labels: <see langword="true"/> for positive pairs.</param>
    /// <param name="threshold">The lowest score that is classified as positive.</param>
    /// <returns>The coefficient; 0 if all labels or all predictions are the same.</returns>
    /// <exception cref="ArgumentException">The lists differ in length or are empty, or a score is NaN.</exception>
    public static double MatthewsCorrelation(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, double threshold)
    {
        Check(scores, labels);
        double tp = 0, fp = 0, tn = 0, fn = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            _ = (scores[i] >= threshold, labels[i]) switch
            {
                (true, true) => tp++,
                (true, false) => fp++,
                (false, false) => tn++,
                (false, true) => fn++,
            };
        }

        var scale = Math.Sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
        return scale == 0 ? 0 : ((tp * tn) - (fp * fn)) / scale;
    }

    // Returns the counts above and below each threshold, from the highest threshold on.
    private static List<Cut> Cuts(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels, bool withLast = false)
    {
        Check(scores, labels);
        var sorted = scores.ToArray();
        var belong = labels.ToArray();
        Array.Sort(sorted, belong);
        Array.Reverse(sorted);
        Array.Reverse(belong);
        var positives = labels.Count(true);
        var cuts = new List<Cut>();
        for (int i = 0, above = 0; i < sorted.Length; i++)
        {
            above += belong[i] ? 1 : 0;
            var last = i == sorted.Length - 1;
            if (last ? withLast || cuts.Count == 0 : sorted[i] != sorted[i + 1])
            {
                var threshold = last ? sorted[i] : (sorted[i] + sorted[i + 1]) / 2;
                cuts.Add(new Cut(threshold, above, i + 1 - above, positives - above, sorted.Length - i - 1 - positives + above));
            }
        }

        return cuts;
    }

    private static void Check(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        if (scores.Length != labels.Length || scores.IsEmpty)
        {
            throw new ArgumentException(
                $"There are {scores.Length} scores, but {labels.Length} labels; each score needs one label, and at least one is needed.",
                nameof(labels));
        }

        for (var i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i]))
            {
                throw new ArgumentException($"The score at {i} is not a number.", nameof(scores));
            }
        }
    }

    private readonly record struct Cut(double Threshold, int TruePositives, int FalsePositives, int FalseNegatives, int TrueNegatives);
}
