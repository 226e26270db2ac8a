namespace Semblance.Training;

/// <summary>
/// Natural language inference as triplets (anchor, positive, negative) for <see cref="MultipleNegativesRankingLoss"/>: what a sentence entails
/// is its positive, what contradicts it its hard negative, as the AllNLI triplets of sentence-transformers are made.
/// </summary>
public static class NliTriplets
{
    /// <summary>Triplets of each sentence that has both an entailment and a contradiction; both relations are read in both directions.</summary>
    /// <param name="rows">
    /// Rows of premise, hypothesis and class: <c>new DatasetReader(path, new ColumnMapping("premise", "hypothesis") { Label = "label", LabelNames = labels })</c>.
    /// Several files may follow one another.
    /// </param>
    /// <param name="labels">The rows' classes, <c>entailment</c> and <c>contradiction</c> among them; others are left alone.</param>
    /// <param name="seed">Where the chance begins that picks one of several entailments or contradictions.</param>
    /// <returns>Two triplets for each such sentence, in the order in which sentences first appear: from it to its entailment, and back.</returns>
    /// <exception cref="ArgumentException">A row does not have two texts and a class.</exception>
    /// <exception cref="FormatException">One of the two classes is not among the names.</exception>
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
                throw new ArgumentException($"A row has {row.Texts.Count} texts and {(row.Label is null ? "no" : "a")} class; premise, hypothesis and class are expected.", nameof(rows));
            }

            classes ??= (labels.Of("entailment"), labels.Of("contradiction"));
            Add(sentences, row.Texts[0], row.Texts[1], label, classes.Value);
            Add(sentences, row.Texts[1], row.Texts[0], label, classes.Value);
        }

        return [.. sentences.Where(sentence => sentence.Value is { Entailed.Count: > 0, Contradicting.Count: > 0 }).SelectMany((sentence, i) =>
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
