namespace Semblance.Training;

/// <summary>Chooses the thresholds of a text classifier with several labels for each text on development data.</summary>
public static class ThresholdSearch
{
    private const float Usual = 0.5f;

    /// <summary>
    /// Returns, for each label, the threshold with the highest F1 on the rows: the middle between two scores, or 0.5 for a label that no
    /// row has.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows, each with one text or a pair and with targets of 0 and 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A row has not one target for each label, or the model has one label for each text.</exception>
    public static IReadOnlyList<float> Choose(
        TextClassifier model, IReadOnlyList<Example> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        if (model.Config.Problem != ClassificationProblem.MultiLabel)
        {
            throw new ArgumentException("Thresholds are for models whose texts can have several labels.", nameof(model));
        }

        if (rows.FirstOrDefault(row => row.Targets?.Count != model.Labels.Count) is { } wrong)
        {
            throw new ArgumentException(
                $"A row has {wrong.Targets?.Count ?? 0} targets; the model has {model.Labels.Count} labels.", nameof(rows));
        }

        var scores = model.Classify(
            [.. rows.Select(row => (row.Texts[0], row.Texts.Count > 1 ? row.Texts[1] : null))], null, null, cancellationToken);
        return
        [
            .. model.Labels.Select((_, label) => Best(
                [.. scores.Select((text, i) => (text.Scores.Span[label], rows[i].Targets![label] > 0))])),
        ];
    }

    // The scores in descending order: with a threshold after each, F1 = 2 × right / (predicted + true).
    private static float Best((float Score, bool IsTrue)[] scores)
    {
        var known = scores.Count(score => score.IsTrue);
        var sorted = scores.OrderByDescending(score => score.Score).ToArray();
        var (best, threshold, right) = (0.0, Usual, 0);
        for (var i = 0; i < sorted.Length; i++)
        {
            right += sorted[i].IsTrue ? 1 : 0;
            var next = i + 1 < sorted.Length ? sorted[i + 1].Score : 0;
            var f1 = 2.0 * right / (i + 1 + known);
            if (f1 > best && next < sorted[i].Score)
            {
                (best, threshold) = (f1, (sorted[i].Score + next) / 2);
            }
        }

        return threshold;
    }
}
