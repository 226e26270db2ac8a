using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="AnglELoss"/>.</summary>
public sealed record AnglELossSettings
{
    /// <summary>Gets the factor of the similarities: the inverse of the temperature; 20 by default.</summary>
    public float Scale
    {
        get;
        init => field = Setting.Positive(value);
    } = 20;
}

/// <summary>
/// Represents <see cref="CoSENTLoss"/> over the angle in complex space, whose gradient does not vanish where the cosine's does (Li and Li
/// 2024, arXiv:2309.12871).
/// </summary>
/// <remarks>
/// The halves of an embedding are real and imaginary parts. The similarity is the magnitude of the sum of the parts of u / v, with u and v
/// normalized. Two text columns and a label for each pair, of which only the order matters. Or three or more columns: anchor, positive,
/// negatives; their labels are 1 for the positive and 0 for the negatives, or ℓ and 1 − ℓ for a row with a label ℓ.
/// </remarks>
public sealed class AnglELoss(AnglELossSettings? settings = null) : Loss
{
    private const string LiAoE =
        """
        @inproceedings{li-li-2024-aoe,
            title = "{A}o{E}: Angle-optimized Embeddings for Semantic Textual Similarity",
            author = "Li, Xianming and Li, Jing",
            booktitle = "Proceedings of the 62nd Annual Meeting of the Association for Computational Linguistics",
            year = "2024",
            doi = "10.18653/v1/2024.acl-long.101",
            url = "https://arxiv.org/abs/2309.12871",
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(AnglELoss), ModelOutputKind.SentenceEmbeddings, ["scale"], (node, _) =>
        {
            var usual = new AnglELossSettings();
            return new AnglELoss(usual with { Scale = node.Scale(usual.Scale) });
        });

    /// <summary>Gets the settings.</summary>
    public AnglELossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [LiAoE];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2);
        var (anchors, others, labels) = Pairs(run, input);
        return CoSENTLoss.Ordering(run, run.Scale(Similarities(run, anchors, others), Settings.Scale), labels);
    }

    // With more than two columns, the anchor is paired with each of the others.
    private (Tensor Anchors, Tensor Others, Tensor Labels) Pairs(Computation run, LossInput input)
    {
        if (input.Embeddings.Count == 2)
        {
            return (input.Embeddings[0], input.Embeddings[1], input.RequireLabels(this));
        }

        var columns = input.Embeddings.Count - 1;
        var labels = Tensor.Zeros(columns * input.Rows, 1);
        var positives = input.Labels is null ? null : input.RequireLabels(this);
        for (var row = 0; row < labels.Length; row++)
        {
            var positive = positives?.Values[row % input.Rows] ?? 1;
            labels.Writable[row] = row < input.Rows ? positive : 1 - positive;
        }

        return (
            run.ConcatenateRows([.. Enumerable.Repeat(input.Embeddings[0], columns)]), run.ConcatenateRows([.. input.Embeddings.Skip(1)]),
            labels);
    }

    private static Tensor Similarities(Computation run, Tensor anchors, Tensor others)
    {
        var (u, v) = (Even(run, run.Normalize(anchors)), Even(run, run.Normalize(others)));

        // For normalized u = a + bi and v = c + di, Re + Im of u / v is ac + bd + bc − ad: u · (c − d, d + c).
        var half = v.Columns / 2;
        var swapped = run.Gather(
            v, [.. Enumerable.Range(0, v.Length).Select(i => i % v.Columns < half ? i + half : i - half)], v.Rows, v.Columns);
        var signs = Tensor.Zeros(v.Rows, v.Columns);
        for (var i = 0; i < signs.Length; i++)
        {
            signs.Writable[i] = i % v.Columns < half ? -1 : 1;
        }

        return run.Abs(run.RowSimilarities(u, run.Add(v, run.Multiply(swapped, signs)), SimilarityFunction.DotProduct));
    }

    // A vector of odd dimension is padded with a zero, which does not change its norm.
    private static Tensor Even(Computation run, Tensor x) => x.Columns % 2 == 0 ? x : run.ConcatenateColumns(x, Tensor.Zeros(x.Rows, 1));
}
