using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="FlopsLoss"/>.</summary>
public sealed record FlopsLossSettings
{
    /// <summary>
    /// Gets the minimum number of nonzero elements, exclusive, for a vector to be counted (arXiv:2504.14839); <see langword="null"/>, the
    /// default, to count all vectors.
    /// </summary>
    public int? Threshold { get; init; }
}

/// <summary>
/// Represents the FLOPS regularization of sparse embeddings: Σⱼ (mean over embeddings of element j)², which first removes elements that
/// many embeddings share (Paria et al. 2020, arXiv:2004.05665).
/// </summary>
/// <remarks>One or more text columns, whose embeddings are counted together; no labels. It is a part of <see cref="SpladeLoss"/>.</remarks>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
public sealed class FlopsLoss(FlopsLossSettings? settings = null) : Loss
{
    private const string Paria =
        """
        @article{paria2020minimizing,
            title = {Minimizing FLOPs to Learn Efficient Sparse Representations},
            author = {Paria, Biswajit and Yeh, Chih-Kuan and Yen, Ian E. H. and Xu, Ning and Ravikumar, Pradeep and P{\'o}czos, Barnab{\'a}s},
            journal = {arXiv preprint arXiv:2004.05665},
            year = {2020}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(FlopsLoss), ModelOutputKind.SentenceEmbeddings, ["threshold"],
        (node, _) => new FlopsLoss(new() { Threshold = node.Find("threshold")?.Number(0, int.MaxValue) }));

    /// <summary>Gets the settings.</summary>
    public FlopsLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Paria];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        var vectors = run.ConcatenateRows(input.Embeddings);
        if (Settings.Threshold is { } threshold)
        {
            var counted = Enumerable.Range(0, vectors.Rows).Select(row => vectors.Row(row).Length - vectors.Row(row).Count(0f) > threshold);
            vectors = run.ScaleRows(vectors, [.. counted.Select(isCounted => isCounted ? 1f : 0)]);
        }

        // The square of the sum of vectors equals the sum of all their products.
        return run.Scale(run.Sum(run.Product(vectors, vectors)), 1f / vectors.Rows / vectors.Rows);
    }
}
