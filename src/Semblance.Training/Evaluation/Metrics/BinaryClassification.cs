namespace Semblance.Training;

/// <summary>How well one threshold on a score tells pairs that belong together from those that do not.</summary>
public static class BinaryClassification
{
    /// <summary>The threshold with which most pairs are told right.</summary>
    /// <remarks>Thresholds lie between two neighbouring scores that differ: at least one pair is on either side.</remarks>
    /// <param name="scores">A score for each pair; larger means that they belong together.</param>
    /// <param name="labels">Whether they do.</param>
    /// <returns>The part told right, and the threshold; the part of positives and the score where all scores are equal.</returns>
    /// <exception cref="ArgumentException">The two differ in length or are empty, or a score is not a number.</exception>
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

    /// <summary>The threshold with the highest F1, the harmonic mean of precision and recall.</summary>
    /// <inheritdoc cref="BestAccuracy"/>
    /// <returns>F1, precision, recall and the threshold; all zero where no pair belongs together.</returns>
    public static (double F1, double Precision, double Recall, double Threshold) BestF1(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
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

    /// <summary>The area under precision and recall in steps: Σ (Rₙ − Rₙ₋₁) Pₙ over all thresholds (as scikit-learn's).</summary>
    /// <remarks>Equal scores are one threshold, so their order does not matter.</remarks>
    /// <inheritdoc cref="BestAccuracy"/>
    /// <returns>The average precision; 0 where no pair belongs together.</returns>
    public static double AveragePrecision(ReadOnlySpan<double> scores, ReadOnlySpan<bool> labels)
    {
        var (area, recalled) = (0.0, 0);
        var positives = labels.Count(true);
        foreach (var cut in Cuts(scores, labels, withLast: true))
        {
            area += (double)(cut.TruePositives - recalled) / Math.Max(1, positives) * cut.TruePositives / (cut.TruePositives + cut.FalsePositives);
            recalled = cut.TruePositives;
        }

        return area;
    }

    /// <summary>Matthews's correlation of labels and what a threshold says: 1 all right, 0 no better than chance, −1 all wrong (Matthews 1975).</summary>
    /// <param name="scores">A score for each pair; larger means that they belong together.</param>
    /// <param name="labels">Whether they do.</param>
    /// <param name="threshold">The score from which on they are said to.</param>
    /// <returns>The correlation; 0 where labels or answers are all the same.</returns>
    /// <exception cref="ArgumentException">The two differ in length or are empty, or a score is not a number.</exception>
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

    // What is above and below each threshold, from the highest on.
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
            throw new ArgumentException($"There must be a label for each score, and at least one; there are {scores.Length} scores and {labels.Length} labels.", nameof(labels));
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
