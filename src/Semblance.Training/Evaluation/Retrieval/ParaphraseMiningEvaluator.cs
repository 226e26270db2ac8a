namespace Semblance.Training;

/// <summary>Evaluates paraphrase mining: whether the most similar pairs among many texts are the known paraphrases.</summary>
/// <remarks>
/// Metrics: <c>average_precision</c>; <c>f1</c>, <c>precision</c>, <c>recall</c> and <c>threshold</c> at the best threshold. Primary:
/// average precision.
/// Unknown pairs count as wrong.
/// </remarks>
public sealed class ParaphraseMiningEvaluator : Evaluator
{
    private readonly IReadOnlyList<string> _sentences;
    private readonly HashSet<(int, int)> _duplicates = [];

    /// <summary>Initializes a new instance of the <see cref="ParaphraseMiningEvaluator"/> class with texts and their paraphrases.</summary>
    /// <param name="sentences">The texts.</param>
    /// <param name="duplicates">The pairs of paraphrases, as indices of texts, in any order and direction.</param>
    /// <param name="transitive">
    /// <see langword="true"/> to treat paraphrases of a paraphrase as paraphrases; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="ArgumentException">A pair has an index out of range, or the same index twice.</exception>
    /// <exception cref="EvaluationDataException">There are no pairs.</exception>
    public ParaphraseMiningEvaluator(
        IReadOnlyList<string> sentences, IEnumerable<(int First, int Second)> duplicates, bool transitive = false, string name = "")
        : base(name)
    {
        _sentences = Checked(sentences, nameof(sentences));
        ArgumentNullException.ThrowIfNull(duplicates);
        foreach (var (first, second) in duplicates)
        {
            if ((uint)first >= (uint)sentences.Count || (uint)second >= (uint)sentences.Count || first == second)
            {
                throw new ArgumentException(
                    $"({first}, {second}) is not a pair of distinct indices of the {sentences.Count} texts.", nameof(duplicates));
            }

            _duplicates.Add((Math.Min(first, second), Math.Max(first, second)));
        }

        if (_duplicates.Count == 0)
        {
            throw new EvaluationDataException("There are no paraphrases among the texts; at least one pair is needed.", nameof(duplicates));
        }

        if (transitive)
        {
            Close();
        }
    }

    /// <summary>Gets the maximum number of pairs to mine. The default is 500,000.</summary>
    public int MaxPairs { get; init; } = 500_000;

    /// <summary>Gets the number of nearest neighbors of each text to compare with. The default is 100.</summary>
    public int TopK { get; init; } = 100;

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var pairs = ParaphraseMining.Mine(
            Encode(model, _sentences, cancellationToken), new MiningOptions { MaxPairs = MaxPairs, TopK = TopK }, null, cancellationToken);
        var (sum, correct) = (0.0, 0);
        var best = (F1: 0.0, Precision: 0.0, Recall: 0.0, Threshold: 0.0);
        for (var i = 0; i < pairs.Count; i++)
        {
            if (_duplicates.Contains((pairs[i].First, pairs[i].Second)))
            {
                var precision = (double)++correct / (i + 1);
                var recall = (double)correct / _duplicates.Count;
                var f1 = 2 * precision * recall / (precision + recall);
                sum += precision;
                if (f1 > best.F1)
                {
                    best = (f1, precision, recall, ((double)pairs[i].Score + pairs[Math.Min(i + 1, pairs.Count - 1)].Score) / 2);
                }
            }
        }

        var metrics = new OrderedDictionary<string, double>
        {
            ["average_precision"] = sum / _duplicates.Count,
            ["f1"] = best.F1,
            ["precision"] = best.Precision,
            ["recall"] = best.Recall,
            ["threshold"] = best.Threshold,
        };
        return Result(metrics, "average_precision");
    }

    // Adds all pairs of texts connected by pairs, with a disjoint-set forest.
    private void Close()
    {
        var group = Enumerable.Range(0, _sentences.Count).ToArray();
        foreach (var (first, second) in _duplicates)
        {
            group[Root(group, second)] = Root(group, first);
        }

        foreach (var members in Enumerable.Range(0, group.Length).GroupBy(i => Root(group, i)).Select(group => group.ToArray()))
        {
            for (var i = 0; i < members.Length; i++)
            {
                for (var j = i + 1; j < members.Length; j++)
                {
                    _duplicates.Add((members[i], members[j]));
                }
            }
        }
    }

    private static int Root(int[] group, int member)
    {
        while (group[member] != member)
        {
            member = group[member] = group[group[member]];
        }

        return member;
    }
}
