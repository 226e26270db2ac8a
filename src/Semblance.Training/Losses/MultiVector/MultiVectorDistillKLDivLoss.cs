using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MultiVectorDistillKLDivLoss"/>.</summary>
public sealed record MultiVectorDistillKLDivLossSettings : KLDivergenceSettings
{
    /// <summary>
    /// Gets a value that indicates whether the model's scores of each query are scaled to the range from 0 to 1 first, because a score is a
    /// sum over the query's tokens; <see langword="true"/> by default, for a teacher whose scores have that range and for three documents
    /// or more.
    /// </summary>
    public bool NormalizeScores { get; init; } = true;
}

/// <summary>
/// Represents the Kullback–Leibler divergence Σ p ln(p / q) of a teacher's probabilities p from the model's q over the documents of a
/// query, by late-interaction scores.
/// </summary>
/// <remarks>
/// The loss is that of ColBERTv2 (Santhanam et al. 2021, arXiv:2112.01488), <c>Distillation</c> in PyLate. p and q are the softmax of the
/// scores over a temperature; the result is multiplied by the square of the student's temperature (Hinton et al. 2015, arXiv:1503.02531).
/// Three or more text columns: query, positive, negatives. The labels are the teacher's scores of the positive and of each negative.
/// </remarks>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
public sealed class MultiVectorDistillKLDivLoss(MultiVectorDistillKLDivLossSettings? settings = null) : MultiVectorLoss
{
    // Scores that differ by less are equal but for rounding.
    private const float Least = 1e-5f;

    private const string Santhanam =
        """
        @misc{santhanam2021colbertv2,
            title = {ColBERTv2: Effective and Efficient Retrieval via Lightweight Late Interaction},
            author = {Keshav Santhanam and Omar Khattab and Jon Saad-Falcon and Christopher Potts and Matei Zaharia},
            year = {2021},
            eprint = {2112.01488},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MultiVectorDistillKLDivLoss), ModelOutputKind.TokenEmbeddings,
        ["temperature", "student-temperature", "teacher-temperature", "normalize-scores"], (node, _) =>
        {
            var usual = new MultiVectorDistillKLDivLossSettings();
            return new MultiVectorDistillKLDivLoss(KLDivergenceSettings.Read(node, usual) with
            {
                NormalizeScores = node.Flag("normalize-scores", usual.NormalizeScores),
            });
        });

    /// <summary>Gets the settings.</summary>
    public MultiVectorDistillKLDivLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Santhanam, Papers.Hinton];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, MultiVectorInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3);
        if (Settings.NormalizeScores && input.Embeddings.Count == 3)
        {
            throw new LossInputException(
                $"{Name} has two documents for each query, whose normalized scores are always 0 and 1; give more negatives, or turn the "
                + $"normalization off ({nameof(Settings.NormalizeScores)}, 'normalize-scores: false').");
        }

        var scores = RowMaxSim(run, input.Embeddings[0], [.. input.Embeddings.Skip(1)]);
        return Settings.Divergence(
            run, input.RequireLabels(this, input.Embeddings.Count - 1), Settings.NormalizeScores ? Normalize(run, scores) : scores);
    }

    // (score − lowest) / (highest − lowest) of each row; rows of equal scores are not divided.
    private static Tensor Normalize(Computation run, Tensor scores)
    {
        Tensor Extreme(Func<float, float, bool> isBetter) => run.Gather(scores, [.. Enumerable.Range(0, scores.Length).Select(i =>
        {
            var row = scores.Row(i / scores.Columns);
            var best = 0;
            for (var column = 1; column < row.Length; column++)
            {
                best = isBetter(row[column], row[best]) ? column : best;
            }

            return (i / scores.Columns * scores.Columns) + best;
        })], scores.Rows, scores.Columns);

        var (lowest, highest) = (Extreme((a, b) => a < b), Extreme((a, b) => a > b));
        var range = run.Subtract(highest, lowest);
        var whole = Tensor.From([.. range.Values.ToArray().Select(width => width < Least ? 1f : 0)], scores.Rows, scores.Columns);
        return run.Divide(run.Subtract(scores, lowest), run.Add(range, whole));
    }
}
