namespace Semblance.Training;

/// <summary>How well the most similar pairs among many texts are those that are known to be paraphrases.</summary>
/// <remarks>
/// Metrics: <c>average_precision</c>; <c>f1</c>, <c>precision</c>, <c>recall</c> and <c>threshold</c> of the best
/// threshold. Primary: average precision. Pairs that are not known count as wrong.
/// </remarks>
public sealed class ParaphraseMiningEvaluator : Evaluator
{
    private readonly IReadOnlyList<string> _sentences;
    private readonly HashSet<(int, int)> _duplicates = [];

    /// <summary>Takes texts and which of them mean the same.</summary>
    /// <param name="sentences">The texts.</param>
    /// <param name="duplicates">The pairs, by their texts' places from 0, in any order and direction.</param>
    /// <param name="transitive">Whether paraphrases of a paraphrase are paraphrases, given or not.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="ArgumentException">A pair has a place that no text has, or the same twice.</exception>
    /// <exception cref="EvaluationDataException">There is no pair.</exception>
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
                throw new ArgumentException($"({first}, {second}) is no pair of two of the {sentences.Count} texts.", nameof(duplicates));
            }

            _duplicates.Add((Math.Min(first, second), Math.Max(first, second)));
        }

        if (_duplicates.Count == 0)
        {
            throw new EvaluationDataException("There is nothing to evaluate on: no two texts are known to mean the same, and at least one such pair is needed.", nameof(duplicates));
        }

        if (transitive)
        {
            Close();
        }
    }

    /// <summary>How many pairs are mined at most; 500,000 by default.</summary>
    public int MaxPairs { get; init; } = 500_000;

    /// <summary>How many neighbours of each text are looked at; 100 by default.</summary>
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

    // All pairs of texts that a path of pairs connects: each text points, over others, to one of its group.
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
