namespace Semblance.Training;

/// <summary>
/// Creates triplets (anchor, positive, hard negative) for <see cref="MultipleNegativesRankingLoss"/> from natural language inference data:
/// the
/// positive is an entailment of the anchor, the negative a contradiction, as in the AllNLI triplets of sentence-transformers.
/// </summary>
public static class NliTriplets
{
    /// <summary>
    /// Creates triplets for each sentence with both an entailment and a contradiction; both relations are read in both directions.
    /// </summary>
    /// <param name="rows">
    /// The rows of premise, hypothesis and label:
    /// <c>new DatasetReader(path, new ColumnMapping("premise", "hypothesis") { Label = "label", LabelNames = labels })</c>. Several files
    /// may be
    /// concatenated.
    /// </param>
    /// <param name="labels">
    /// The names of the labels, which include <c>entailment</c> and <c>contradiction</c>; other labels are ignored.
    /// </param>
    /// <param name="seed">The random seed, for the choice among several entailments or contradictions. The default is 42.</param>
    /// <returns>
    /// Two triplets for each such sentence, in the order in which sentences first occur: from the sentence to its entailment, and back.
    /// </returns>
    /// <exception cref="ArgumentException">A row does not have two texts and a label.</exception>
    /// <exception cref="FormatException">One of the two labels is not among the names.</exception>
    public static IReadOnlyList<Example> From(IEnumerable<Example> rows, LabelNames labels, long seed = 42)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(labels);
        var sentences = new OrderedDictionary<string, (List<string> Entailed, List<string> Contradicting)>(StringComparer.Ordinal);
        (int Entailment, int Contradiction)? classes = null;
        foreach (var row in rows)
        {
            if (row.Texts.Count != 2 || row.Label is not { } label)
            {
                throw new ArgumentException(
                    $"A row has {row.Texts.Count} texts and {(row.Label is null ? "no" : "a")} class; premise, "
                    + "hypothesis and class are expected.",
                    nameof(rows));
            }

            classes ??= (labels.Of("entailment"), labels.Of("contradiction"));
            Add(sentences, row.Texts[0], row.Texts[1], label, classes.Value);
            Add(sentences, row.Texts[1], row.Texts[0], label, classes.Value);
        }

        var complete = sentences.Where(sentence => sentence.Value is { Entailed.Count: > 0, Contradicting.Count: > 0 });
        return [.. complete.SelectMany((sentence, i) =>
        {
            var (anchor, (entailed, contradicting)) = sentence;
            string Pick(List<string> texts, int place) => texts[Permutation.Of(texts.Count, seed, (4L * i) + place)[0]];
            return (Example[])
            [
                new Example([anchor, Pick(entailed, 0), Pick(contradicting, 1)]),
                new Example([Pick(entailed, 2), anchor, Pick(contradicting, 3)]),
            ];
        })];
    }

    private static void Add(
        OrderedDictionary<string, (List<string> Entailed, List<string> Contradicting)> sentences,
        string anchor,
        string other,
        int label,
        (int Entailment, int Contradiction) classes)
    {
        if (anchor == other || (label != classes.Entailment && label != classes.Contradiction))
        {
            return;
        }

        sentences.TryAdd(anchor, ([], []));
        var texts = label == classes.Entailment ? sentences[anchor].Entailed : sentences[anchor].Contradicting;
        if (!texts.Contains(other))
        {
            texts.Add(other);
        }
    }
}
